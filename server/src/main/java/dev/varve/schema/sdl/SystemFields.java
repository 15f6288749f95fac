package dev.varve.schema.sdl;

import dev.varve.schema.Constraints;
import dev.varve.schema.Declaration;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.ScalarType;
import dev.varve.schema.SourceLocation;
import java.util.Optional;

/// The fields that Varve keeps in every model.
final class SystemFields {
  private SystemFields() {}

  static Field id(ScalarType type, String description, SourceLocation location) {
    String text = description.isEmpty() ? "The id of the record." : description;
    return field(Model.ID, 0, type, true, false, text, location);
  }

  static Field createdAt(int ordinal) {
    return given(Model.CREATED_AT, ordinal, ScalarType.DATE_TIME, true, "When it was created.");
  }

  static Field updatedAt(int ordinal) {
    return given(
        Model.UPDATED_AT, ordinal, ScalarType.DATE_TIME, false, "When it was last changed.");
  }

  static Field version(int ordinal) {
    return given(
        Model.VERSION,
        ordinal,
        ScalarType.INT,
        false,
        "1 when it is created, and one more at each change.");
  }

  private static Field given(
      String name, int ordinal, ScalarType type, boolean immutable, String description) {
    return field(name, ordinal, type, immutable, true, description, SourceLocation.NONE);
  }

  private static Field field(
      String name,
      int ordinal,
      ScalarType type,
      boolean immutable,
      boolean readonly,
      String description,
      SourceLocation location) {
    return new Field(
        name,
        ordinal,
        Field.Shape.one(type),
        Constraints.NONE,
        Optional.empty(),
        new Field.Setting(immutable, readonly, true),
        Optional.empty(),
        new Declaration(Optional.empty(), description, location));
  }
}
