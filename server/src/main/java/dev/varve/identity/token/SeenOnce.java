package dev.varve.identity.token;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;

/// Knows what has come before, for as long as it could come again, in memory: two generations, of which the older one is
/// forgotten when the younger one is as old as anything can be good.
@SuppressWarnings("ReferenceEquality") // which generations they are, and not what is in them
final class SeenOnce {
  /// What came of a look.
  enum Sight {
    FIRST,
    AGAIN,
    /// More came than can be known: whether it came before is not said.
    FULL
  }

  private final Duration kept;
  private final int most;
  // held while generations change, which takes no time
  private final ReentrantLock changing = new ReentrantLock();
  private volatile Generations generations = Generations.NONE;

  private record Generations(Instant since, SeenIds young, SeenIds old) {
    static final Generations NONE = new Generations(Instant.EPOCH, new SeenIds(), new SeenIds());
  }

  /// @param kept how long something is known at least
  /// @param most in each generation
  SeenOnce(Duration kept, int most) {
    this.kept = kept;
    this.most = most;
  }

  /// Looks at something, and knows it from now on.
  ///
  /// @param id of 64 bits, of which nobody finds two that are equal
  Sight see(long id, Instant at) {
    Generations now = generations(at);
    if (now.young().size() >= most) {
      return Sight.FULL;
    }
    boolean first = now.young().add(id) && !now.old().contains(id);
    if (first && !now.since().equals(generations.since())) {
      // they have changed meanwhile, and whoever looks at the new ones may have missed it
      first = generations.young().add(id);
    }
    return first ? Sight.FIRST : Sight.AGAIN;
  }

  private Generations generations(Instant at) {
    Generations known = generations;
    if (at.isBefore(known.since().plus(kept))) {
      return known;
    }
    changing.lock();
    try {
      if (known.since().equals(generations.since())) {
        // after a pause the young are too old as well
        boolean both = at.isBefore(known.since().plus(kept.multipliedBy(2)));
        generations = new Generations(at, new SeenIds(), both ? known.young() : new SeenIds());
      }
      return generations;
    } finally {
      changing.unlock();
    }
  }
}
