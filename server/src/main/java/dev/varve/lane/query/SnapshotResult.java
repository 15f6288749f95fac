package dev.varve.lane.query;

import java.util.List;

/// What several reads found in one snapshot.
///
/// @param seen one for each read, in their order
/// @param position the log position whose state all of them show
/// @param statements how many queries the database was asked
public record SnapshotResult(List<ReadResult> seen, long position, long statements) {
  public SnapshotResult {
    seen = List.copyOf(seen);
  }
}
