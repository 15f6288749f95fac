package dev.varve.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Another Java process that is measured from here.
final class Child implements AutoCloseable {
  private static final Pattern URL = Pattern.compile("https?://[^\\s:/]+:(\\d+)");
  private static final Duration STOP_MAX = Duration.ofSeconds(60);

  private final Process process;
  private final BufferedReader output;
  private final PrintWriter input;
  private final Path errors;
  private final long startedAt;
  // 0 until it was asked for
  private int port;

  private Child(Process process, Path errors, long startedAt) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
    this.input = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
    this.errors = errors;
    this.startedAt = startedAt;
  }

  /// Starts Java with the flags that this process itself was started with.
  ///
  /// @param name for the file that takes what the process complains about
  /// @param arguments more flags, then the class or jar and its arguments
  static Child java(
      Path folder, String name, Map<String, String> environment, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(arguments);
    Path errors = folder.resolve(name + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()));
    builder.environment().putAll(environment);
    try {
      long startedAt = System.nanoTime();
      return new Child(builder.start(), errors, startedAt);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A class of the benchmarks as a process of its own.
  static Child main(Path folder, String name, Class<?> main, List<String> arguments) {
    List<String> all = new ArrayList<>();
    all.add("-cp");
    all.add(System.getProperty("java.class.path"));
    all.add(main.getName());
    all.addAll(arguments);
    return java(folder, name, Map.of(), all);
  }

  /// The port in the first URL that the process prints. What it prints later is thrown away.
  int port() {
    while (port == 0) {
      Matcher matcher = URL.matcher(line());
      if (matcher.find()) {
        Thread.ofPlatform().daemon().start(this::drain);
        port = Integer.parseInt(matcher.group(1));
      }
    }
    return port;
  }

  private void drain() {
    try {
      while (output.readLine() != null) {
        // a full pipe would stop the process
      }
    } catch (IOException e) {
      // the process has ended
    }
  }

  /// Sends a line, waits for the line that answers it.
  String ask(String line) {
    input.println(line);
    return line();
  }

  private String line() {
    try {
      String line = output.readLine();
      if (line == null) {
        throw new IllegalStateException(
            "A measured process has ended early:\n" + Files.readString(errors));
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// All that a process prints that comes to an end by itself.
  String output() {
    return output.lines().collect(Collectors.joining("\n"));
  }

  long startedAt() {
    return startedAt;
  }

  /// The processor time used so far, by all threads.
  double cpuSeconds() {
    return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L) / 1e9;
  }

  long pid() {
    return process.pid();
  }

  /// The memory that the process has in use.
  long residentBytes() {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    try (var lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      // other systems keep this elsewhere
      return 0;
    }
  }

  /// Asks the process to stop and waits until it has.
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_MAX.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
