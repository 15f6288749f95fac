package dev.varve.lane.write;

import dev.varve.telemetry.Counter;
import dev.varve.telemetry.Histogram;
import dev.varve.telemetry.Metrics;

/// What the writer counts and times.
///
/// @param groups how many units are committed together
/// @param commits how long a group takes, from the beginning of its transaction to the disk
/// @param waits how long it waits for its turn: on a shared database others may be writing
/// @param statements how many a group takes, of which a batch is one
/// @param failures groups that the storage did not take
record WriteMeasures(
    Histogram groups, Histogram commits, Histogram waits, Histogram statements, Counter failures) {
  private static final double[] UNITS = {1, 2, 4, 8, 16, 32, 64, 128, 256};
  private static final double[] STATEMENTS = {2, 4, 6, 8, 12, 16, 32, 64, 128, 256, 512, 1_024};

  static WriteMeasures of(Metrics metrics) {
    return new WriteMeasures(
        metrics
            .histograms("varve_write_group_units", "Units of work committed together.", UNITS)
            .of(),
        metrics
            .durations(
                "varve_write_commit_duration_seconds",
                "From the beginning of a transaction to the disk.")
            .of(),
        metrics
            .durations(
                "varve_write_lock_wait_duration_seconds",
                "Until the lock of the log was had, which one process has at a time.")
            .of(),
        metrics
            .histograms(
                "varve_write_group_statements",
                "Statements of the transaction of a group of units.",
                STATEMENTS)
            .of(),
        metrics.counter("varve_write_failures", "Groups of units that the storage did not take."));
  }

  void committed(int units, long nanos) {
    groups.observe(units);
    commits.observeNanos(nanos);
  }
}
