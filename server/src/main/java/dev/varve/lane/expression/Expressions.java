package dev.varve.lane.expression;

import dev.varve.schema.Model;
import dev.varve.schema.Schema;

/// Turns expressions into predicates.
///
/// The language is a part of CEL (https://github.com/google/cel-spec): `&&`, `||`, `!`, `? :`,
/// comparisons of fields with literals, `now` and each other, `in`, `contains`, `startsWith`, `endsWith`,
/// `size` and `has`.
public final class Expressions {
  private Expressions() {}

  /// @param model of the records that the predicate will be asked about
  /// @throws ExpressionException when the source is no expression, does not fit the model, or asks for
  ///     what has no SQL
  public static Predicate compile(Schema schema, Model model, String source, Vocabulary vocabulary)
      throws ExpressionException {
    ParsedExpression parsed = ParsedExpression.parse(source);
    return new Compiler(schema, model, vocabulary, parsed).compile();
  }
}
