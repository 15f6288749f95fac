package dev.varve.lane.query;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One record, found.
///
/// @param json its rendered JSON, when every field is visible and nothing is expanded; not to be changed
/// @param position the log position whose state it shows

public record FoundRecord(Item item, byte @Nullable [] json, long position) implements ReadResult {
  public Optional<byte[]> rendered() {
    return Optional.ofNullable(json);
  }
}
