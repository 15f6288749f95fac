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
  /// Stands for a value that nobody has asked for yet.
  private enum Unread {
    UNREAD
  }

  private static final long REFERENCE_BYTES = 4;
  // with its header and the reference to it
  private static final long OBJECT_BYTES = 32;

  private final Model model;
  private final @Nullable Object[] values;
  private final @Nullable Source source;
  // 0 until somebody asks; two threads find the same
  private int bytes;

  /// Where values are that are read when they are asked for. It gives the same every time.
  @FunctionalInterface
  public interface Source {
    @Nullable Object value(Field field);
  }

  /// A record whose values are read when they are asked for.
  public Entity(Model model, Source source) {
    this.model = model;
    this.values = new Object[model.fields().size()];
    Arrays.fill(values, Unread.UNREAD);
    this.source = source;
  }

  /// @param values one for each field of the model, by ordinal; not to be changed afterwards
  public Entity(Model model, @Nullable Object[] values) {
    if (values.length != model.fields().size()) {
      throw new IllegalArgumentException(
          model.name() + " has " + model.fields().size() + " fields, not " + values.length);
    }
    this.model = model;
    this.values = values;
    this.source = null;
  }

  public Model model() {
    return model;
  }

  public @Nullable Object value(Field field) {
    return value(field.ordinal());
  }

  public @Nullable Object value(int ordinal) {
    Object value = values[ordinal];
    if (value instanceof Unread && source != null) {
      // two threads may read at once; they find equal values
      value = source.value(model.fields().get(ordinal));
      values[ordinal] = value;
    }
    return value;
  }

  public String id() {
    return (String) Objects.requireNonNull(value(0));
  }

  public Instant createdAt() {
    return (Instant) Objects.requireNonNull(value(values.length - 3));
  }

  public Instant updatedAt() {
    return (Instant) Objects.requireNonNull(value(values.length - 2));
  }

  public long version() {
    return (Long) Objects.requireNonNull(value(values.length - 1));
  }

  private @Nullable Object[] all() {
    if (source != null) {
      for (int i = 0; i < values.length; i++) {
        value(i);
      }
    }
    return values;
  }

  /// About how much memory the values take, in bytes: for bounds, not for bookkeeping.
  public int bytes() {
    int known = bytes;
    if (known == 0) {
      known = (int) Math.min(Integer.MAX_VALUE, bytes(Arrays.asList(all())));
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
    return all().clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Entity entity
        && entity.model.name().equals(model.name())
        && Arrays.equals(entity.all(), all());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(all());
  }

  @Override
  public String toString() {
    return model.name() + Arrays.toString(all());
  }
}
