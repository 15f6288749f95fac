package dev.varve.lane.write;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.store.log.Change;
import java.util.ArrayList;
import java.util.List;

/// The changes of one unit, in order. Each is applied to the working state as it is added.
final class Changes {
  // a unit is held in memory as a whole, and a deletion may cascade
  static final int CHANGES_MAX = 10_000;
  static final long BYTES_MAX = 64L * 1024 * 1024;
  // it is read and sent as a whole
  static final int RECORD_BYTES_MAX = 8 * 1024 * 1024;

  // what follows from the changes of a unit must not refuse it
  private static final int TRIGGERED_MAX = 1_000;

  private final WorkingState state;
  private final List<Change> all = new ArrayList<>();
  private int changesMax = CHANGES_MAX;
  private long bytesMax = BYTES_MAX;
  private long bytes;

  Changes(WorkingState state) {
    this.state = state;
  }

  List<Change> all() {
    return all;
  }

  /// Makes room for what follows from the changes so far.
  void makeRoom() {
    changesMax = CHANGES_MAX + TRIGGERED_MAX;
    bytesMax = Long.MAX_VALUE;
  }

  /// About how much memory the records take.
  long bytes() {
    return bytes;
  }

  /// @throws Problem with TOO_LARGE when there are too many
  void add(Change change) {
    if (all.size() >= changesMax) {
      throw new Problem(
          ErrorCode.TOO_LARGE,
          "The unit of work changes more than %d records: split it".formatted(CHANGES_MAX));
    }
    if (change.after() != null && change.after().bytes() > RECORD_BYTES_MAX) {
      throw new Problem(
          ErrorCode.TOO_LARGE,
          "The %s '%s' would be larger than %d MiB: keep large texts in records of their own"
              .formatted(change.model().name(), change.id(), RECORD_BYTES_MAX / (1024 * 1024)));
    }
    bytes += change.bytes();
    if (bytes > bytesMax) {
      throw new Problem(
          ErrorCode.TOO_LARGE,
          "The unit of work changes more than %d MiB of records: split it"
              .formatted(BYTES_MAX / (1024 * 1024)));
    }
    all.add(change);
    state.apply(change);
  }
}
