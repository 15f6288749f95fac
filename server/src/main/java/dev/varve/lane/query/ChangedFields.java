package dev.varve.lane.query;

import dev.varve.schema.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Which fields differ between two versions of a record, as one and the same reader sees them.
public final class ChangedFields {
  private ChangedFields() {}

  /// The names of the visible fields that differ, without those that Varve keeps. Where there is no version before, or
  /// none that may be read, all that have a value, so that nothing is told about it.
  ///
  /// @param before null when nothing may be seen of it
  public static List<String> between(@Nullable Item before, Item after) {
    List<String> changed = new ArrayList<>();
    for (Field field : after.entity().model().fields()) {
      if (!field.system() && after.visible().test(field) && differs(field, before, after)) {
        changed.add(field.name());
      }
    }
    return changed;
  }

  private static boolean differs(Field field, @Nullable Item before, Item after) {
    Object value = after.entity().value(field);
    if (before == null) {
      return value != null;
    }
    return !before.visible().test(field) || !Objects.equals(value, before.entity().value(field));
  }
}
