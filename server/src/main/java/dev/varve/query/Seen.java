package dev.varve.query;

import dev.varve.kernel.Problem;

/// What one of several reads found that were answered together.
public sealed interface Seen permits Found, Page, Versions, Seen.Nothing, Seen.Refused {
  /// There is no such record, or none that the caller may see.
  record Nothing() implements Seen {}

  /// The read asks for something that cannot be given; the others are none the worse for it.
  record Refused(Problem problem) implements Seen {}
}
