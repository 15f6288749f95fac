package dev.varve.lane.access;

import dev.varve.kernel.Rfc3339;
import dev.varve.store.log.LogPlace;
import java.time.Instant;
import java.util.Optional;

/// The moment that a read is about.
public sealed interface Moment {
  Moment NOW = new Now();

  String POSITION = "position:";

  /// What asks for a moment, as text.
  String WANTED =
      "must be an instant such as 2026-03-01T00:00:00Z, or position:1234 for a log position";

  /// The moment that a text names: an instant (RFC 3339), or `position:1234`.
  static Optional<Moment> of(String text) {
    if (!text.startsWith(POSITION)) {
      return Optional.ofNullable(Rfc3339.instant(text)).map(AtInstant::new);
    }
    return LogPlace.of(text.substring(POSITION.length())).map(AtPosition::new);
  }

  /// The state as it is.
  record Now() implements Moment {}

  /// The state after every unit up to an instant.
  record AtInstant(Instant instant) implements Moment {}

  /// The state after the unit at a position.
  record AtPosition(LogPlace place) implements Moment {
    /// @param position of the log as it is now
    public AtPosition(long position) {
      this(LogPlace.now(position));
    }

    public long position() {
      return place.position();
    }
  }
}
