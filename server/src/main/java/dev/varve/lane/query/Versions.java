package dev.varve.lane.query;

import dev.varve.store.log.Change;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One page of the versions of a record, newest first.
///
/// @param nextBefore the version that the next page goes on before; absent on the last page
/// @param position the log position whose state the page shows
public record Versions(List<Version> versions, Optional<Long> nextBefore, long position)
    implements ReadResult {
  public Versions {
    versions = List.copyOf(versions);
  }

  /// One version of a record.
  ///
  /// @param version its number; a deletion has one too
  /// @param position where in the log it was written
  /// @param item the record after the change; for a deletion as it was before
  /// @param changed the visible fields that differ from the version before
  public record Version(
      long version,
      Change.Kind kind,
      long position,
      Instant at,
      String actor,
      String requestId,
      Item item,
      List<String> changed) {}
}
