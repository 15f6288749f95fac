package dev.varve.transfer;

import dev.varve.kernel.FieldError;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.Input;
import dev.varve.schema.record.InputReader;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A record of a file, its values checked by type.
///
/// @param line where it begins in the file
/// @param id null when the file gives none
/// @param given what the file gives besides the id
record RecordDraft(long line, @Nullable String id, Input given) {

  /// @param errors gets what is wrong; the draft is of no use then
  static RecordDraft read(Model model, SourceRow row, List<FieldError> errors) {
    errors.addAll(row.errors());
    @Nullable Object[] values = new @Nullable Object[model.fields().size()];
    boolean[] present = new boolean[values.length];
    for (Map.Entry<String, @Nullable Object> entry : row.values().entrySet()) {
      Field field = model.field(entry.getKey()).orElseThrow();
      if (row.errors().isEmpty() || !isWrong(row, field)) {
        int errorsBefore = errors.size();
        values[field.ordinal()] = InputReader.value(field, entry.getValue(), field.name(), errors);
        present[field.ordinal()] = true;
        if (errors.size() > errorsBefore) {
          errors
              .subList(errorsBefore, errors.size())
              .replaceAll(error -> ValueHint.added(model, row.values(), error));
        }
      }
    }
    int id = model.id().ordinal();
    present[id] = false;
    return new RecordDraft(row.line(), (String) values[id], new Input(model, values, present));
  }

  private static boolean isWrong(SourceRow row, Field field) {
    return row.errors().stream().anyMatch(error -> error.field().equals(field.name()));
  }

  /// The same without a value for some fields.
  RecordDraft without(List<Field> fields) {
    Model model = given.model();
    @Nullable Object[] values = new @Nullable Object[model.fields().size()];
    boolean[] present = new boolean[values.length];
    given.forEach((field, value) -> {
      values[field.ordinal()] = value;
      present[field.ordinal()] =
          fields.stream().noneMatch(left -> left.ordinal() == field.ordinal());
    });
    return new RecordDraft(line, id, new Input(model, values, present));
  }

  /// What is given, as a record that is not there.
  Entity entity() {
    Model model = given.model();
    @Nullable Object[] values = new @Nullable Object[model.fields().size()];
    given.forEach((field, value) -> values[field.ordinal()] = value);
    return new Entity(model, values);
  }

  /// What a new record gets: what is given, and defaults.
  ///
  /// @param errors gets every field that must have a value and has none
  Input forNew(List<FieldError> errors) {
    Model model = given.model();
    @Nullable Object[] values = new @Nullable Object[model.fields().size()];
    boolean[] present = new boolean[values.length];
    for (Field field : model.fields()) {
      if (field.system()) {
        continue;
      }
      boolean isGiven = given.has(field);
      Object value = isGiven ? given.value(field) : field.defaultValue().orElse(null);
      if (value == null && field.required()) {
        errors.add(new FieldError(field.name(), "is required"));
      }
      values[field.ordinal()] = value;
      present[field.ordinal()] = isGiven || value != null;
    }
    return new Input(model, values, present);
  }

  /// Whether the record holds all that is given.
  boolean agreesWith(Entity entity) {
    for (Field field : entity.model().fields()) {
      if (given.has(field) && !Objects.equals(given.value(field), entity.value(field))) {
        return false;
      }
    }
    return true;
  }
}
