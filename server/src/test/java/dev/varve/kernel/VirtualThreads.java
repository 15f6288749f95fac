package dev.varve.kernel;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The virtual threads of this process, of which only Java's own lists know: `jdk.internal.vm` is opened for that. A dump of all
/// threads would tell them, too, but looks into each, which has ended a Java 25 by SIGSEGV (in `stackChunkOopDesc::sender`).
public final class VirtualThreads {
  private static final String CONTAINERS = "jdk.internal.vm.ThreadContainers";
  private static final String CONTAINER = "jdk.internal.vm.ThreadContainer";

  private VirtualThreads() {}

  /// The names of all threads, platform threads too.
  public static List<String> names() {
    try {
      List<String> names = new ArrayList<>();
      addNames(Class.forName(CONTAINERS).getMethod("root").invoke(null), names);
      return names;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void addNames(Object container, List<String> names)
      throws ReflectiveOperationException {
    Class<?> type = Class.forName(CONTAINER);
    Method threads = type.getMethod("threads");
    Method children = type.getMethod("children");
    ((Stream<?>) threads.invoke(container))
        .map(Thread.class::cast)
        .map(Thread::getName)
        .forEach(names::add);
    for (Object child : ((Stream<?>) children.invoke(container)).toList()) {
      addNames(child, names);
    }
  }

  /// How many have a name.
  public static long named(String name) {
    return names().stream().filter(name::equals).count();
  }
}
