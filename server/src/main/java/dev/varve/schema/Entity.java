package dev.varve.schema;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One record of a model, as it was at one version: a value for each field, null where absent.
public final class Entity {
  private final Model model;
  private final @Nullable Object[] values;

  /// @param values one for each field of the model, by ordinal; not to be changed afterwards
  public Entity(Model model, @Nullable Object[] values) {
    if (values.length != model.fields().size()) {
      throw new IllegalArgumentException(
          model.name() + " has " + model.fields().size() + " fields, not " + values.length);
    }
    this.model = model;
    this.values = values;
  }

  public Model model() {
    return model;
  }

  public @Nullable Object value(Field field) {
    return values[field.ordinal()];
  }

  public @Nullable Object value(int ordinal) {
    return values[ordinal];
  }

  /// How long its texts are, all together: nearly all of what it holds in memory.
  public long characters() {
    long characters = 0;
    for (Object value : values) {
      characters += characters(value);
    }
    return characters;
  }

  private static long characters(@Nullable Object value) {
    return switch (value) {
      case String text -> text.length();
      case List<?> elements -> elements.stream().mapToLong(Entity::characters).sum();
      case Map<?, ?> members -> members.values().stream().mapToLong(Entity::characters).sum();
      case null, default -> 0;
    };
  }

  public String id() {
    return (String) Objects.requireNonNull(values[0]);
  }

  public Instant createdAt() {
    return (Instant) Objects.requireNonNull(values[values.length - 3]);
  }

  public Instant updatedAt() {
    return (Instant) Objects.requireNonNull(values[values.length - 2]);
  }

  public long version() {
    return (Long) Objects.requireNonNull(values[values.length - 1]);
  }

  /// A copy of the values, by ordinal.
  public @Nullable Object[] values() {
    return values.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Entity entity
        && entity.model.name().equals(model.name())
        && Arrays.equals(entity.values, values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return model.name() + Arrays.toString(values);
  }
}
