package dev.varve.lane.expression;

import dev.varve.schema.record.Entity;
import java.util.List;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.impl.DSL;

/// Satisfied when one part is.
record Or(List<Predicate> parts) implements Predicate {
  Or {
    parts = parts.stream().flatMap(Or::flat).toList();
  }

  private static Stream<Predicate> flat(Predicate part) {
    return part instanceof Or or ? or.parts().stream() : Stream.of(part);
  }

  @Override
  public boolean test(Entity record, Bindings bindings) {
    for (Predicate part : parts) {
      if (part.test(record, bindings)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Condition condition(SqlScope scope, Bindings bindings) {
    return DSL.or(parts.stream().map(part -> part.condition(scope, bindings)).toList());
  }
}
