package dev.varve.telemetry;

import java.util.function.Supplier;

/// The id of the request that this thread works for, which every line of the log names that is written meanwhile.
public final class CurrentRequest {
  private static final ScopedValue<String> ID = ScopedValue.newInstance();

  private CurrentRequest() {}

  /// Works for a request.
  public static <T> T within(String id, Supplier<T> work) {
    return ScopedValue.where(ID, id).call(work::get);
  }

  public static void run(String id, Runnable work) {
    ScopedValue.where(ID, id).run(work);
  }

  /// Empty where no request is worked for.
  public static String id() {
    return ID.isBound() ? ID.get() : "";
  }
}
