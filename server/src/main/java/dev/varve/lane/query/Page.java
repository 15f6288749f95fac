package dev.varve.lane.query;

import dev.varve.lane.access.Read;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// One page of a list.
///
/// @param next where the next page starts; absent on the last one
/// @param count the number of records of the whole list, when it was asked for
/// @param position the log position whose state the page shows
public record Page(List<Item> items, Optional<Read.Key> next, OptionalLong count, long position)
    implements ReadResult {
  /// How many records a page has when nobody says.
  public static final int LIMIT_STANDARD = 30;

  /// How many it has at most: it is rendered in memory, with up to four levels of related records.
  public static final int LIMIT_MAX = 500;

  public Page {
    items = List.copyOf(items);
  }
}
