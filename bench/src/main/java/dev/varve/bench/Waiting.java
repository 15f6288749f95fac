package dev.varve.bench;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/// Waits between measurements, and until what is to be measured is there.
final class Waiting {
  private static final Duration POLL = Duration.ofNanos(200_000);

  private Waiting() {}

  /// @throws IllegalStateException when it does not hold in time
  static void until(String what, Duration max, BooleanSupplier condition) {
    long deadline = System.nanoTime() + max.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("Not within %d s: %s".formatted(max.toSeconds(), what));
      }
      pause(POLL);
    }
  }

  static void pause(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
