package dev.varve.lane.expression;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import java.util.List;

/// Predicates without an expression, and several made one.
public final class Predicates {
  private static final Predicate ALWAYS = new Constant(true);
  private static final Predicate NEVER = new Constant(false);

  private Predicates() {}

  /// Satisfied by every record.
  public static Predicate always() {
    return ALWAYS;
  }

  /// Satisfied by no record.
  public static Predicate never() {
    return NEVER;
  }

  /// Satisfied when all parts are; always when there are none.
  public static Predicate and(List<Predicate> parts) {
    if (parts.contains(NEVER)) {
      return NEVER;
    }
    List<Predicate> open = parts.stream().filter(part -> !part.equals(ALWAYS)).toList();
    return switch (open.size()) {
      case 0 -> ALWAYS;
      case 1 -> open.getFirst();
      default -> new And(open);
    };
  }

  /// Satisfied when one part is; never when there are none.
  public static Predicate or(List<Predicate> parts) {
    if (parts.contains(ALWAYS)) {
      return ALWAYS;
    }
    List<Predicate> open = parts.stream().filter(part -> !part.equals(NEVER)).toList();
    return switch (open.size()) {
      case 0 -> NEVER;
      case 1 -> open.getFirst();
      default -> new Or(open);
    };
  }

  /// Satisfied by the records whose `field` is the id of the account that asks: `record.field == me.id`.
  ///
  /// @param model the model that has the field
  /// @param field a relation to the model of accounts, or a field that holds ids
  public static Predicate names(Model model, Field field, Model account) {
    Path of = new Path.Root(model, Path.Origin.RECORD, "record.").field(field);
    Path id = new Path.Root(account, Path.Origin.ACCOUNT, "me.").field(account.id());
    return new Comparison(of, Relational.EQUAL, new AccountField(id, true));
  }

  /// A shorthand filter of a list, such as `total[gte]=100`: what the expression `total >= 100` would be.
  ///
  /// @param path such as `total`, `shipTo.city` or `user.email`
  /// @param texts what the caller gave, once for each time that the parameter stands there
  /// @throws Problem with INVALID_PARAMETER, naming the test, such as `total[gte]`
  public static Predicate compare(
      Schema schema, Model model, String path, Operator operator, List<String> texts) {
    try {
      return new Shorthand(new Paths(schema), model, path, operator).compile(texts);
    } catch (ExpressionMismatch refused) {
      String parameter = operator == Operator.EQ ? path : path + "[" + operator.word() + "]";
      throw refused(parameter, refused);
    }
  }

  /// One test of a filter that comes in parts, such as `{total: {gte: 100}}`.
  ///
  /// @param path the names of the fields on the way, such as `user` and `email`
  /// @param value `String`, `Boolean`, `Long`, `Double`, `BigDecimal`, or a list of them for [Operator#IN]
  /// @param expected false for the negation; what cannot be decided satisfies neither
  /// @throws Problem with INVALID_PARAMETER, naming the path
  public static Predicate test(
      Schema schema,
      Model model,
      List<String> path,
      Operator operator,
      Object value,
      boolean expected) {
    try {
      return new FieldTest(new Paths(schema), model, path, operator, expected).compile(value);
    } catch (ExpressionMismatch refused) {
      throw refused(String.join(".", path) + "." + operator.word(), refused);
    }
  }

  private static Problem refused(String test, ExpressionMismatch refused) {
    return new Problem(
        ErrorCode.INVALID_PARAMETER,
        "The filter cannot be used",
        List.of(new FieldError(test, refused.text())));
  }
}
