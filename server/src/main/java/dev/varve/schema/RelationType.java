package dev.varve.schema;

/// A reference to one record of another model. Its value is the id of that record, a `String`.
///
/// @param target the name of the model referred to
/// @param id the type of that model's ids: ID or UUID
public record RelationType(String target, ScalarType id, OnDelete onDelete) implements FieldType {
  /// What becomes of this record when the one it refers to is deleted.
  public enum OnDelete {
    RESTRICT,
    CASCADE,
    SET_NULL
  }

  @Override
  public String schemaName() {
    return target;
  }
}
