package dev.varve.lane.expression;

import dev.varve.schema.record.Entity;
import java.util.List;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.impl.DSL;

/// Satisfied when all parts are.
record And(List<Predicate> parts) implements Predicate {
  And {
    parts = parts.stream().flatMap(And::flat).toList();
  }

  private static Stream<Predicate> flat(Predicate part) {
    return part instanceof And and ? and.parts().stream() : Stream.of(part);
  }

  @Override
  public boolean test(Entity record, Bindings bindings) {
    for (Predicate part : parts) {
      if (!part.test(record, bindings)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Condition condition(SqlScope scope, Bindings bindings) {
    return DSL.and(parts.stream().map(part -> part.condition(scope, bindings)).toList());
  }
}
