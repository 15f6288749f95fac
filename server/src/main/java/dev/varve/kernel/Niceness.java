package dev.varve.kernel;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets long work give way to whatever else has to be done: what Java calls a priority Linux leaves unheeded, and the niceness of a
/// thread (nice(2)) it heeds.
public final class Niceness {
  private static final Logger LOG = LoggerFactory.getLogger(Niceness.class);

  // elsewhere it is that of the whole process
  private static final String OF_THREADS = "Linux";

  private Niceness() {}

  private static final class Native {
    private static final Optional<MethodHandle> NICE = find();

    @SuppressWarnings("restricted") // of libraries of C, whose words are these
    private static Optional<MethodHandle> find() {
      Linker linker = Linker.nativeLinker();
      return linker
          .defaultLookup()
          .find("nice")
          .map(nice ->
              linker.downcallHandle(
                  nice, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)));
    }
  }

  /// A platform thread that gives way to others as long as it runs, where the machine has that.
  ///
  /// @param steps by how much: each takes a fifth of the share of a core that the thread gets where others want it too
  public static Runnable giveWay(int steps, Runnable work) {
    return () -> {
      if (System.getProperty("os.name").equals(OF_THREADS)) {
        Native.NICE.ifPresent(nice -> call(nice, steps));
      }
      work.run();
    };
  }

  private static void call(MethodHandle nice, int steps) {
    try {
      int now = (int) nice.invokeExact(steps);
      LOG.debug("This thread has niceness {}", now);
    } catch (Throwable e) {
      throw new IllegalStateException("nice(2) could not be called", e);
    }
  }
}
