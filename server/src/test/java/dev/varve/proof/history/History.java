package dev.varve.proof.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// What all clients see, as they see it.
final class History {
  private final Queue<Seen> seen = new ConcurrentLinkedQueue<>();
  private final AtomicInteger acknowledged = new AtomicInteger();

  void add(Seen one) {
    seen.add(one);
    if (one instanceof Seen.Written written && written.outcome() instanceof Seen.Outcome.Done) {
      acknowledged.incrementAndGet();
    }
  }

  /// How many writes were acknowledged.
  int acknowledged() {
    return acknowledged.get();
  }

  List<Seen> all() {
    return new ArrayList<>(seen);
  }
}
