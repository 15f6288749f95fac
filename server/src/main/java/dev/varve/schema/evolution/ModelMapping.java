package dev.varve.schema.evolution;

import dev.varve.schema.Field;
import dev.varve.schema.Model;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A model as it was under one schema version, seen from the version in force.
public final class ModelMapping {
  private final Model then;
  private final Model now;
  private final Map<String, Field> fields;
  private final @Nullable Object[] absent;

  ModelMapping(Model then, Model now, Map<String, Field> fields, @Nullable Object[] absent) {
    this.then = then;
    this.now = now;
    this.fields = Map.copyOf(fields);
    this.absent = absent;
  }

  public Model then() {
    return then;
  }

  public Model now() {
    return now;
  }

  /// The field that the one called `name` then is now; empty when it is gone, or never was.
  public Optional<Field> field(String name) {
    return Optional.ofNullable(fields.get(name));
  }

  /// What a field holds now that an event of then left out or set to null: the default with which it was
  /// added since, or the one with which it became required since; else null.
  ///
  /// @param field of the model as it is now
  public @Nullable Object absent(Field field) {
    return absent[field.ordinal()];
  }
}
