package dev.varve.lane.expression;

import dev.varve.kernel.CodePoints;
import java.util.List;
import java.util.Objects;
import org.jooq.Condition;
import org.jspecify.annotations.Nullable;

/// `left == right` and the like. Both sides are of one [Kind]; a literal, `now` or a field of
/// `me` stands on the right.
record Comparison(Operand left, Relational relational, Operand right) implements Leaf {
  @Override
  public List<Operand> operands() {
    return List.of(left, right);
  }

  @Override
  public boolean holds(@Nullable Object[] values) {
    Object a = values[0];
    Object b = values[1];
    return switch (relational) {
      case EQUAL -> Objects.equals(a, b);
      case NOT_EQUAL -> !Objects.equals(a, b);
      case LESS, AT_MOST, GREATER, AT_LEAST ->
          a != null && b != null && relational.holds(compare(a, b));
    };
  }

  private static int compare(Object a, Object b) {
    return switch (a) {
      case Long number -> Long.compare(number, (Long) b);
      case Double number -> Double.compare(number, (Double) b);
      case String text -> CodePoints.compare(text, (String) b);
      default -> throw new IllegalStateException("Values without order: " + a.getClass());
    };
  }

  @Override
  public Condition on(List<org.jooq.Field<Object>> columns, SemiJoins joins) {
    org.jooq.Field<Object> a = columns.getFirst();
    org.jooq.Field<Object> b = columns.getLast();
    return switch (relational) {
      case EQUAL -> rightMayBeAbsent() ? a.isNotDistinctFrom(b) : a.eq(b);
      case NOT_EQUAL -> a.isDistinctFrom(b);
      case LESS -> a.lt(b);
      case AT_MOST -> a.le(b);
      case GREATER -> a.gt(b);
      case AT_LEAST -> a.ge(b);
    };
  }

  // only a plain = lets every database use an index
  private boolean rightMayBeAbsent() {
    return switch (right) {
      case Operand.Literal _,
          Operand.Now _,
          Operand.Parameter _,
          AccountField _,
          ApplicationField _ ->
          false;
      case Operand.Size _, Operand.Folded _, Path _ -> true;
    };
  }
}
