package dev.varve.schema.record;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads what a caller gave: plain values, as [dev.varve.kernel.Json] reads them, into values of the
/// fields' Java types, checked by type and constraints. Every wrong field is reported, with its path.
public final class InputReader {
  private final Model model;
  private final Map<?, ?> given;
  private final Mode mode;
  private final @Nullable Object[] values;
  private final boolean[] present;
  private final List<FieldError> errors = new ArrayList<>();

  /// What the input is for.
  public enum Mode {
    /// A new record. Absent fields get their defaults; only `id` of the system fields may be given.
    CREATE,
    /// All of a record (PUT). Absent fields get their defaults or null. Fields that callers cannot
    /// change stay present when given, so that they can be compared with what is stored: a client may
    /// send back what it read.
    REPLACE,
    /// Some of a record (PATCH, RFC 7396). Only what is given is present; objects are patches.
    MERGE
  }

  private InputReader(Model model, Map<?, ?> given, Mode mode) {
    this.model = model;
    this.given = given;
    this.mode = mode;
    this.values = new @Nullable Object[model.fields().size()];
    this.present = new boolean[model.fields().size()];
  }

  /// The input for one record of `model`.
  ///
  /// @param plain what the caller gave, as [dev.varve.kernel.Json] reads it
  /// @throws Problem VALIDATION_ERROR with every wrong field, or MALFORMED_REQUEST when it is no object
  public static Input read(Model model, @Nullable Object plain, Mode mode) {
    if (!(plain instanceof Map<?, ?> given)) {
      throw new Problem(
          ErrorCode.MALFORMED_REQUEST,
          "The body must be a JSON object with the fields of " + model.name());
    }
    return new InputReader(model, given, mode).read();
  }

  private Input read() {
    int known = 0;
    for (Field field : model.fields()) {
      if (given.containsKey(field.name())) {
        known++;
        given(field, given.get(field.name()));
      } else {
        absent(field);
      }
    }
    if (known < given.size()) {
      refuseUnknown();
    }
    if (!errors.isEmpty()) {
      throw Problem.invalid(errors);
    }
    return new Input(model, values, present);
  }

  private void given(Field field, @Nullable Object plain) {
    switch (mode) {
      case CREATE -> givenForNew(field, plain);
      case REPLACE -> set(field, ValueReader.read(field, plain, field.name(), errors));
      case MERGE -> set(field, MergePatch.read(field, plain, field.name(), errors));
    }
  }

  private void givenForNew(Field field, @Nullable Object plain) {
    boolean id = field.ordinal() == 0;
    if (field.system() && !id) {
      wrong(field, "is set by Varve: leave it out");
    } else if (field.readonly() && !id) {
      wrong(field, "is read-only: leave it out");
    } else if (id && plain == null) {
      wrong(field, "must be an id, or left out so that Varve makes one");
    } else {
      set(field, ValueReader.read(field, plain, field.name(), errors));
    }
  }

  private void absent(Field field) {
    switch (mode) {
      case CREATE -> absentFromNew(field);
      case REPLACE -> absentFromWhole(field);
      case MERGE -> {}
    }
  }

  private void absentFromNew(Field field) {
    if (field.system()) {
      return;
    }
    Object value = ValueReader.absent(field, field.name(), errors);
    if (value != null) {
      set(field, value);
    }
  }

  private void absentFromWhole(Field field) {
    if (!field.system() && !field.readonly() && !field.immutable()) {
      set(field, ValueReader.absent(field, field.name(), errors));
    }
  }

  private void set(Field field, @Nullable Object value) {
    values[field.ordinal()] = value;
    present[field.ordinal()] = true;
  }

  private void refuseUnknown() {
    for (Object key : given.keySet()) {
      String name = String.valueOf(key);
      if (errors.size() < ValueReader.ERRORS_MAX && model.fieldOrNull(name) == null) {
        errors.add(new FieldError(name, unknown(name)));
      }
    }
  }

  private String unknown(String name) {
    return model
        .hasMany(name)
        .map(many ->
            "is the other side of %s.%s; write the %s themselves"
                .formatted(many.target(), many.by(), many.name()))
        .orElseGet(() -> ValueReader.unknown(name, model.name(), model.fields()));
  }

  private void wrong(Field field, String message) {
    errors.add(new FieldError(field.name(), message));
  }

  /// The value of one field.
  ///
  /// @param path of the field, for errors, such as `shipTo.city`
  /// @param errors gets one entry or more when the value is wrong
  /// @return the value in the Java type of the field; null when absent or wrong
  public static @Nullable Object value(
      Field field, @Nullable Object plain, String path, List<FieldError> errors) {
    return ValueReader.read(field, plain, path, errors);
  }

  /// Merges a patch, as [Mode#MERGE] reads it, into the value that is there (RFC 7396, section 2).
  ///
  /// @param field of a value type or JSON, not a list
  /// @param current the value that is there; null when absent
  /// @param path of the field, for errors, such as `shipTo.city`
  /// @param errors gets one entry or more when the merged value would be wrong
  /// @return the merged value in the Java type of the field, of use only when there is no new error
  public static Object merge(
      Field field,
      @Nullable Object current,
      Input.Patch patch,
      String path,
      List<FieldError> errors) {
    return MergePatch.apply(field, current, patch, path, errors);
  }
}
