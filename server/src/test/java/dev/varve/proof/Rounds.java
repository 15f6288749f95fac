package dev.varve.proof;

/// How long the tests of this package run: `-Dvarve.proof.rounds=100` asks for more than the few rounds
/// that every build has the time for.
public final class Rounds {
  private Rounds() {}

  /// The rounds that were asked for, or 0.
  public static int asked() {
    return Integer.getInteger("varve.proof.rounds", 0);
  }

  public static int orElse(int standard) {
    return asked() > 0 ? asked() : standard;
  }
}
