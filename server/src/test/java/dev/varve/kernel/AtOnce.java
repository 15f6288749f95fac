package dev.varve.kernel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Things that many do at the same time, each on a thread of its own.
public final class AtOnce {
  private AtOnce() {}

  /// The same, so many times.
  ///
  /// @return what came of each
  public static <T> List<T> times(int count, Callable<T> doing) throws Exception {
    return all(Collections.nCopies(count, doing));
  }

  /// @return what came of each, in their order
  public static <T> List<T> all(List<Callable<T>> doing) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(doing.size())) {
      List<T> results = new ArrayList<>();
      for (Future<T> done : threads.invokeAll(doing)) {
        results.add(done.get());
      }
      return results;
    }
  }
}
