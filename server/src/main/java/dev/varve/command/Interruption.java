package dev.varve.command;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The wish of the user to end a command early (Ctrl-C, SIGTERM), for commands that do so in good order.
///
/// The process ends when this is closed, so it is the first thing that a command opens.
final class Interruption implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Interruption.class);
  // a command that takes longer over its last step than this is ended where it is
  private static final long PATIENCE_SECONDS = 30;

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread onSignal =
      Thread.ofPlatform().name("varve-interruption").unstarted(this::wish);
  private volatile boolean wished;

  private Interruption() {}

  /// Listens from now on.
  static Interruption open() {
    Interruption interruption = new Interruption();
    Runtime.getRuntime().addShutdownHook(interruption.onSignal);
    return interruption;
  }

  /// Whether the command is to end.
  boolean wished() {
    return wished;
  }

  private void wish() {
    wished = true;
    try {
      if (!closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("The command did not come to an end in time, and is broken off");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException _) {
      // the process is ending already, and waits for this alone
    }
  }
}
