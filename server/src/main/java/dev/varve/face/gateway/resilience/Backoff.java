package dev.varve.face.gateway.resilience;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// How long a request waits before it is sent once more: a random time, so that those that failed together do not come back
/// together, out of a span that doubles each time (full jitter).
///
/// @see <a href="https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/">Exponential Backoff And
///     Jitter</a>
public final class Backoff {
  // a caller waits meanwhile
  private static final Duration LONGEST = Duration.ofMillis(250);

  private static final Duration FIRST = Duration.ofMillis(25);
  // enough for the first to reach the longest
  private static final int DOUBLINGS_MAX = 4;

  private Backoff() {}

  /// @param attempt the one that failed, from 1
  public static Duration after(int attempt) {
    long span = FIRST.toNanos() << Math.min(attempt - 1, DOUBLINGS_MAX);
    return Duration.ofNanos(
        ThreadLocalRandom.current().nextLong(Math.min(span, LONGEST.toNanos()) + 1));
  }
}
