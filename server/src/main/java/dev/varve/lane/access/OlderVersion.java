package dev.varve.lane.access;

/// Which version of a record a restore writes back.
public sealed interface OlderVersion {
  /// The one of this number.
  record Numbered(long number) implements OlderVersion {}

  /// The one that held after the unit at a log position.
  ///
  /// @param position one that the log has reached
  record AtPosition(long position) implements OlderVersion {}
}
