package dev.varve.lane.write;

import dev.varve.store.log.EventLog;
import dev.varve.store.sql.SqlValues;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/// What [InstantFloor] is within one process, among all that write to a shared database: once somebody has read the state as of an
/// instant, no node commits a unit at that instant or before it any more.
///
/// Where a later unit is in the log already, nothing has to be done. Else the floor in the database is raised, by a write, to the
/// present: what is asked about next is below it.
public final class DurableFloor {
  private static final String ACTOR = "varve";
  private static final String REQUEST = "as-of";

  private final EventLog log;
  private final Sequencer sequencer;
  private final Clock clock;
  // raised by this process so far
  private volatile Instant settled = Instant.EPOCH;

  public DurableFloor(EventLog log, Sequencer sequencer, Clock clock) {
    this.log = log;
    this.sequencer = sequencer;
    this.clock = clock;
  }

  /// The floor may be lower than what this process has raised it to: the database may have lost that.
  public void forget() {
    settled = Instant.EPOCH;
  }

  /// Returns when no unit can be committed at `instant` or before any more, and those that were can be read.
  ///
  /// @throws dev.varve.kernel.Problem when that cannot be written
  public void settle(Instant instant) {
    if (!instant.isAfter(settled) || instant.isBefore(log.head().at())) {
      return;
    }
    Instant now = clock.instant();
    Instant floor = instant.isAfter(now) ? instant : now;
    long micros = SqlValues.micros(floor) + 1;
    sequencer.submit(
        ACTOR,
        REQUEST,
        write ->
            write
                .session()
                .update(
                    "UPDATE varve_head SET floor = ? WHERE id = 1 AND floor < ?",
                    List.of(micros, micros)));
    settled = floor;
  }
}
