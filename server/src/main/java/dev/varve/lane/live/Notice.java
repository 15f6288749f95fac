package dev.varve.lane.live;

import dev.varve.lane.query.Item;
import dev.varve.schema.Model;
import dev.varve.store.log.Change;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What one reader is told of one change.
public sealed interface Notice {
  FeedPosition place();

  Model model();

  /// Of the record.
  String id();

  /// A change to a record that the reader sees, before or after it.
  ///
  /// @param version the one that the change made
  /// @param changed the fields that the reader sees and that differ from what it saw before
  /// @param record as it is after the change; absent when it was deleted
  record Changed(
      FeedPosition place,
      Model model,
      String id,
      Change.Kind kind,
      long version,
      Instant at,
      String actor,
      List<String> changed,
      Optional<Item> record)
      implements Notice {
    public Changed {
      changed = List.copyOf(changed);
    }
  }

  /// A record that the reader saw is out of its sight, or not what its filter asks for any longer.
  record Gone(FeedPosition place, Model model, String id) implements Notice {}
}
