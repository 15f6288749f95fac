package dev.varve.lane.write;

/// The outcome of a unit that a test expects to be written.
public final class WrittenOutcome {
  private WrittenOutcome() {}

  /// @throws dev.varve.kernel.Problem the refusal of a command, when there is one
  public static Outcome of(WriteResult result) {
    return switch (result) {
      case WriteResult.Written(Outcome outcome) -> outcome;
      case WriteResult.Refused refused -> throw refused.problem();
      case WriteResult.Replayed replayed ->
          throw new IllegalStateException("It was written before, at " + replayed.position());
    };
  }
}
