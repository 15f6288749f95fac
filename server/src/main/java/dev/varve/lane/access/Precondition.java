package dev.varve.lane.access;

import java.util.Set;

/// What has to be true of a record's version for a write to happen (RFC 9110, section 13.1.1).
public sealed interface Precondition {
  /// Nothing: the last writer wins.
  record None() implements Precondition {}

  /// The record is there, whatever its version (`If-Match: *`).
  record Exists() implements Precondition {}

  /// The record has one of these versions.
  record Versions(Set<Long> versions) implements Precondition {
    public Versions {
      versions = Set.copyOf(versions);
    }
  }

  Precondition NONE = new None();
}
