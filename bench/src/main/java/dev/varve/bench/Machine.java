package dev.varve.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// What the figures depend on.
final class Machine {
  private static final int FLUSHES = 50;

  private Machine() {}

  static String describe(Path folder) {
    try {
      return "%d cores, %s %s, JDK %s (%s), file system %s, a flush of 4 KiB takes %s"
          .formatted(
              Runtime.getRuntime().availableProcessors(),
              System.getProperty("os.name"),
              System.getProperty("os.arch"),
              Runtime.version(),
              System.getProperty("java.vendor"),
              Files.getFileStore(folder).type(),
              Figure.micros(flushMicros(folder)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double flushMicros(Path folder) throws IOException {
    Path file = folder.resolve("flush");
    List<Double> micros = new ArrayList<>();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int i = 0; i < FLUSHES; i++) {
        channel.write(ByteBuffer.allocate(4_096));
        long start = System.nanoTime();
        channel.force(false);
        micros.add((System.nanoTime() - start) / 1e3);
      }
    }
    Files.delete(file);
    return Median.of(micros);
  }
}
