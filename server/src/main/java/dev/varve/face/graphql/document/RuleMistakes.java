package dev.varve.face.graphql.document;

import dev.varve.face.graphql.type.TypeSystem;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import graphql.language.Document;
import graphql.language.FragmentDefinition;
import graphql.language.SourceLocation;
import graphql.schema.GraphQLDirective;
import graphql.schema.GraphQLNamedType;
import graphql.schema.GraphQLSchema;
import graphql.validation.ValidationError;
import graphql.validation.ValidationErrorType;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Says in our words what graphql-java says about a document that breaks a rule.
final class RuleMistakes {
  private static final Pattern RULE =
      Pattern.compile(
          "Validation error \\([^)]*\\) ?: (.*)", Pattern.DOTALL | Pattern.CASE_INSENSITIVE);
  private static final String VALUE = " with value '";
  private static final List<String> BEHIND_VALUE = List.of("' must ", "' is ", "' contains ");
  private static final Pattern NAME = Pattern.compile("'([^']*)'");
  private static final Pattern MISMATCH =
      Pattern.compile("Variable '(.*)' of type '(.*)' used in position expecting type '(.*)'");

  private final Document document;
  private final GraphQLSchema schema;
  private final Suggestions suggestions;

  RuleMistakes(Document document, GraphQLSchema schema, Suggestions suggestions) {
    this.document = document;
    this.schema = schema;
    this.suggestions = suggestions;
  }

  static Optional<SourceLocation> location(ValidationError error) {
    @Nullable List<SourceLocation> places = error.getLocations();
    return places == null ? Optional.empty() : places.stream().findFirst();
  }

  GraphQlError error(ValidationError error) {
    Matcher rule = RULE.matcher(error.getMessage());
    String text = rule.matches() ? rule.group(1) : error.getMessage();
    String message =
        error.getValidationErrorType() instanceof ValidationErrorType type
            ? message(type, withoutValue(text))
            : text;
    return GraphQlError.of(
        new Problem(ErrorCode.VALIDATION_ERROR, message), location(error), List.of());
  }

  /// Values are shown there as graphql-java holds them inside, which nobody wrote.
  private static String withoutValue(String text) {
    int from = text.indexOf(VALUE);
    int to = BEHIND_VALUE.stream().mapToInt(text::lastIndexOf).max().orElse(-1);
    return from < 0 || to < from ? text : text.substring(0, from) + text.substring(to + 1);
  }

  private String message(ValidationErrorType type, String text) {
    Matcher quoted = NAME.matcher(text);
    if (!quoted.find()) {
      return text;
    }
    String name = quoted.group(1);
    return switch (type) {
      case UnknownType ->
          "There is no type '%s'.%s".formatted(name, suggestions.near(name, types()));
      case UnknownDirective ->
          "There is no directive '@%s'.%s"
              .formatted(name, suggestions.nearOrAll(name, directives(), "There are"));
      case MisplacedDirective ->
          name.equals(TypeSystem.AS_OF)
              ? "@asOf stands behind the word query, and moves all of it: query @asOf(at: \"...\") { ... }"
              : text;
      case MissingDirectiveArgument -> "A directive needs the argument '%s'".formatted(name);
      case UndefinedFragment ->
          "There is no fragment '%s'.%s".formatted(name, suggestions.near(name, fragments()));
      case UndefinedVariable ->
          "The variable '$%s' is not declared: write it with its type in front of the braces, as in query($%s: ID!)"
              .formatted(name, name);
      case VariableTypeMismatch -> mismatch(text);
      case FieldsConflict ->
          "'%s' is asked for twice, with differences: give one of them another name in the answer, as in other: %s"
              .formatted(name, name.substring(name.lastIndexOf('/') + 1));
      default -> text;
    };
  }

  private static String mismatch(String text) {
    Matcher mismatch = MISMATCH.matcher(text);
    return mismatch.matches()
        ? "The variable '$%s' is declared as %s and stands where %s is wanted: declare it as that"
            .formatted(mismatch.group(1), mismatch.group(2), mismatch.group(3))
        : text;
  }

  private List<String> types() {
    return schema.getAllTypesAsList().stream().map(GraphQLNamedType::getName).toList();
  }

  private List<String> directives() {
    return schema.getDirectives().stream().map(GraphQLDirective::getName).toList();
  }

  private List<String> fragments() {
    return document.getDefinitionsOfType(FragmentDefinition.class).stream()
        .map(FragmentDefinition::getName)
        .toList();
  }
}
