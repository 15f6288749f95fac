package dev.varve.store.log;

import java.util.List;

/// Hears of units as soon as they are durable, in order.
@FunctionalInterface
public interface Follower {
  /// Hears nothing.
  Follower NONE = _ -> {};

  /// Called by the writer, which waits meanwhile: it takes note, and does the rest elsewhere.
  void committed(List<Committed> units);

  /// Others have committed everything up to a position: the log tells what it was. Whoever calls waits meanwhile.
  default void reached(long position) {}

  /// The log has lost what was behind a position, or goes on there after it had: what was told of later ones is void.
  default void forked(long position) {}
}
