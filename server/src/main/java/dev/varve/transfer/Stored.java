package dev.varve.transfer;

import dev.varve.access.Access;
import dev.varve.access.Caller;
import dev.varve.access.Moment;
import dev.varve.access.Read;
import dev.varve.access.Selection;
import dev.varve.expression.Operator;
import dev.varve.expression.Predicate;
import dev.varve.expression.Predicates;
import dev.varve.kernel.Rfc3339;
import dev.varve.query.Query;
import dev.varve.schema.Entity;
import dev.varve.schema.Field;
import dev.varve.schema.Index;
import dev.varve.schema.Input;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Finds the records that are there already.
final class Stored {
  private final Schema schema;
  private final Access access;
  private final Query query;
  private final Caller caller;

  Stored(Schema schema, Access access, Query query, Caller caller) {
    this.schema = schema;
    this.access = access;
    this.query = query;
    this.caller = caller;
  }

  Optional<Entity> find(Model model, String id) {
    Read.One read = new Read.One(model, id, Moment.NOW, Selection.ALL);
    return query.one(access.authorize(caller, read)).map(found -> found.item().entity());
  }

  /// The record that agrees in the fields of a unique index, all of which are given.
  Optional<Entity> find(Model model, Index index, Input given) {
    List<Predicate> parts =
        index.fields().stream().map(field -> equal(model, field, given.value(field))).toList();
    Read.Page read =
        new Read.Page(
            model,
            Moment.NOW,
            Selection.ALL,
            Optional.of(Predicates.and(parts)),
            List.of(),
            1,
            Optional.empty(),
            false);
    return query.list(access.authorize(caller, read)).items().stream()
        .findFirst()
        .map(item -> item.entity());
  }

  private Predicate equal(
      Model model, Field field, @org.jspecify.annotations.Nullable Object value) {
    return Predicates.compare(schema, model, field.name(), Operator.EQ, List.of(text(value)));
  }

  private static String text(@org.jspecify.annotations.Nullable Object value) {
    return switch (value) {
      case BigDecimal decimal -> decimal.toPlainString();
      case Instant instant -> Rfc3339.text(instant);
      case null, default -> String.valueOf(value);
    };
  }
}
