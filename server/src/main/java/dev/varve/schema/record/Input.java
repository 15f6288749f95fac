package dev.varve.schema.record;

import dev.varve.schema.Field;
import dev.varve.schema.Model;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The fields that a caller gave for one record, read and checked by type: some present, some of those null.
///
/// In a merge (RFC 7396) the value of a field that holds a value type or JSON is a [Patch].
public final class Input {
  private final Model model;
  private final @Nullable Object[] values;
  private final boolean[] present;

  /// A partial value, to be merged into the one that is there.
  ///
  /// @param members values in their Java types; null removes the member; nested patches are `Patch`
  public record Patch(java.util.Map<String, @Nullable Object> members) {}

  /// @param values by ordinal of the field; not to be changed afterwards
  /// @param present whether the caller gave the field, by ordinal
  public Input(Model model, @Nullable Object[] values, boolean[] present) {
    this.model = model;
    this.values = values;
    this.present = present;
  }

  public Model model() {
    return model;
  }

  public boolean has(Field field) {
    return present[field.ordinal()];
  }

  public @Nullable Object value(Field field) {
    return values[field.ordinal()];
  }

  public void forEach(BiConsumer<Field, @Nullable Object> action) {
    for (Field field : model.fields()) {
      if (present[field.ordinal()]) {
        action.accept(field, values[field.ordinal()]);
      }
    }
  }
}
