package dev.varve.lane.expression;

import dev.varve.kernel.Folding;
import dev.varve.schema.Field;
import dev.varve.schema.TextForm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jooq.Condition;
import org.jooq.impl.DSL;

/// The related rows that one [Leaf] speaks of: each relation on the way to its operands becomes
/// `relation IN (SELECT id FROM ... WHERE ...)`, at the same moment, one within the other.
final class SemiJoins {
  private final Map<List<RelationStep>, SqlScope> scopes = new LinkedHashMap<>();

  private SemiJoins(SqlScope scope, List<Operand> operands) {
    scopes.put(List.of(), scope);
    for (Operand operand : operands) {
      for (int length = 1; length <= operand.hops().size(); length++) {
        List<RelationStep> way = operand.hops().subList(0, length);
        int number = scopes.size();
        scopes.computeIfAbsent(way, _ -> scope.related(way.getLast().target(), number));
      }
    }
  }

  static Condition condition(Leaf leaf, SqlScope scope, Bindings bindings) {
    SemiJoins joins = new SemiJoins(scope, leaf.operands());
    List<org.jooq.Field<Object>> columns =
        leaf.operands().stream().map(operand -> operand.column(joins, bindings)).toList();
    Condition condition = leaf.on(columns, joins);
    for (List<RelationStep> way : List.copyOf(joins.scopes.keySet()).reversed()) {
      if (!way.isEmpty()) {
        condition = joins.within(way, condition);
      }
    }
    return condition;
  }

  private Condition within(List<RelationStep> way, Condition condition) {
    SqlScope inner = scope(way);
    RelationStep hop = way.getLast();
    org.jooq.Field<Object> reference =
        untyped(scope(way.subList(0, way.size() - 1)).column(hop.relation()));
    org.jooq.Field<Object> id = untyped(inner.column(hop.target().id()));
    return reference.in(DSL.select(id).from(inner.table()).where(inner.visible().and(condition)));
  }

  private SqlScope scope(List<RelationStep> way) {
    SqlScope scope = scopes.get(way);
    if (scope == null) {
      throw new IllegalStateException("No rows for the relations " + way);
    }
    return scope;
  }

  /// The column of the field that a path reaches, before any members.
  org.jooq.Field<?> column(Path path) {
    return column(path, Folding.EXACT);
  }

  /// The same, folded.
  org.jooq.Field<?> column(Path path, Folding folding) {
    if (path.usesInput()) {
      throw new IllegalStateException(
          "A condition on rows cannot ask for the input: " + path.text());
    }
    Field field = path.field();
    return scope(path.hops()).column(new TextForm(field, folding));
  }

  @SuppressWarnings("unchecked") // values are of the form that Kind says, checked when compiled
  static org.jooq.Field<Object> untyped(org.jooq.Field<?> field) {
    return (org.jooq.Field<Object>) field;
  }
}
