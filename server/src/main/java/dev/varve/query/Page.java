package dev.varve.query;

import dev.varve.access.Read;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// One page of a list.
///
/// @param next where the next page starts; absent on the last one
/// @param count the number of records of the whole list, when it was asked for
/// @param position the log position whose state the page shows
public record Page(List<Item> items, Optional<Read.Key> next, OptionalLong count, long position)
    implements Seen {
  public Page {
    items = List.copyOf(items);
  }
}
