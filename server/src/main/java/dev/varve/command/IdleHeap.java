package dev.varve.command;

import com.sun.management.ThreadMXBean;
import dev.varve.kernel.Pauses;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Collects once what a load has left in the heap, when nobody asks for anything any more: the collector itself does that along with what
/// comes next, and then nothing comes. So memory goes back to the machine, and nobody waits for it.
public final class IdleHeap {
  private static final Logger LOG = LoggerFactory.getLogger(IdleHeap.class);
  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final int RESTING_LOOKS = 2;
  private static final long MIB = 1L << 20;
  // what a server allocates between two looks that is asked now and then, and looks at clocks and
  // other nodes
  private static final long RESTING_BYTES = MIB;
  // less is not worth a pause
  private static final long LEFT_BYTES = 32 * MIB;
  // the more there is in use, the longer is the pause: of half of this it is a fifth of a second
  private static final long USED_BYTES_MAX = 256 * MIB;

  // nobody ends them: the process does
  private final Pauses pauses = new Pauses();
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
  private long allocated;
  private long allocatedBefore;
  private int restingLooks;

  private IdleHeap() {}

  /// From now on, as long as this process runs.
  public static void watch() {
    Thread.ofPlatform().daemon().name("varve-idle").start(new IdleHeap()::look);
  }

  private void look() {
    while (pauses.pause(LOOK)) {
      lookOnce();
    }
  }

  private void lookOnce() {
    long now = threads.getTotalThreadAllocatedBytes();
    restingLooks = now - allocated < RESTING_BYTES ? restingLooks + 1 : 0;
    allocated = now;
    long used = memory.getHeapMemoryUsage().getUsed();
    if (restingLooks >= RESTING_LOOKS
        && now - allocatedBefore >= LEFT_BYTES
        && used <= USED_BYTES_MAX) {
      System.gc();
      allocatedBefore = now;
      LOG.debug(
          "At rest: {} MiB in use before, {} now",
          used / MIB,
          memory.getHeapMemoryUsage().getUsed() / MIB);
    }
  }
}
