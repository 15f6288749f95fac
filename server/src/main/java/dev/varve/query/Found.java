package dev.varve.query;

import java.util.Optional;

/// One record, found.
///
/// @param position the log position whose state it shows
public record Found(Item item, long position) implements Seen {
  /// Its rendered JSON, as [Item] has it.
  public Optional<byte[]> rendered() {
    return item.rendered();
  }
}
