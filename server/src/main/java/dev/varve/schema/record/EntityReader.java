package dev.varve.schema.record;

import dev.varve.kernel.Json;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reads single values of a record from what [EntityWriter#render] made of it, which takes a fraction of the memory
/// that the record takes.
public final class EntityReader implements Entity.Source {
  private final Model model;
  private final byte[] json;
  private final long version;
  // where each value begins, and one more: found when the first is asked for
  private int @Nullable [] starts;

  private EntityReader(Model model, byte[] json, long version) {
    this.model = model;
    this.json = json;
    this.version = version;
  }

  /// The record, each of whose values is read when it is asked for.
  ///
  /// @param json all of it, not to be changed
  public static Entity entity(Model model, byte[] json, long version) {
    return new Entity(model, new EntityReader(model, json, version));
  }

  @Override
  public @Nullable Object value(Field field) {
    if (field.ordinal() == model.version().ordinal()) {
      return version;
    }
    int[] known = starts;
    if (known == null) {
      known = starts();
      starts = known;
    }
    int start = known[field.ordinal()];
    // behind each value but the last stands a comma, the next name in quotes and a colon
    int end = known[field.ordinal() + 1] - nameLength(field.ordinal() + 1) - 4;
    return JsonValues.read(field, plain(start, end));
  }

  private @Nullable Object plain(int start, int end) {
    return isPlainText(start, end)
        ? new String(json, start + 1, end - start - 2, StandardCharsets.UTF_8)
        : Json.read(json, start, end - start);
  }

  private boolean isPlainText(int start, int end) {
    if (json[start] != '"') {
      return false;
    }
    for (int i = start; i < end; i++) {
      if (json[i] == '\\') {
        return false;
      }
    }
    return true;
  }

  private int nameLength(int ordinal) {
    return model.fields().get(ordinal).name().length();
  }

  /// Every field is there, in the order of the model; names have no character that JSON escapes.
  private int[] starts() {
    int[] found = new int[model.fields().size()];
    int at = 1;
    for (int ordinal = 0; ordinal < found.length; ordinal++) {
      found[ordinal] = at + nameLength(ordinal) + 3;
      at = end(found[ordinal]) + 1;
    }
    return found;
  }

  /// The index behind the value that begins at `start`.
  private int end(int start) {
    int depth = 0;
    int i = start;
    while (true) {
      switch (json[i]) {
        case '"' -> i = endOfText(i);
        case '{', '[' -> depth++;
        case '}', ']' -> depth--;
        default -> {}
      }
      boolean ends = depth < 0 || (depth == 0 && json[i] == ',');
      if (ends) {
        return i;
      }
      i++;
    }
  }

  /// The index of the quote that ends the text whose first quote is at `start`.
  private int endOfText(int start) {
    int i = start + 1;
    while (json[i] != '"') {
      i += json[i] == '\\' ? 2 : 1;
    }
    return i;
  }
}
