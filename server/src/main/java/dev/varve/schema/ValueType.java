package dev.varve.schema;

import java.util.List;
import java.util.Optional;

/// A type without `@model`: a value inside a record. Its values are unmodifiable maps from field name to
/// value, in the order of the fields; an absent optional field is absent from the map.
public record ValueType(String schemaName, List<Field> fields, String description)
    implements FieldType {
  public ValueType {
    fields = List.copyOf(fields);
  }

  public Optional<Field> field(String name) {
    return fields.stream().filter(field -> field.name().equals(name)).findFirst();
  }
}
