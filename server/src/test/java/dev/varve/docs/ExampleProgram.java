package dev.varve.docs;

import dev.varve.kernel.Patience;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A program of one source file that an example brings along, running as a process of its own on a free port.
public final class ExampleProgram implements AutoCloseable {
  private static final Pattern LISTENS = Pattern.compile("http://localhost:(\\d+)");

  private final Process process;
  private final int port;

  private ExampleProgram(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  public static ExampleProgram start(Path source) {
    return start(source, 0);
  }

  /// @param port 0 for any that is free
  /// @param more arguments behind the port
  public static ExampleProgram start(Path source, int port, String... more) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    try {
      Process process =
          new ProcessBuilder(
                  Stream.concat(
                          Stream.of(java, source.toString(), Integer.toString(port)),
                          Stream.of(more))
                      .toList())
              .redirectErrorStream(true)
              .start();
      BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
      StringBuilder all = new StringBuilder();
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        Matcher matcher = LISTENS.matcher(line);
        if (matcher.find()) {
          return new ExampleProgram(process, Integer.parseInt(matcher.group(1)));
        }
        all.append(line).append('\n');
      }
      process.destroy();
      throw new AssertionError("%s said: %s".formatted(source.getFileName(), all));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return port;
  }

  /// Ends it, and returns when it has ended.
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(Patience.SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("It does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
