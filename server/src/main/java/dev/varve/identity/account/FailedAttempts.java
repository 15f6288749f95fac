package dev.varve.identity.account;

import dev.varve.identity.account.Attempts.Attempt;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.lane.write.WriteContext;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/// Makes security events of failed attempts, but not so many that whoever guesses fills the log.
///
/// Of an account each failure is recorded: there are few, since locks grow. Where no account is known, only the 8th,
/// 16th, 32nd failure and so on of one network is, and no more than 60 in a minute of all networks together.
public final class FailedAttempts {
  private static final int UNKNOWN_FIRST = 8;
  private static final int UNKNOWN_A_MINUTE_MAX = 60;

  private final SecurityEvents events;
  // used by the writer's thread alone
  private Instant minute = Instant.EPOCH;
  private int inMinute;

  public FailedAttempts(SecurityEvents events) {
    this.events = events;
  }

  /// Records a failure. It writes whether there is something to record or not, so that both take as long.
  ///
  /// @param account whose password or token was tried, if it is known
  /// @param way what was tried, such as `sign-in`
  public void record(
      WriteContext write, Kind kind, Attempt attempt, Optional<String> account, String way)
      throws SQLException {
    Attempts.failed(write, attempt);
    if (account.isEmpty() && !tells(write, attempt)) {
      return;
    }
    Event event =
        new Event(kind, account, attempt.email(), Optional.of(attempt.source()), Map.of())
            .with("way", way)
            .with("failures", attempt.failures());
    events.record(write, event);
    if (attempt.locks()) {
      events.record(
          write,
          new Event(
              Kind.LOCKED_OUT,
              account,
              attempt.email(),
              Optional.of(attempt.source()),
              event.detail()));
    }
  }

  private boolean tells(WriteContext write, Attempt attempt) {
    int failures = attempt.networkFailures();
    if (failures < UNKNOWN_FIRST || Integer.bitCount(failures) != 1) {
      return false;
    }
    Instant now = write.at().truncatedTo(ChronoUnit.MINUTES);
    if (!now.equals(minute)) {
      minute = now;
      inMinute = 0;
    }
    inMinute++;
    return inMinute <= UNKNOWN_A_MINUTE_MAX;
  }
}
