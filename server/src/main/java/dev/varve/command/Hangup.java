package dev.varve.command;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// SIGHUP, by which programs that serve are told to read their settings again. The JDK tells of signals in
/// `sun.misc.Signal` alone; docs/decisions/hangup-signal.md says why that is looked for here while the program runs.
final class Hangup {
  private static final String NAME = "HUP";

  private final Semaphore told = new Semaphore(0);

  private Hangup() {}

  /// Takes the signal from now on, which ends a process otherwise. Nothing where there is no such signal, and in a process that
  /// was started with the signal ignored, as nohup does: it is never told of it.
  static Optional<Hangup> take() {
    Hangup hangup = new Hangup();
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object handling =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (_, method, arguments) -> {
                if (!method.getName().equals("handle")) {
                  // what every object has
                  return method.invoke(hangup, arguments);
                }
                hangup.told.release();
                return null;
              });
      Object before =
          signal
              .getMethod("handle", signal, handler)
              .invoke(null, signal.getConstructor(String.class).newInstance(NAME), handling);
      boolean ignored = handler.getField("SIG_IGN").get(null).equals(before);
      return ignored ? Optional.empty() : Optional.of(hangup);
    } catch (InvocationTargetException noSuchSignal) {
      return Optional.empty();
    } catch (ReflectiveOperationException e) {
      // a JDK without the module jdk.unsupported
      return Optional.empty();
    }
  }

  /// Waits for the signal. Those that come while somebody is at it are one.
  void await() throws InterruptedException {
    told.acquire();
    told.drainPermits();
  }
}
