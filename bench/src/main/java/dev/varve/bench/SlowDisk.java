package dev.varve.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// A disk whose flushes take a millisecond longer: a library, compiled when it is needed, that stands
/// before the C library's `fsync` and `fdatasync`.
final class SlowDisk {
  private static final String SOURCE =
      """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <time.h>

      static void wait_a_millisecond(void) {
        struct timespec millisecond = {0, 1000000};
        nanosleep(&millisecond, 0);
      }

      int fsync(int file) {
        wait_a_millisecond();
        return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(file);
      }

      int fdatasync(int file) {
        wait_a_millisecond();
        return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(file);
      }
      """;

  private SlowDisk() {}

  /// The environment of a process that gets such a disk; absent where there is no way to make one.
  static Optional<Map<String, String>> environment(Path folder) {
    if (!System.getProperty("os.name").equals("Linux")) {
      return Optional.empty();
    }
    Path source = folder.resolve("slow-disk.c");
    Path library = folder.resolve("slow-disk.so");
    try {
      Files.writeString(source, SOURCE);
      Process compiler =
          new ProcessBuilder(
                  "gcc",
                  "-shared",
                  "-fPIC",
                  "-O2",
                  "-o",
                  library.toString(),
                  source.toString(),
                  "-ldl")
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("slow-disk.log").toFile())
              .start();
      return compiler.waitFor() == 0
          ? Optional.of(Map.of("LD_PRELOAD", library.toString()))
          : Optional.empty();
    } catch (IOException e) {
      // no gcc here
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted", e));
    }
  }
}
