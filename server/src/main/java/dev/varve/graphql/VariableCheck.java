package dev.varve.graphql;

import dev.varve.kernel.FieldError;
import dev.varve.kernel.Nearest;
import dev.varve.kernel.Problem;
import graphql.execution.TypeFromAST;
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
import org.jspecify.annotations.Nullable;

/// Holds the values of variables against their types, and names everything that is wrong with any of them, with its
/// path, in the words in which REST says it.
final class VariableCheck {
  // enough to mend a request by
  private static final int ERRORS_MAX = 100;
  private static final String REQUIRED = "is required";

  private final List<FieldError> errors = new ArrayList<>();

  private VariableCheck() {}

  /// @throws RequestRefused that names every value that does not fit
  static void check(
      GraphQLSchema schema,
      List<VariableDefinition> definitions,
      Map<String, @Nullable Object> given) {
    VariableCheck check = new VariableCheck();
    for (VariableDefinition definition : definitions) {
      GraphQLType type = TypeFromAST.getTypeFromAST(schema, definition.getType());
      boolean present = given.containsKey(definition.getName());
      if (present || definition.getDefaultValue() == null) {
        check.check(type, given.get(definition.getName()), definition.getName());
      }
    }
    if (!check.errors.isEmpty()) {
      throw new RequestRefused(RequestRefused.UNPROCESSABLE, Problem.invalid(check.errors));
    }
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
    } else if (value != null) {
      checkPresent(type, value, path);
    }
  }

  private void checkPresent(GraphQLType type, Object value, String path) {
    switch (type) {
      case GraphQLList list -> checkList(list, value, path);
      case GraphQLScalarType scalar -> {
        String refusal = ScalarTypes.refusal(scalar.getName(), value);
        if (refusal != null) {
          wrong(path, refusal);
        }
      }
      case GraphQLEnumType enumType -> {
        String refusal = enumRefusal(enumType, value);
        if (refusal != null) {
          wrong(path, refusal);
        }
      }
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

  static @Nullable String enumRefusal(GraphQLEnumType type, @Nullable Object value) {
    List<String> names =
        type.getValues().stream().map(GraphQLEnumValueDefinition::getName).toList();
    if (value instanceof String name && names.contains(name)) {
      return null;
    }
    return value instanceof String name && Nearest.to(name, names).isPresent()
        ? "has no value '%s'. Did you mean '%s'?".formatted(name, Nearest.to(name, names).get())
        : "must be one of " + String.join(", ", names);
  }

  private void checkObject(GraphQLInputObjectType type, Object value, String path) {
    if (!(value instanceof Map<?, ?> members)) {
      wrong(path, "must be an object with the fields of " + type.getName());
      return;
    }
    List<String> names = type.getFields().stream().map(GraphQLInputObjectField::getName).toList();
    for (Object member : members.keySet()) {
      String name = String.valueOf(member);
      if (!names.contains(name)) {
        wrong(
            path + "." + name,
            "is not a field of " + type.getName() + "." + Nearest.hint(name, names));
      }
    }
    if (type.isOneOf() && (members.size() != 1 || members.containsValue(null))) {
      wrong(path, "must have exactly one field, such as {\"%s\": ...}".formatted(names.getFirst()));
      return;
    }
    for (GraphQLInputObjectField field : type.getFields()) {
      if (members.containsKey(field.getName()) || !field.hasSetDefaultValue()) {
        check(field.getType(), members.get(field.getName()), path + "." + field.getName());
      }
    }
  }

  private void wrong(String path, String message) {
    if (errors.size() < ERRORS_MAX) {
      errors.add(new FieldError(path, message));
    }
  }
}
