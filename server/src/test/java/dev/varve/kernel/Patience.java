package dev.varve.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/// How tests wait: for what they need, not for a time. The bound only ends a wait for what will not come; it is far
/// beyond what a machine takes that does ten other things.
public final class Patience {
  public static final long SECONDS = 120;
  public static final int MILLIS = (int) Duration.ofSeconds(SECONDS).toMillis();

  private static final long PAUSE_MILLIS = 5;

  private Patience() {}

  /// Waits until the condition holds.
  ///
  /// @param what is told when it does not come to hold
  public static void until(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    boolean holds = condition.getAsBoolean();
    while (!holds && System.nanoTime() < end) {
      pause();
      holds = condition.getAsBoolean();
    }
    assertThat(holds).as("within %d s: %s", SECONDS, what).isTrue();
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
