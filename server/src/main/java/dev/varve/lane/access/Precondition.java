package dev.varve.lane.access;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.kernel.RequestPart;
import java.util.Optional;
import java.util.Set;

/// What has to be true of a record's version for a write to happen (RFC 9110, section 13.1.1).
public sealed interface Precondition {
  /// Holds it against the version that the record has.
  ///
  /// @throws Problem PRECONDITION_FAILED
  void require(long version);

  /// Nothing: the last writer wins.
  record None() implements Precondition {
    @Override
    public void require(long version) {}
  }

  /// The record is there, whatever its version (`If-Match: *`).
  record Exists() implements Precondition {
    @Override
    public void require(long version) {}
  }

  /// The record has one of these versions.
  record Versions(Set<Long> versions) implements Precondition {
    public Versions {
      versions = Set.copyOf(versions);
    }

    @Override
    public void require(long version) {
      if (!versions.contains(version)) {
        throw new Problem(
            ErrorCode.PRECONDITION_FAILED,
            "The record is at version %d, which is not the one expected: read it again and decide anew"
                .formatted(version));
      }
    }
  }

  Precondition NONE = new None();

  /// What a caller asks for, where they do.
  ///
  /// @param required whether a record is changed only by whoever says which version of it they read
  /// @throws Problem PRECONDITION_REQUIRED
  static Precondition of(Optional<Precondition> given, boolean required) {
    if (required && given.isEmpty()) {
      throw Problem.of(
          ErrorCode.PRECONDITION_REQUIRED,
          RequestPart.PRECONDITION,
          "is required: the version of the record as you read it");
    }
    return given.orElse(NONE);
  }
}
