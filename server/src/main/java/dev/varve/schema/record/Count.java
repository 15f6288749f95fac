package dev.varve.schema.record;

/// A number of things in words.
final class Count {
  private Count() {}

  /// `1 element`, `2 elements`.
  static String of(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
