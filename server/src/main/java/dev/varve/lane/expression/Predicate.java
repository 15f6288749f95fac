package dev.varve.lane.expression;

import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import dev.varve.store.sql.BoundValues;
import java.util.Optional;
import java.util.Set;
import org.jooq.Condition;

/// A condition on records of one model, with the same answer in memory and in SQL.
///
/// What cannot be decided (an absent value in an order comparison or a text function, a related record
/// that is not there) counts as not satisfied, also under negation. Equality can always be decided: an
/// absent value equals nothing but null.
public sealed interface Predicate permits Constant, And, Or, Choice, Leaf {
  /// Whether `record` satisfies it.
  boolean test(Entity record, Bindings bindings);

  /// The same as a condition on the rows of a table. It is true, or else false or unknown; so it may be
  /// joined with AND and OR but not negated.
  ///
  /// @throws IllegalStateException when it uses the input, which rows do not have
  Condition condition(SqlScope scope, Bindings bindings);

  /// The same for one request: what it asks of the account and of the time, and each literal, is a parameter. Two
  /// that are equal then make the same SQL.
  default Predicate bound(Bindings bindings, BoundValues parameters) {
    return new Binding(bindings, parameters).of(this);
  }

  /// All stored fields that it looks at, those of related records and the relations to them included.
  default Set<FieldRead> reads() {
    return PredicateFacts.reads(this);
  }

  /// The models whose records it looks at by way of relations.
  default Set<Model> related() {
    return PredicateFacts.related(this);
  }

  /// The fields of the record that have one value each in all records that satisfy it.
  default Set<Field> pinned() {
    return PredicateFacts.pinned(this);
  }

  /// Whether the answer may change while the data stays as it is.
  default boolean usesNow() {
    return PredicateFacts.usesNow(this);
  }

  /// Whether it asks for something of the account that asks: `me`.
  default boolean usesAccount() {
    return PredicateFacts.usesAccount(this);
  }

  /// What it is for a caller without an account, of whom no test that speaks of `me` holds, negated or not.
  default Predicate withoutAccount() {
    return PredicateFacts.withoutAccount(this);
  }

  /// Whether it asks for something of the application through which that account asks: `me.client` or `me.scopes`.
  default boolean usesApplication() {
    return PredicateFacts.usesApplication(this);
  }

  /// What it is for an account that asks through an application, of which it then asks for nothing more.
  ///
  /// @param client the id of the application
  default Predicate through(String client, Set<String> scopes) {
    return PredicateFacts.through(
        this, Optional.of(new ApplicationField.Asking(client, Set.copyOf(scopes))));
  }

  /// What it is for an account that asks itself.
  default Predicate throughNone() {
    return PredicateFacts.through(this, Optional.empty());
  }

  /// Whether it asks for what the caller gave, so that it can be tested on one record only.
  default boolean usesInput() {
    return PredicateFacts.usesInput(this);
  }
}
