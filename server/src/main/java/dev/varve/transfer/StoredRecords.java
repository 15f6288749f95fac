package dev.varve.transfer;

import dev.varve.kernel.Rfc3339;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.lane.expression.Operator;
import dev.varve.lane.expression.Predicate;
import dev.varve.lane.expression.Predicates;
import dev.varve.lane.query.Query;
import dev.varve.schema.Field;
import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.record.Entity;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds the records that are there already.
final class StoredRecords {
  // more alternatives in one condition make it no faster
  private static final int ALTERNATIVES_MAX = 100;

  private final Schema schema;
  private final Access access;
  private final Query query;
  private final Caller caller;

  StoredRecords(Schema schema, Access access, Query query, Caller caller) {
    this.schema = schema;
    this.access = access;
    this.query = query;
    this.caller = caller;
  }

  boolean has(Model model, String id) {
    Read.One read = new Read.One(model, id, Moment.NOW, Selection.ALL);
    return query.one(access.authorize(caller, read)).isPresent();
  }

  /// Records by their ids.
  Map<String, Entity> find(Model model, Collection<String> ids) {
    Map<String, Entity> found = new HashMap<>();
    any(model, ids.stream().map(id -> equal(model, model.id(), id)).toList())
        .forEach(entity -> found.put(entity.id(), entity));
    return found;
  }

  /// The records that hold values of a unique index.
  ///
  /// @param keys each with a value for every field of the index
  List<Entity> find(Model model, Index index, Collection<List<Object>> keys) {
    return any(model, keys.stream().map(key -> equal(model, index, key)).toList());
  }

  private Predicate equal(Model model, Index index, List<Object> key) {
    List<Predicate> parts = new ArrayList<>();
    for (int i = 0; i < key.size(); i++) {
      parts.add(equal(model, index.fields().get(i), key.get(i)));
    }
    return Predicates.and(parts);
  }

  private Predicate equal(Model model, Field field, Object value) {
    return Predicates.compare(schema, model, field.name(), Operator.EQ, List.of(text(value)));
  }

  private static String text(Object value) {
    return switch (value) {
      case BigDecimal decimal -> decimal.toPlainString();
      case Instant instant -> Rfc3339.text(instant);
      default -> value.toString();
    };
  }

  /// The records on which one of the alternatives holds, of which each finds at most one.
  private List<Entity> any(Model model, List<Predicate> alternatives) {
    List<Entity> found = new ArrayList<>();
    for (int from = 0; from < alternatives.size(); from += ALTERNATIVES_MAX) {
      int to = Math.min(from + ALTERNATIVES_MAX, alternatives.size());
      Read.Page read =
          new Read.Page(
              model,
              Moment.NOW,
              Selection.ALL,
              Optional.of(Predicates.or(alternatives.subList(from, to))),
              List.of(),
              ALTERNATIVES_MAX,
              Optional.empty(),
              false);
      query.list(access.authorize(caller, read)).items().forEach(item -> found.add(item.entity()));
    }
    return found;
  }
}
