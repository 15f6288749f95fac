package dev.varve.lane.access;

import dev.varve.kernel.Rfc3339;
import java.time.Instant;
import java.util.Optional;

/// The moment that a read is about.
public sealed interface Moment {
  Moment NOW = new Now();

  String POSITION = "position:";
  // any so long fits 64 bits
  int DIGITS_MAX = 18;

  /// What asks for a moment, as text.
  String WANTED =
      "must be an instant such as 2026-03-01T00:00:00Z, or position:1234 for a log position";

  /// The moment that a text names: an instant (RFC 3339), or `position:1234`.
  static Optional<Moment> of(String text) {
    if (!text.startsWith(POSITION)) {
      return Optional.ofNullable(Rfc3339.instant(text)).map(AtInstant::new);
    }
    String digits = text.substring(POSITION.length());
    return digits.length() <= DIGITS_MAX
            && !digits.isEmpty()
            && digits.chars().allMatch(c -> c >= '0' && c <= '9')
        ? Optional.of(new AtPosition(Long.parseLong(digits)))
        : Optional.empty();
  }

  /// The state as it is.
  record Now() implements Moment {}

  /// The state after every unit up to an instant.
  record AtInstant(Instant instant) implements Moment {}

  /// The state after the unit at a position.
  record AtPosition(long position) implements Moment {}
}
