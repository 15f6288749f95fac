package dev.varve.schema;

/// What a field holds: a scalar, an enum, a value inside the record, or a reference to another record.
public sealed interface FieldType permits ScalarType, EnumType, ValueType, RelationType {
  /// The name as the schema file writes it, without `!` and brackets.
  String schemaName();
}
