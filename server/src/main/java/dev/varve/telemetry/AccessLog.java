package dev.varve.telemetry;

import dev.varve.kernel.Json;
import dev.varve.settings.WrongSetting;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A line of JSON for each request. A thread of its own writes them, a few at a time; whoever answers requests never waits
/// for the disk: when lines come faster than they are written, they are dropped and counted.
public final class AccessLog implements AutoCloseable {
  /// Writes nothing.
  public static final AccessLog NONE = new AccessLog(null, Counter.NONE);

  private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
  // a quarter of a second at a rate that no disk of ours has seen
  private static final int QUEUED_MAX = 16_384;
  private static final int WRITTEN_AT_ONCE = 4_096;
  // lines gather for so long, so that many requests wake the writer once
  private static final long GATHER_MILLIS = 50;
  private static final long WAIT_MILLIS = 1_000;

  private final @Nullable Target target;
  private final Counter dropped;
  private final BlockingQueue<AccessEntry> queue = new ArrayBlockingQueue<>(QUEUED_MAX);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread =
      Thread.ofPlatform().daemon().name("varve-access-log").unstarted(this::run);

  private AccessLog(@Nullable Target target, Counter dropped) {
    this.target = target;
    this.dropped = dropped;
  }

  /// Where lines go.
  private interface Target extends AutoCloseable {
    void write(byte[] lines) throws IOException;

    @Override
    void close() throws IOException;
  }

  /// @throws WrongSetting when the file cannot be written
  static AccessLog to(TelemetrySettings settings, Metrics metrics) {
    if (settings.accessLog().equals(TelemetrySettings.NO_ACCESS_LOG)) {
      return NONE;
    }
    AccessLog log =
        new AccessLog(
            target(settings),
            metrics.counter(
                "varve_access_log_dropped_lines",
                "Lines that came faster than they were written."));
    log.thread.start();
    return log;
  }

  private static Target target(TelemetrySettings settings) {
    if (!settings.writesAccessFile()) {
      return new StandardOutput();
    }
    try {
      return new MovableFile(Path.of(settings.accessLog()));
    } catch (IOException e) {
      throw new WrongSetting(
          "telemetry.accessLog",
          "names %s, which cannot be written (%s): make its folder, see who may with `ls -ld`, or name another file"
              .formatted(settings.accessLog(), e.getClass().getSimpleName()));
    }
  }

  public boolean isOn() {
    return target != null;
  }

  public void add(AccessEntry entry) {
    if (!queue.offer(entry)) {
      dropped.add();
    }
  }

  private void run() {
    List<AccessEntry> entries = new ArrayList<>();
    try {
      boolean last = false;
      while (!last) {
        AccessEntry first = queue.poll(WAIT_MILLIS, TimeUnit.MILLISECONDS);
        last = closed.await(first == null ? 0 : GATHER_MILLIS, TimeUnit.MILLISECONDS);
        if (first != null) {
          entries.add(first);
        }
        do {
          queue.drainTo(entries, WRITTEN_AT_ONCE);
          write(entries);
          entries.clear();
        } while (queue.size() > WRITTEN_AT_ONCE || (last && !queue.isEmpty()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(List<AccessEntry> entries) {
    if (entries.isEmpty()) {
      return;
    }
    // one generator for all of them: to make one costs more than to write a line
    byte[] lines = Json.bytes(json -> entries.forEach(entry -> entry.writeLine(json)));
    try {
      Objects.requireNonNull(target).write(lines);
    } catch (IOException e) {
      dropped.add(entries.size());
      LOG.warn("{} lines of the access log could not be written: {}", entries.size(), e.toString());
    }
  }

  /// Writes what is left.
  @Override
  public void close() {
    Target known = target;
    if (known == null) {
      return;
    }
    closed.countDown();
    try {
      thread.join();
      known.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.warn("The access log could not be closed: {}", e.toString());
    }
  }

  private static final class StandardOutput implements Target {
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);

    @Override
    public void write(byte[] lines) throws IOException {
      out.write(lines);
    }

    @Override
    public void close() {
      // others go on writing to it
    }
  }

  /// A file that somebody may move away at any time, such as logrotate: then it is made anew.
  private static final class MovableFile implements Target {
    private final Path path;
    private OutputStream out;
    private @Nullable Object key;

    MovableFile(Path path) throws IOException {
      this.path = path;
      this.out = open();
    }

    private OutputStream open() throws IOException {
      OutputStream opened =
          Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      key = key();
      return opened;
    }

    private @Nullable Object key() throws IOException {
      return Files.exists(path)
          ? Files.readAttributes(path, BasicFileAttributes.class).fileKey()
          : null;
    }

    @Override
    public void write(byte[] lines) throws IOException {
      if (!Objects.equals(key, key()) || !Files.exists(path)) {
        out.close();
        out = open();
      }
      out.write(lines);
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
