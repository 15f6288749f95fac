package dev.varve.store.follow;

import dev.varve.store.sql.Database;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;

/// The clock of the database, as all nodes have it: that of this machine, put right by what the database tells now and then. So a
/// machine whose clock is wrong writes no unit into the future, and believes in no session for longer than the others.
public final class SharedClock extends Clock {
  private final Clock machine;
  private volatile Duration offset;

  private SharedClock(Clock machine, Duration offset) {
    this.machine = machine;
    this.offset = offset;
  }

  /// The clock to go by at a database: that of the machine where it alone writes. One that does not go as the system's does, right
  /// or wrong, is taken as it is.
  public static Clock at(Database database, Clock machine) {
    return database.isShared() && goesAsTheSystem(machine)
        ? new SharedClock(machine, database.read(session -> offset(session, machine).middle()))
        : machine;
  }

  /// Whether it is the clock of the system, or that with whole seconds added.
  private static boolean goesAsTheSystem(Clock clock) {
    Clock system = Clock.systemUTC();
    Duration off = Duration.between(system.instant(), clock.instant());
    return clock.equals(Clock.offset(system, Duration.ofSeconds(off.plusMillis(500).toSeconds())));
  }

  /// How much this machine is behind; negative when it is ahead.
  ///
  /// @param uncertainty half of the time that the question took
  private record Measured(Duration middle, Duration uncertainty) {}

  private static Measured offset(Session session, Clock machine) throws SQLException {
    Instant before = machine.instant();
    Instant there =
        session
            .first(
                session.dialect().selectClock(),
                List.of(),
                row -> SqlValues.instant(row.getLong(1)))
            .orElseThrow();
    Duration half = Duration.between(before, machine.instant()).dividedBy(2);
    return new Measured(Duration.between(before.plus(half), there), half.abs());
  }

  /// Asks the database what time it is. An answer that tells no more than is known already changes nothing.
  public void adjust(Session session) throws SQLException {
    Measured now = offset(session, machine);
    if (now.middle().minus(offset).abs().compareTo(now.uncertainty()) > 0) {
      offset = now.middle();
    }
  }

  /// How much the clock of this machine is off.
  public Duration skew() {
    return offset.abs();
  }

  @Override
  public Instant instant() {
    return machine.instant().plus(offset);
  }

  @Override
  public ZoneId getZone() {
    return machine.getZone();
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return new SharedClock(machine.withZone(zone), offset);
  }
}
