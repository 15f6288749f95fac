package dev.varve.schema.record;

import dev.varve.kernel.FieldError;
import dev.varve.kernel.Nearest;
import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.ValueType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the value of one field, with all that lies in it. Wrong ones are null, and among the errors.
final class ValueReader {
  static final String REQUIRED = "is required";
  // enough for a caller to mend; garbage with a hundred thousand unknown names gets no longer
  // answer
  static final int ERRORS_MAX = 100;

  private static final int ENUM_VALUES_SHOWN_MAX = 20;

  private ValueReader() {}

  static @Nullable Object read(
      Field field, @Nullable Object plain, String path, List<FieldError> errors) {
    if (plain == null) {
      return field.required() ? wrong(path, REQUIRED, errors) : null;
    }
    return field.list() ? list(field, plain, path, errors) : single(field, plain, path, errors);
  }

  static @Nullable Object wrong(String path, String message, List<FieldError> errors) {
    errors.add(new FieldError(path, message));
    return null;
  }

  private static @Nullable Object list(
      Field field, Object plain, String path, List<FieldError> errors) {
    if (!(plain instanceof List<?> elements)) {
      return wrong(path, "must be a list", errors);
    }
    String broken = ConstraintCheck.list(field.constraints(), elements.size());
    if (broken != null) {
      return wrong(path, broken, errors);
    }
    int errorsBefore = errors.size();
    List<@Nullable Object> values = new ArrayList<>(elements.size());
    for (Object element : elements) {
      if (errors.size() >= ERRORS_MAX) {
        return null;
      }
      values.add(element(field, element, path + "[" + values.size() + "]", errors));
    }
    return errors.size() == errorsBefore ? Collections.unmodifiableList(values) : null;
  }

  private static @Nullable Object element(
      Field field, @Nullable Object plain, String path, List<FieldError> errors) {
    if (plain == null) {
      return field.elementsRequired() ? wrong(path, REQUIRED, errors) : null;
    }
    return single(field, plain, path, errors);
  }

  private static @Nullable Object single(
      Field field, Object plain, String path, List<FieldError> errors) {
    Object value =
        switch (field.type()) {
          case ScalarType scalar -> kept(field, ScalarReader.read(scalar, field.scale(), plain));
          case EnumType type -> enumValue(type, plain);
          case RelationType relation -> ScalarReader.reference(relation, plain);
          case ValueType type -> members(type, plain, path, errors);
        };
    if (value == null) {
      return null;
    }
    if (value instanceof UnreadableValue refusal) {
      return wrong(path, refusal.message(), errors);
    }
    String broken = ConstraintCheck.single(field, value);
    return broken == null ? value : wrong(path, broken, errors);
  }

  private static Object kept(Field field, Object value) {
    return field.constraints().lowerCase() && value instanceof String text
        ? field.constraints().kept(text)
        : value;
  }

  private static Object enumValue(EnumType type, Object plain) {
    if (!(plain instanceof String text)) {
      return new UnreadableValue("must be " + oneOf(type));
    }
    if (type.values().contains(text)) {
      return text;
    }
    return new UnreadableValue(
        Nearest.to(text, type.values())
            .map(near -> "has no value '%s'. Did you mean '%s'?".formatted(text, near))
            .orElseGet(() -> "must be " + oneOf(type)));
  }

  private static String oneOf(EnumType type) {
    List<String> values = type.values();
    if (values.size() <= ENUM_VALUES_SHOWN_MAX) {
      return "one of " + String.join(", ", values);
    }
    String shown = String.join(", ", values.subList(0, ENUM_VALUES_SHOWN_MAX));
    return "a value of %s: %s, ...".formatted(type.schemaName(), shown);
  }

  private static @Nullable Object members(
      ValueType type, Object plain, String path, List<FieldError> errors) {
    if (!(plain instanceof Map<?, ?> given)) {
      return new UnreadableValue(notAnObject(type));
    }
    int errorsBefore = errors.size();
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (Field field : type.fields()) {
      Object value =
          given.containsKey(field.name())
              ? read(field, given.get(field.name()), path + "." + field.name(), errors)
              : absent(field, path + "." + field.name(), errors);
      if (value != null) {
        values.put(field.name(), value);
      }
    }
    refuseUnknown(type, given, path, errors);
    return errors.size() == errorsBefore ? Collections.unmodifiableMap(values) : null;
  }

  static String notAnObject(ValueType type) {
    return "must be an object with the fields of " + type.schemaName();
  }

  /// What a field holds that was not given: its default, or nothing.
  static @Nullable Object absent(Field field, String path, List<FieldError> errors) {
    if (field.defaultValue().isPresent()) {
      return field.defaultValue().get();
    }
    return field.required() ? wrong(path, REQUIRED, errors) : null;
  }

  static void refuseUnknown(ValueType type, Map<?, ?> given, String path, List<FieldError> errors) {
    for (Object key : given.keySet()) {
      String name = String.valueOf(key);
      if (errors.size() < ERRORS_MAX && type.field(name).isEmpty()) {
        wrong(path + "." + name, unknown(name, type.schemaName(), type.fields()), errors);
      }
    }
  }

  static String unknown(String name, String typeName, List<Field> known) {
    return "is not a field of "
        + typeName
        + "."
        + Nearest.hint(name, known.stream().map(Field::name).toList());
  }
}
