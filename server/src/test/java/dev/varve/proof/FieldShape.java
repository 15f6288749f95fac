package dev.varve.proof;

import org.jspecify.annotations.Nullable;

/// A field as the world of the model-based test knows it, written down by hand beside the schema file.
///
/// @param fallback what a new record gets when nothing is given
/// @param target the model referred to, for [Kind#REFERENCE]
/// @param onDelete what becomes of the record when the one it refers to is deleted
record FieldShape(
    String name,
    Kind kind,
    boolean required,
    @Nullable Object fallback,
    boolean immutable,
    String target,
    OnDelete onDelete) {

  enum Kind {
    TEXT,
    CODE,
    INT,
    LONG,
    FLOAT,
    BOOLEAN,
    DECIMAL,
    DATE,
    INSTANT,
    EMAIL,
    URL,
    UUID,
    LEVEL,
    JSON,
    ADDRESS,
    INTS,
    ADDRESSES,
    REFERENCE
  }

  enum OnDelete {
    NONE,
    RESTRICT,
    CASCADE,
    SET_NULL
  }

  static FieldShape of(String name, Kind kind) {
    return new FieldShape(name, kind, false, null, false, "", OnDelete.NONE);
  }

  static FieldShape reference(String name, String target, OnDelete onDelete) {
    return new FieldShape(name, Kind.REFERENCE, false, null, false, target, onDelete);
  }

  FieldShape needed() {
    return new FieldShape(name, kind, true, fallback, immutable, target, onDelete);
  }

  FieldShape fixed() {
    return new FieldShape(name, kind, required, fallback, true, target, onDelete);
  }

  FieldShape otherwise(Object value) {
    return new FieldShape(name, kind, required, value, immutable, target, onDelete);
  }

  /// Whether a record without it would be refused at the door, before the write lane.
  boolean mustBeGiven() {
    return required && fallback == null;
  }
}
