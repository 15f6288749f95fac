package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Patience;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A process that floods servers.
final class Flooding implements AutoCloseable {
  private final Process process;
  private final PrintStream commands;
  private final BlockingQueue<String> begun = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> ended = new LinkedBlockingQueue<>();

  private Flooding(Process process) {
    this.process = process;
    this.commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.US_ASCII);
    Thread.ofPlatform().daemon().start(this::listen);
  }

  static Flooding start() throws IOException {
    return new Flooding(
        new ProcessBuilder(
                TestProgram.command(Flood.class.getName(), List.of("-Xmx64m"), List.of()))
            .redirectErrorStream(true)
            .start());
  }

  private void listen() {
    process
        .inputReader(StandardCharsets.US_ASCII)
        .lines()
        .forEach(line -> (line.equals("ended") ? ended : begun).add(line));
  }

  /// Returns when the flood has begun.
  void begin(int port, Flood.Kind kind, int connections) throws InterruptedException {
    begun.clear();
    commands.println("%d %s %d".formatted(port, kind.name(), connections));
    assertThat(begun.poll(Patience.SECONDS, TimeUnit.SECONDS))
        .as("a flood of %s", kind)
        .isNotNull();
  }

  void end() throws InterruptedException {
    commands.println();
    assertThat(ended.poll(Patience.SECONDS, TimeUnit.SECONDS)).as("the end of a flood").isNotNull();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
