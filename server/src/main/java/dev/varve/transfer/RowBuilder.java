package dev.varve.transfer;

import dev.varve.kernel.FieldError;
import dev.varve.schema.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Gathers the values of one record, those of dotted columns into one value.
final class RowBuilder {
  private final long line;
  private final Map<String, @Nullable Object> values = new LinkedHashMap<>();
  private final List<FieldError> errors = new ArrayList<>();

  RowBuilder(long line) {
    this.line = line;
  }

  List<FieldError> errors() {
    return errors;
  }

  void put(ColumnTarget.To to, @Nullable Object plain) {
    Map<String, @Nullable Object> members = values;
    for (int i = 0; i < to.path().size() - 1; i++) {
      members = membersOf(members, to.path().get(i));
    }
    members.put(to.last().name(), plain);
  }

  // columns of which one lies in the other were refused before
  @SuppressWarnings("unchecked")
  private static Map<String, @Nullable Object> membersOf(
      Map<String, @Nullable Object> values, Field field) {
    Object members = values.get(field.name());
    if (members == null) {
      members = new LinkedHashMap<String, @Nullable Object>();
      values.put(field.name(), members);
    }
    return (Map<String, @Nullable Object>) members;
  }

  /// An empty cell: no value, or for a field that must have one its default.
  void putEmpty(Field field) {
    if (!values.containsKey(field.name())
        && !(field.required() && field.defaultValue().isPresent())) {
      values.put(field.name(), null);
    }
  }

  SourceRow row() {
    return new SourceRow(line, values, errors);
  }
}
