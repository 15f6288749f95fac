package dev.varve.lane.expression;

import dev.varve.lane.expression.ApplicationField.Asking;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What tests mean that speak of the application through which somebody asks, once that is known: its values become literals, and a test
/// of nothing else is decided.
final class ApplicationTests {
  private ApplicationTests() {}

  static boolean isOne(Leaf leaf) {
    return leaf.operands().stream().anyMatch(Operand::ofApplication);
  }

  static Predicate bound(Leaf leaf, Optional<Asking> application) {
    List<Operand> bound = new ArrayList<>();
    List<@Nullable Object> values = new ArrayList<>();
    boolean open = false;
    for (Operand operand : leaf.operands()) {
      boolean known = operand.ofApplication() || operand instanceof Operand.Literal;
      Object value = known ? value(operand, application) : null;
      if (value instanceof Operand.Unreachable) {
        return Predicates.never();
      }
      open |= !known;
      values.add(value);
      bound.add(value == null ? operand : new Operand.Literal(value));
    }
    return open
        ? AccountTests.withLiterals(leaf, bound)
        : new Constant(leaf.holds(values.toArray()));
  }

  private static @Nullable Object value(Operand operand, Optional<Asking> application) {
    return switch (operand) {
      case ApplicationField field -> field.value(application);
      case Operand.Literal(Object literal) -> literal;
      case Operand.Size(Operand of) -> Operand.Size.of(value(of, application));
      case Operand.Folded(Operand of, var folding) ->
          value(of, application) instanceof String text
              ? folding.fold(text)
              : new Operand.Unreachable();
      case AccountField _, Operand.Now _, Operand.Parameter _, Path _ ->
          throw new IllegalStateException(operand.text() + " is nothing of an application");
    };
  }
}
