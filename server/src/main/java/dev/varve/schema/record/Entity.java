package dev.varve.schema.record;

import dev.varve.schema.Field;
import dev.varve.schema.Model;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One record of a model, as it was at one version: a value for each field, null where absent.
public final class Entity {
  private static final long REFERENCE_BYTES = 4;
  // with its header and the reference to it
  private static final long OBJECT_BYTES = 32;

  private final Model model;
  private final @Nullable Object[] values;
  // 0 until somebody asks; two threads find the same
  private int bytes;

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

  /// About how much memory the values take, in bytes: for bounds, not for bookkeeping.
  public int bytes() {
    int known = bytes;
    if (known == 0) {
      known = (int) Math.min(Integer.MAX_VALUE, bytes(Arrays.asList(values)));
      bytes = known;
    }
    return known;
  }

  private static long bytes(@Nullable Object value) {
    return switch (value) {
      case null -> REFERENCE_BYTES;
      case String text -> OBJECT_BYTES + text.length();
      case Collection<?> elements -> {
        long sum = OBJECT_BYTES;
        for (Object element : elements) {
          sum += bytes(element);
        }
        yield sum;
      }
      case Map<?, ?> members -> OBJECT_BYTES + bytes(members.keySet()) + bytes(members.values());
      default -> OBJECT_BYTES;
    };
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
