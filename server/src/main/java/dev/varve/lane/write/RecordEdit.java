package dev.varve.lane.write;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.Input;
import dev.varve.schema.record.InputReader;
import dev.varve.schema.record.JsonValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a record becomes when input is put on top of it.
final class RecordEdit {
  private static final int MERGED_BYTES_MAX = 1024 * 1024;

  private RecordEdit() {}

  /// The values of `before` with the input on top.
  ///
  /// @throws Problem with every field that cannot be changed so
  static @Nullable Object[] of(Entity before, Input input) {
    @Nullable Object[] values = before.values();
    List<FieldError> errors = new ArrayList<>();
    input.forEach((field, value) -> {
      Object current = before.value(field);
      if (field.system() || field.readonly()) {
        checkUnchanged(field, current, value, errors);
      } else if (value instanceof Input.Patch patch) {
        int errorsBefore = errors.size();
        Object merged = InputReader.merge(field, current, patch, field.name(), errors);
        values[field.ordinal()] = merged;
        if (errors.size() == errorsBefore) {
          checkSize(field, merged, errors);
        }
      } else {
        values[field.ordinal()] = value;
      }
    });
    if (!errors.isEmpty()) {
      throw Problem.invalid(errors);
    }
    return values;
  }

  /// A value that is merged into again and again must not grow without end.
  private static void checkSize(Field field, Object merged, List<FieldError> errors) {
    if (Json.bytes(json -> JsonValues.write(json, field, merged)).length > MERGED_BYTES_MAX) {
      errors.add(
          new FieldError(
              field.name(),
              "would be larger than %,d bytes after the change".formatted(MERGED_BYTES_MAX)));
    }
  }

  private static void checkUnchanged(
      Field field, @Nullable Object current, @Nullable Object given, List<FieldError> errors) {
    if (Objects.equals(current, given)) {
      return;
    }
    if (field.name().equals(Model.VERSION)) {
      throw new Problem(
          ErrorCode.PRECONDITION_FAILED,
          "The record is at version %s, not %s: read it again and decide anew"
              .formatted(current, given));
    }
    errors.add(
        new FieldError(
            field.name(),
            (field.system() ? "is set by Varve" : "is read-only")
                + ": leave it out, or send it back unchanged"));
  }
}
