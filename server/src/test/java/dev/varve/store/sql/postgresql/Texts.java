package dev.varve.store.sql.postgresql;

import java.util.Random;

/// Texts for tests.
final class Texts {
  private Texts() {}

  /// Letters in no order, the same every time.
  static String without(int length) {
    Random random = new Random(42);
    return random
        .ints(length, 0, 62)
        .map("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"::charAt)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
