package dev.varve.face.graphql.document;

import dev.varve.face.graphql.type.ScalarTypes;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Nearest;
import dev.varve.kernel.Problem;
import dev.varve.lane.expression.Operator;
import graphql.execution.TypeFromAST;
import graphql.language.Value;
import graphql.language.VariableDefinition;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLEnumValueDefinition;
import graphql.schema.GraphQLInputObjectField;
import graphql.schema.GraphQLInputObjectType;
import graphql.schema.GraphQLList;
import graphql.schema.GraphQLNonNull;
import graphql.schema.GraphQLScalarType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Holds values against their types, and names everything that is wrong with any of them, with its path, in the words
/// in which REST says it. They come as variables, or stand in the document itself.
public final class ValueCheck {
  // enough to mend a request by
  private static final int ERRORS_MAX = 100;
  private static final String REQUIRED = "is required";
  // as the sort of REST begins where the largest comes first
  private static final String FALLING = "-";

  private final Suggestions suggestions;
  private final List<FieldError> errors = new ArrayList<>();

  private ValueCheck(Suggestions suggestions) {
    this.suggestions = suggestions;
  }

  /// @throws RequestRefused that names every variable that does not fit
  public static void variables(
      GraphQLSchema schema,
      List<VariableDefinition> definitions,
      Map<String, @Nullable Object> given,
      Suggestions suggestions) {
    ValueCheck check = new ValueCheck(suggestions);
    for (VariableDefinition definition : definitions) {
      GraphQLType type = TypeFromAST.getTypeFromAST(schema, definition.getType());
      String name = definition.getName();
      if (given.containsKey(name)) {
        check.check(type, given.get(name), name);
      } else if (definition.getDefaultValue() == null && type instanceof GraphQLNonNull) {
        check.wrong(name, REQUIRED + stray(definitions, given));
      }
    }
    if (!check.errors.isEmpty()) {
      throw RequestRefused.of(Problem.invalid(check.errors));
    }
  }

  /// A variable that is given and not declared is ignored, unless it seems to be the one that is missing.
  private static String stray(
      List<VariableDefinition> definitions, Map<String, @Nullable Object> given) {
    return given.keySet().stream()
        .filter(name -> definitions.stream().noneMatch(known -> name.equals(known.getName())))
        .findFirst()
        .map(name ->
            ". The request gives '%s', which is no variable of the operation"
                .formatted(Documents.shortened(name)))
        .orElse("");
  }

  /// What is wrong with a value that stands in the document. Variables in it are not looked into.
  ///
  /// @param path of the value: the name of the argument
  static List<FieldError> literal(
      GraphQLType type, Value<?> literal, String path, Suggestions suggestions) {
    ValueCheck check = new ValueCheck(suggestions);
    check.check(type, Literal.of(literal), path);
    return check.errors;
  }

  private void check(GraphQLType type, @Nullable Object value, String path) {
    if (errors.size() >= ERRORS_MAX) {
      return;
    }
    if (type instanceof GraphQLNonNull required) {
      if (value == null) {
        wrong(path, REQUIRED);
      } else {
        check(required.getWrappedType(), value, path);
      }
    } else if (value != null && !(value instanceof Literal.Variable)) {
      checkPresent(type, value, path);
    }
  }

  private void checkPresent(GraphQLType type, Object value, String path) {
    switch (type) {
      case GraphQLList list -> checkList(list, value, path);
      case GraphQLScalarType scalar ->
          refusal(scalar, value).ifPresent(refusal -> wrong(path, refusal));
      case GraphQLEnumType enumType ->
          refusal(enumType, value).ifPresent(refusal -> wrong(path, refusal));
      case GraphQLInputObjectType object -> checkObject(object, value, path);
      default -> throw new IllegalStateException("No type of input: " + type);
    }
  }

  private void checkList(GraphQLList list, Object value, String path) {
    if (!(value instanceof List<?> elements)) {
      // one value stands for a list of it
      check(list.getWrappedType(), value, path);
      return;
    }
    for (int i = 0; i < elements.size(); i++) {
      check(list.getWrappedType(), elements.get(i), path + "[" + i + "]");
    }
  }

  private static Optional<String> refusal(GraphQLScalarType type, Object value) {
    if (Literal.hasVariable(value)) {
      return Optional.empty();
    }
    Object plain =
        Objects.requireNonNull(
            Literal.withoutNames(value, ScalarTypes.isOfGraphQl(type.getName())));
    return Optional.ofNullable(ScalarTypes.refusal(type.getName(), plain));
  }

  private static Optional<String> refusal(GraphQLEnumType type, Object value) {
    List<String> names =
        type.getValues().stream().map(GraphQLEnumValueDefinition::getName).toList();
    return switch (value) {
      case Literal.Name(String name) -> unknown(name, names);
      case Literal.Text _ ->
          Optional.of(
              "must be one of %s, without quotation marks".formatted(String.join(", ", names)));
      case String name -> unknown(name, names);
      default -> Optional.of("must be one of " + String.join(", ", names));
    };
  }

  private static Optional<String> unknown(String name, List<String> names) {
    if (names.contains(name)) {
      return Optional.empty();
    }
    return Optional.of(
        Nearest.to(name, names)
            .map(near -> "has no value '%s'. Did you mean '%s'?".formatted(name, near))
            .orElse("must be one of " + String.join(", ", names)));
  }

  private void checkObject(GraphQLInputObjectType type, Object value, String path) {
    if (!(value instanceof Map<?, ?> members)) {
      wrong(path, "must be an object with the fields of " + type.getName() + example(type, value));
      return;
    }
    List<String> names = type.getFields().stream().map(GraphQLInputObjectField::getName).toList();
    for (Object member : members.keySet()) {
      String name = String.valueOf(member);
      if (errors.size() < ERRORS_MAX && !names.contains(name)) {
        wrong(
            path + "." + name,
            "is not a field of %s.%s"
                .formatted(type.getName(), suggestions.nearOrAll(name, names, "It has")));
      }
    }
    if (type.isOneOf() && (members.size() != 1 || members.containsValue(null))) {
      wrong(path, "must have exactly one field" + example(type, value));
      return;
    }
    for (GraphQLInputObjectField field : type.getFields()) {
      if (members.containsKey(field.getName()) || !field.hasSetDefaultValue()) {
        check(field.getType(), members.get(field.getName()), path + "." + field.getName());
      }
    }
  }

  /// Conditions are written `{eq: ...}` and orders `{name: ASC}`, which whoever begins forgets.
  private static String example(GraphQLInputObjectType type, Object value) {
    if (type.isOneOf()) {
      return ", such as " + order(type, value);
    }
    return type.getField(Operator.EQ.word()) == null ? "" : ", such as {eq: ...}";
  }

  /// The order that was meant by a text such as `-total`, as REST has it, or else by any field.
  private static String order(GraphQLInputObjectType type, Object value) {
    String text =
        switch (value) {
          case Literal.Text(String written) -> written;
          case Literal.Name(String name) -> name;
          case String given -> given;
          default -> "";
        };
    boolean falling = text.startsWith(FALLING);
    String name = falling ? text.substring(FALLING.length()) : text;
    String field = type.getField(name) == null ? type.getFields().getFirst().getName() : name;
    return "{%s: %s}".formatted(field, falling ? "DESC" : "ASC");
  }

  private void wrong(String path, String message) {
    if (errors.size() < ERRORS_MAX) {
      errors.add(new FieldError(path, message));
    }
  }
}
