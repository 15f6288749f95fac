package dev.varve.kernel;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// The virtual threads of this process, which a dump of all threads alone knows.
public final class VirtualThreads {
  private static final Pattern NAME = Pattern.compile("\"name\": \"([^\"]*)\"");

  private VirtualThreads() {}

  /// The names of all threads, platform threads too.
  public static List<String> names() {
    try {
      Path folder = Files.createTempDirectory("varve-threads-");
      Path dump = folder.resolve("threads.json");
      try {
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
            .dumpThreads(dump.toString(), ThreadDumpFormat.JSON);
        return NAME.matcher(Files.readString(dump))
            .results()
            .map(MatchResult::group)
            .map(found -> NAME.matcher(found).replaceFirst("$1"))
            .toList();
      } finally {
        Files.deleteIfExists(dump);
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// How many have a name.
  public static long named(String name) {
    return names().stream().filter(name::equals).count();
  }
}
