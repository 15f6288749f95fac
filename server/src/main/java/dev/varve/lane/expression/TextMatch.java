package dev.varve.lane.expression;

import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/// `text.contains(part)` and the like, case-sensitive, or the negation; not satisfied when one is absent.
///
/// @param end of the range that all texts lie in which begin with the part, where there is one
record TextMatch(
    Operand text, Function function, Operand part, boolean expected, Optional<Operand> end)
    implements Leaf {
  TextMatch(Operand text, Function function, Operand part, boolean expected) {
    this(text, function, part, expected, end(function, part, expected));
  }

  private static Optional<Operand> end(Function function, Operand part, boolean expected) {
    return expected
            && function == Function.STARTS_WITH
            && part instanceof Operand.Literal(String prefix)
        ? after(prefix).map(Operand.Literal::new)
        : Optional.empty();
  }

  /// Where the part is looked for.
  enum Function {
    CONTAINS("contains"),
    STARTS_WITH("startsWith"),
    ENDS_WITH("endsWith");

    private final String callName;

    Function(String callName) {
      this.callName = callName;
    }

    static Optional<Function> of(String callName) {
      for (Function function : values()) {
        if (function.callName.equals(callName)) {
          return Optional.of(function);
        }
      }
      return Optional.empty();
    }
  }

  @Override
  public List<Operand> operands() {
    return end.isPresent() ? List.of(text, part, end.get()) : List.of(text, part);
  }

  @Override
  public boolean holds(@Nullable Object[] values) {
    if (!(values[0] instanceof String whole) || !(values[1] instanceof String sought)) {
      return false;
    }
    boolean found =
        switch (function) {
          case CONTAINS -> whole.contains(sought);
          case STARTS_WITH -> whole.startsWith(sought);
          case ENDS_WITH -> whole.endsWith(sought);
        };
    return found == expected;
  }

  @Override
  public Condition on(List<org.jooq.Field<Object>> columns, SemiJoins joins) {
    org.jooq.Field<String> whole = columns.getFirst().coerce(String.class);
    org.jooq.Field<String> sought = columns.get(1).coerce(String.class);
    return switch (function) {
      case CONTAINS -> {
        org.jooq.Field<Integer> at = DSL.position(whole, sought);
        yield expected ? at.gt(DSL.inline(0)) : at.eq(DSL.inline(0));
      }
      case STARTS_WITH -> {
        Condition same = same(DSL.substring(whole, DSL.inline(1), DSL.length(sought)), sought);
        yield end.isPresent() ? same.and(range(columns)) : same;
      }
      case ENDS_WITH -> {
        org.jooq.Field<Integer> from =
            DSL.length(whole).minus(DSL.length(sought)).plus(DSL.inline(1));
        yield same(DSL.substring(whole, from), sought);
      }
    };
  }

  private Condition same(org.jooq.Field<String> piece, org.jooq.Field<String> sought) {
    return expected ? piece.eq(sought) : piece.ne(sought);
  }

  /// A wider condition that an index can answer: all texts that begin so lie in one range.
  private static Condition range(List<org.jooq.Field<Object>> columns) {
    org.jooq.Field<Object> column = columns.getFirst();
    return column.ge(columns.get(1)).and(column.lt(columns.get(2)));
  }

  /// The first text in the order of code points behind all that begin with `prefix`.
  static Optional<String> after(String prefix) {
    int end = prefix.length();
    while (end > 0) {
      int last = prefix.codePointBefore(end);
      end -= Character.charCount(last);
      if (last < Character.MAX_CODE_POINT) {
        boolean beforeSurrogates = last + 1 == Character.MIN_SURROGATE;
        int next = beforeSurrogates ? Character.MAX_SURROGATE + 1 : last + 1;
        return Optional.of(prefix.substring(0, end) + Character.toString(next));
      }
    }
    return Optional.empty();
  }
}
