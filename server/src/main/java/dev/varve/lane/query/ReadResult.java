package dev.varve.lane.query;

import dev.varve.kernel.Problem;

/// What one of several reads found that were answered together.
public sealed interface ReadResult
    permits FoundRecord, Page, Versions, ReadResult.Nothing, ReadResult.Refused {
  /// There is no such record, or none that the caller may see.
  record Nothing() implements ReadResult {}

  /// The read asks for something that cannot be given; the others are none the worse for it.
  record Refused(Problem problem) implements ReadResult {}
}
