package dev.varve.store.log;

import java.util.List;

/// Hears of units as soon as they are durable, in order.
@FunctionalInterface
public interface Follower {
  /// Hears nothing.
  Follower NONE = _ -> {};

  /// Called by the writer, which waits meanwhile: it takes note, and does the rest elsewhere.
  void committed(List<Committed> units);
}
