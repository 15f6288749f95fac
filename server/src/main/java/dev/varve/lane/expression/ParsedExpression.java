package dev.varve.lane.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelExpr;
import dev.cel.parser.CelParser;
import dev.cel.parser.CelParserFactory;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An expression read by the parser of CEL, and where its parts stand in the source.
final class ParsedExpression {
  // a page of text; longer conditions belong into the model
  private static final int LENGTH_MAX = 2_000;
  // parentheses within parentheses, beyond what a person can read
  private static final int DEPTH_MAX = 32;

  // no macros: has, exists and the like arrive as calls, so that messages about them are ours
  private static final CelParser PARSER =
      CelParserFactory.standardCelParserBuilder()
          .setOptions(
              CelOptions.newBuilder()
                  .maxExpressionCodePointSize(LENGTH_MAX)
                  .maxParseRecursionDepth(DEPTH_MAX)
                  .build())
          .build();

  private static final Pattern NUMBER = Pattern.compile("[0-9]*(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
  private static final Pattern UNEXPECTED =
      Pattern.compile("(?:mismatched|extraneous) input '(.*?)' expecting.*", Pattern.DOTALL);
  private static final Pattern MISSING = Pattern.compile("missing '(.*?)' at '.*", Pattern.DOTALL);
  private static final Pattern UNRECOGNIZED =
      Pattern.compile("token recognition error at: '(.*)'", Pattern.DOTALL);

  private final String source;
  private final CelAbstractSyntaxTree tree;

  private ParsedExpression(String source, CelAbstractSyntaxTree tree) {
    this.source = source;
    this.tree = tree;
  }

  static ParsedExpression parse(String source) throws ExpressionException {
    int length = source.codePointCount(0, source.length());
    if (length > LENGTH_MAX) {
      throw new ExpressionException(
          1,
          1,
          "The expression has %d characters; at most %d are supported"
              .formatted(length, LENGTH_MAX));
    }
    CelValidationResult result = PARSER.parse(source);
    if (result.hasError()) {
      throw firstIssue(result);
    }
    try {
      return new ParsedExpression(source, result.getAst());
    } catch (CelValidationException e) {
      throw new IllegalStateException("Neither errors nor a tree", e);
    }
  }

  private static ExpressionException firstIssue(CelValidationResult result) {
    CelIssue first =
        result.getErrors().stream()
            .min(Comparator.comparing(CelIssue::getSourceLocation))
            .orElseThrow();
    return new ExpressionException(
        Math.max(1, first.getSourceLocation().getLine()),
        Math.max(0, first.getSourceLocation().getColumn()) + 1,
        explain(first.getMessage()));
  }

  /// The parser's words, where they can be said in the reader's.
  private static String explain(String message) {
    Matcher unrecognized = UNRECOGNIZED.matcher(message);
    if (unrecognized.matches()) {
      return unrecognized(unrecognized.group(1));
    }
    Matcher unexpected = UNEXPECTED.matcher(message);
    if (message.contains("'<EOF>' expecting") || message.contains("input '<EOF>'")) {
      return "The expression ends where more is expected";
    }
    if (unexpected.matches()) {
      return "'%s' is not expected here".formatted(unexpected.group(1));
    }
    Matcher missing = MISSING.matcher(message);
    if (missing.matches()) {
      return "'%s' is missing here".formatted(missing.group(1));
    }
    if (message.startsWith("Expression recursion limit exceeded")) {
      return "The expression is nested more than %d levels deep".formatted(DEPTH_MAX);
    }
    if (message.startsWith("For input string")) {
      return "The number does not fit 64 bits: write it with a decimal point";
    }
    return "The expression cannot be read: " + message;
  }

  private static String unrecognized(String text) {
    if (text.startsWith("=")) {
      return "'=' is no operator: write == to compare";
    }
    if (text.startsWith("&") || text.startsWith("|")) {
      return "'%c' is no operator: write %c%c"
          .formatted(text.charAt(0), text.charAt(0), text.charAt(0));
    }
    if (text.startsWith("'") || text.startsWith("\"")) {
      return "The text is not closed, or has an unknown escape: a quote or backslash in it is written with a backslash before it";
    }
    return "'%s' is not expected here".formatted(text.strip());
  }

  CelExpr root() {
    return tree.getExpr();
  }

  /// What may find that a part of the expression does not fit the model.
  @FunctionalInterface
  interface Attempt<T> {
    T run() throws ExpressionMismatch;
  }

  /// What `attempt` gives, or its refusal as an error at `place`.
  <T> T at(CelExpr place, Attempt<T> attempt) throws ExpressionException {
    try {
      return attempt.run();
    } catch (ExpressionMismatch refused) {
      throw error(place, refused.text());
    }
  }

  /// An error at the place where the name, the operator or the literal of `expression` stands.
  ExpressionException error(CelExpr expression, String text) {
    int end = Math.min(nameOffset(expression), source.codePointCount(0, source.length()));
    int line = 1;
    int column = 1;
    for (int i = 0, at = 0; i < end; i++) {
      int character = source.codePointAt(at);
      at += Character.charCount(character);
      column = character == '\n' ? 1 : column + 1;
      line = character == '\n' ? line + 1 : line;
    }
    return new ExpressionException(line, column, text);
  }

  /// In code points. The parser keeps the point of a selection and the parenthesis of a call.
  private int nameOffset(CelExpr expression) {
    int offset = offset(expression);
    return switch (expression.getKind()) {
      case SELECT -> skipBlanks(offset + 1);
      case CALL -> {
        String function = expression.call().function();
        yield Character.isLetter(function.charAt(0)) ? offset - function.length() : offset;
      }
      case NOT_SET, CONSTANT, IDENT, LIST, STRUCT, MAP, COMPREHENSION -> offset;
    };
  }

  private int offset(CelExpr expression) {
    return tree.getSource().getPositionsMap().getOrDefault(expression.id(), 0);
  }

  private int skipBlanks(int offset) {
    int at = source.offsetByCodePoints(0, Math.min(offset, source.length()));
    int skipped = 0;
    while (at + skipped < source.length() && Character.isWhitespace(source.charAt(at + skipped))) {
      skipped++;
    }
    return offset + skipped;
  }

  /// The number exactly as it is written, which a double is not; empty when its exponent is too large.
  Optional<BigDecimal> number(CelExpr expression) {
    double value = expression.constant().doubleValue();
    int start = source.offsetByCodePoints(0, offset(expression));
    Matcher digits = NUMBER.matcher(source).region(start, source.length());
    if (!digits.lookingAt()) {
      return Optional.of(BigDecimal.valueOf(value));
    }
    String text = digits.group();
    boolean negative = Double.doubleToRawLongBits(value) < 0;
    return Literals.number(text.startsWith(".") ? "0" + text : text)
        .map(number -> negative ? number.negate() : number);
  }
}
