package dev.varve.lane.query;

import java.util.Optional;

/// One record, found.
///
/// @param position the log position whose state it shows
public record FoundRecord(Item item, long position) implements ReadResult {
  /// Its rendered JSON, as [Item] has it.
  public Optional<byte[]> rendered() {
    return item.rendered();
  }
}
