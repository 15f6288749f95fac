package dev.varve.schema.record;

import dev.varve.kernel.FieldError;
import dev.varve.schema.Field;
import dev.varve.schema.ScalarType;
import dev.varve.schema.ValueType;
import dev.varve.schema.record.Input.Patch;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// JSON Merge Patch (RFC 7396) for fields that hold a value type or JSON: read first, applied when the
/// value that is there is known.
final class MergePatch {
  private MergePatch() {}

  /// The value or the [Patch] that a caller gave for a field; null removes what is there.
  static @Nullable Object read(
      Field field, @Nullable Object plain, String path, List<FieldError> errors) {
    if (plain == null) {
      return field.required()
          ? ValueReader.wrong(path, "is required: it cannot be removed", errors)
          : null;
    }
    Object value =
        field.type() instanceof ValueType type && !field.list() && plain instanceof Map<?, ?> given
            ? members(type, given, path, errors)
            : ValueReader.read(field, plain, path, errors);
    return field.type() == ScalarType.JSON && !field.list() ? nested(value) : value;
  }

  private static Patch members(
      ValueType type, Map<?, ?> given, String path, List<FieldError> errors) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    for (Field field : type.fields()) {
      if (given.containsKey(field.name())) {
        Object plain = given.get(field.name());
        members.put(field.name(), read(field, plain, path + "." + field.name(), errors));
      }
    }
    ValueReader.refuseUnknown(type, given, path, errors);
    return new Patch(Collections.unmodifiableMap(members));
  }

  private static @Nullable Object nested(@Nullable Object plain) {
    if (!(plain instanceof Map<?, ?> given)) {
      return plain;
    }
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    given.forEach((name, member) -> members.put(String.valueOf(name), nested(member)));
    return new Patch(Collections.unmodifiableMap(members));
  }

  static Object apply(
      Field field, @Nullable Object current, Patch patch, String path, List<FieldError> errors) {
    return field.type() instanceof ValueType type
        ? merged(type, (Map<?, ?>) current, patch, path, errors)
        : merged(current, patch);
  }

  private static Object merged(@Nullable Object current, Patch patch) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    if (current instanceof Map<?, ?> map) {
      map.forEach((name, member) -> members.put(String.valueOf(name), member));
    }
    patch.members().forEach((name, member) -> merge(members, name, member));
    return Collections.unmodifiableMap(members);
  }

  private static void merge(
      Map<String, @Nullable Object> members, String name, @Nullable Object given) {
    switch (given) {
      case null -> members.remove(name);
      case Patch nested -> members.put(name, merged(members.get(name), nested));
      default -> members.put(name, given);
    }
  }

  private static Object merged(
      ValueType type,
      @Nullable Map<?, ?> current,
      Patch patch,
      String path,
      List<FieldError> errors) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    for (Field field : type.fields()) {
      Object value = member(field, current, patch, path + "." + field.name(), errors);
      if (value != null) {
        members.put(field.name(), value);
      }
    }
    return Collections.unmodifiableMap(members);
  }

  private static @Nullable Object member(
      Field field, @Nullable Map<?, ?> current, Patch patch, String path, List<FieldError> errors) {
    Object there = current == null ? null : current.get(field.name());
    if (!patch.members().containsKey(field.name())) {
      return current == null
          ? ValueReader.absent(field, path, errors)
          : kept(field, there, path, errors);
    }
    Object given = patch.members().get(field.name());
    return given instanceof Patch nested
        ? apply(field, there, nested, path, errors)
        : kept(field, given, path, errors);
  }

  /// The merged value is written as a whole, so what was there before is checked again too.
  private static @Nullable Object kept(
      Field field, @Nullable Object value, String path, List<FieldError> errors) {
    if (value == null) {
      return field.required() ? ValueReader.wrong(path, ValueReader.REQUIRED, errors) : null;
    }
    String broken = ConstraintCheck.whole(field, value);
    return broken == null ? value : ValueReader.wrong(path, broken, errors);
  }
}
