package dev.varve.lane.query;

import dev.varve.kernel.Allowance;
import dev.varve.lane.access.Grants;
import dev.varve.lane.expression.Bindings;
import dev.varve.lane.expression.Predicate;
import dev.varve.lane.expression.SqlScope;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import dev.varve.schema.record.Entity;
import dev.varve.store.cache.RecordCache;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.StorageException;
import dev.varve.store.state.Records;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jooq.Condition;
import org.jooq.DSLContext;

/// What one caller may see at one moment, within one snapshot of the database.
///
/// Rules look at the data of that moment, but `now` is the time of the request: what has run out since
/// does not come back by asking for the past.
///
/// @param account the account that asks, as it is now, whatever moment is asked about
record ReadContext(Snapshot snapshot, Grants grants, Optional<Entity> account) {

  /// Work that reads a view.
  @FunctionalInterface
  interface Work<T> {
    T run(ReadContext view) throws SQLException;
  }

  Session session() {
    return snapshot.session();
  }

  DSLContext dialect() {
    return snapshot.dialect();
  }

  Records records() {
    return snapshot.records();
  }

  RecordCache cache() {
    return snapshot.cache();
  }

  Instant now() {
    return snapshot.now();
  }

  /// The position that is asked about; empty for the state as it is.
  OptionalLong asOf() {
    return snapshot.asOf();
  }

  /// The log position that the answer shows.
  long position() {
    return snapshot.position();
  }

  Allowance allowance() {
    return snapshot.allowance();
  }

  /// What rules may ask for. They look through everything.
  Bindings bindings() {
    return new Bindings(now(), Optional.empty(), account, this::find);
  }

  /// Counts a row that was read.
  StoredRow counted(StoredRow row) {
    allowance().take(row.bytes());
    return row;
  }

  /// Counts a record that was read.
  Entity counted(Entity entity) {
    allowance().take(entity.bytes());
    return entity;
  }

  /// A record of the moment, whoever may read it.
  Optional<Entity> find(Model model, String id) {
    try {
      return asOf().isPresent()
          ? records().findAsOf(session(), model, id, asOf().getAsLong())
          : records().find(session(), model, id);
    } catch (SQLException e) {
      throw new StorageException("Reading " + model.name() + " failed", e);
    }
  }

  Predicate readRule(Model model) {
    return grants.records(model, Operation.READ);
  }

  SqlScope scope(Model model, String alias) {
    return new SqlScope(model, alias, asOf());
  }

  /// The rows of the moment that may be read.
  Condition readable(SqlScope scope) {
    return scope.moment().and(rule(readRule(scope.model()), scope));
  }

  /// A condition of the schema: it looks through everything.
  Condition rule(Predicate rule, SqlScope scope) {
    return rule.condition(scope, bindings());
  }

  /// A condition of the caller: it finds no related record that may not be read.
  Condition filter(Predicate filter, SqlScope scope) {
    SqlScope narrow =
        new SqlScope(
            scope.model(),
            scope.alias(),
            scope.asOf(),
            related -> rule(readRule(related.model()), scope(related.model(), related.alias())));
    return filter.condition(narrow, bindings());
  }
}
