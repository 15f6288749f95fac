package dev.varve.store.state;

/// Is told how far long work has come.
@FunctionalInterface
public interface ReplayProgress {
  /// @param position the last position done
  /// @param last the position at which the work is done
  void at(long position, long last);
}
