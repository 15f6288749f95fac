package dev.varve.lane.query;

import dev.varve.lane.access.Read;
import dev.varve.schema.Field;
import dev.varve.schema.record.Entity;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A record as a caller may see it, with the related records that were asked for.
///
/// @param visible whether a field is wanted and may be read on this record
/// @param related by the name of the expansion; a field that is here is given as the related record instead of its id
/// @param json its rendered JSON, where that is at hand, every field is visible and nothing is expanded; not to be changed
public record Item(
    Entity entity, Predicate<Field> visible, Map<String, Related> related, byte @Nullable [] json) {
  public Item {
    related = Map.copyOf(related);
  }

  public Item(Entity entity, Predicate<Field> visible, Map<String, Related> related) {
    this(entity, visible, related, null);
  }

  public Optional<byte[]> rendered() {
    return Optional.ofNullable(json);
  }

  /// What an expansion found.
  public sealed interface Related {
    /// The record referred to; absent when there is none, or none that the caller may see.
    record One(Optional<Item> item) implements Related {}

    /// The first records that refer to this one, and where they go on.
    record Many(List<Item> items, Optional<Read.Key> next) implements Related {
      public Many {
        items = List.copyOf(items);
      }
    }
  }
}
