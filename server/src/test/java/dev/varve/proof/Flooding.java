package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A process that floods a server until it is closed.
final class Flooding implements AutoCloseable {
  private final Process process;
  private final CountDownLatch begun = new CountDownLatch(1);

  private Flooding(Process process) {
    this.process = process;
    Thread.ofPlatform().daemon().start(this::listen);
  }

  static Flooding start(int port, Flood.Way way, int connections) throws IOException {
    return new Flooding(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Flood.class.getName(),
                Integer.toString(port),
                way.name(),
                Integer.toString(connections))
            .redirectErrorStream(true)
            .start());
  }

  private void listen() {
    process.inputReader(StandardCharsets.US_ASCII).lines().forEach(_ -> begun.countDown());
  }

  void awaitBeginning() throws InterruptedException {
    assertThat(begun.await(60, TimeUnit.SECONDS)).as("the flood began").isTrue();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
