package dev.varve.schema;

import java.util.List;

/// An enum of the schema file. Its values are `String` inside Varve.
public record EnumType(String schemaName, List<String> values, String description)
    implements FieldType {
  public EnumType {
    values = List.copyOf(values);
  }
}
