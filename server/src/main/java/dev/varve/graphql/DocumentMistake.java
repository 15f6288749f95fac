package dev.varve.graphql;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLSchema;
import graphql.validation.ValidationError;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Says what is wrong with a document in our words, as far as it is about values; the rest is said well already.
final class DocumentMistake {
  private static final Pattern RULE =
      Pattern.compile("Validation error \\([^)]*\\) : (.*)", Pattern.DOTALL);
  private static final Pattern VALUE =
      Pattern.compile(
          "argument '([^']*)' with value '.*' is not a valid '([^']*)'(?: - (.*))?",
          Pattern.DOTALL);
  private static final Pattern MISSING =
      Pattern.compile(
          "argument '([^']*)' with value '.*' is missing required fields '\\[(.*)]'",
          Pattern.DOTALL);
  private static final Pattern NULL =
      Pattern.compile("argument '([^']*)' with value '.*' must not be null", Pattern.DOTALL);
  private static final Pattern EXTRA =
      Pattern.compile(
          "argument '([^']*)' with value '.*' contains a field not in '([^']*)': '([^']*)'",
          Pattern.DOTALL);

  private static final int TEXT_LENGTH_MAX = 1_000;

  private DocumentMistake() {}

  static Problem problem(ValidationError error, GraphQLSchema schema) {
    String text = error.getMessage();
    Matcher rule = RULE.matcher(text);
    return problem(rule.matches() ? rule.group(1) : text, schema);
  }

  private static Problem problem(String text, GraphQLSchema schema) {
    Matcher value = VALUE.matcher(text);
    if (value.matches()) {
      return Problem.invalid(value.group(1), reason(value.group(2), value.group(3), schema));
    }
    Matcher missing = MISSING.matcher(text);
    if (missing.matches()) {
      return Problem.invalid(
          Stream.of(missing.group(2).split(", "))
              .map(name -> new FieldError(missing.group(1) + "." + name, "is required"))
              .toList());
    }
    Matcher extra = EXTRA.matcher(text);
    if (extra.matches()) {
      return Problem.invalid(
          extra.group(1) + "." + extra.group(3), "is not a field of " + extra.group(2));
    }
    Matcher absent = NULL.matcher(text);
    return absent.matches()
        ? Problem.invalid(absent.group(1), "is required")
        : new Problem(ErrorCode.VALIDATION_ERROR, shortened(text), List.of());
  }

  /// It may quote a name as long as the document.
  private static String shortened(String text) {
    return text.length() > TEXT_LENGTH_MAX ? text.substring(0, TEXT_LENGTH_MAX) + "..." : text;
  }

  /// @param given what the scalar itself said, if it is one of ours
  private static String reason(String type, String given, GraphQLSchema schema) {
    if (schema.getType(type) instanceof GraphQLEnumType enumType) {
      return String.valueOf(VariableCheck.enumRefusal(enumType, null));
    }
    String wanted = ScalarTypes.wanted(type);
    boolean ours = given != null && !given.startsWith("Expected");
    return ours ? given : wanted == null ? "is not a valid " + type : wanted;
  }
}
