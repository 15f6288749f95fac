package dev.varve.access;

import java.time.Instant;

/// The moment that a read is about.
public sealed interface Moment {
  Moment NOW = new Now();

  /// The state as it is.
  record Now() implements Moment {}

  /// The state after every unit up to an instant.
  record AtInstant(Instant instant) implements Moment {}

  /// The state after the unit at a position.
  record AtPosition(long position) implements Moment {}
}
