package dev.varve.kernel;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Stream;

/// The rows of a table of scenarios, from the last to the first: a row that needs what one above it left behind fails.
public final class Rows {
  private Rows() {}

  @SafeVarargs
  public static <T> Stream<T> of(T... rows) {
    Deque<T> backwards = new ArrayDeque<>();
    for (T row : rows) {
      backwards.addFirst(row);
    }
    return backwards.stream();
  }
}
