package dev.varve.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// `varve dev` as a process of its own, from the jar that this build has made.
final class RunningVarve implements AutoCloseable {
  // far beyond what a machine takes that does ten other things
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long PAUSE_MILLIS = 20;
  private static final Path SERVER =
      Path.of(System.getProperty("basedir", "."))
          .resolve(System.getProperty("varve.server", "../server/target"));
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final Process process;
  private final Path log;
  private final String health;
  final String url;

  private RunningVarve(Process process, Path log, String url, String health) {
    this.process = process;
    this.log = log;
    this.url = url;
    this.health = health;
  }

  /// @param folder with `schema.graphql` and `varve.yaml`, which says the port
  /// @param environment where its secrets are
  static RunningVarve start(Path folder, int port, Map<String, String> environment)
      throws IOException {
    String url = "http://127.0.0.1:" + port;
    return start(folder, url, url, environment);
  }

  /// @param url where it is, as its `varve.yaml` says
  /// @param health where it says over plain HTTP that it is ready
  static RunningVarve start(Path folder, String url, String health, Map<String, String> environment)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            SERVER.resolve("varve.jar")
                + System.getProperty("path.separator")
                + SERVER.resolve("lib")
                + "/*",
            "dev.varve.Main",
            "dev",
            folder.toString()));
    Path log = folder.resolve("varve.log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    RunningVarve varve = new RunningVarve(builder.start(), log, url, health);
    try {
      varve.await();
      return varve;
    } catch (RuntimeException | IOException e) {
      varve.close();
      throw e;
    }
  }

  private void await() throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!isReady()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException("Varve is not ready:\n" + Files.readString(log));
      }
      pause();
    }
  }

  private boolean isReady() {
    try {
      return CLIENT
              .send(
                  HttpRequest.newBuilder(URI.create(health + "/health/ready")).build(),
                  BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false; // it does not listen yet
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Signs somebody up, who has an account at once where the settings say so.
  void signUp(String email, String password) {
    Browser.Page page =
        new Browser()
            .post(
                url + "/auth/sign-up",
                "application/json",
                "{\"email\": \"%s\", \"password\": \"%s\", \"name\": \"Ada\"}"
                    .formatted(email, password));
    if (page.status() >= 300) {
      throw new IllegalStateException(page.text());
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor();
      Files.deleteIfExists(log);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
