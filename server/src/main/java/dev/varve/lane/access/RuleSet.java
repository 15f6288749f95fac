package dev.varve.lane.access;

import dev.varve.lane.expression.Predicate;
import dev.varve.lane.expression.Predicates;
import dev.varve.schema.Operation;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/// What one list of rules allows for each operation.
final class RuleSet {
  /// Of a field without rules of its own.
  static final RuleSet OPEN = new RuleSet(_ -> Predicates.always());

  private final Map<Operation, Predicate> byOperation = new EnumMap<>(Operation.class);

  RuleSet(Function<Operation, Predicate> allowed) {
    for (Operation operation : Operation.values()) {
      byOperation.put(operation, allowed.apply(operation));
    }
  }

  Predicate of(Operation operation) {
    return Objects.requireNonNull(byOperation.get(operation));
  }
}
