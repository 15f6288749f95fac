package dev.varve.node;

import dev.varve.lane.access.Access;
import dev.varve.lane.access.RulesResult;
import dev.varve.schema.Schema;
import dev.varve.store.sql.Database;
import dev.varve.store.state.AppliedSchema;

/// The schema that the data were last served with, and its rules.
public record StoredSchema(Schema schema, Access access) {
  /// @throws IllegalStateException when there is none
  public static StoredSchema of(Database database) {
    Schema schema = AppliedSchema.stored(database).schema();
    return new StoredSchema(schema, compile(schema));
  }

  /// The rules of a schema that was applied, so that they were right.
  static Access compile(Schema schema) {
    return switch (Access.compile(schema)) {
      case RulesResult.Compiled(Access access) -> access;
      case RulesResult.Rejected rejected ->
          throw new IllegalStateException("Stored rules: " + rejected.mistakes());
    };
  }
}
