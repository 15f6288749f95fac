package dev.varve.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.varve.kernel.FreePort;
import dev.varve.kernel.Patience;
import dev.varve.node.OpenEngine;
import dev.varve.node.OpenEngine.Ran;
import dev.varve.proof.ServerProcess;
import dev.varve.proof.TestProgram;
import dev.varve.store.sql.DataFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `varve reload` with a server in a process of its own, as a signal has it.
@SuppressWarnings("NullAway.Init") // set before each test
@Order(1) // it takes long: not at the end, alone
final class ReloadCommandTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  // runs a command in a terminal of its own, which closes with it
  private static final Path SCRIPT = Path.of("/usr/bin/script");
  private static final String IN_TERMINAL = " in a terminal";
  private static final String GATEWAY =
      """
      gateway:
        services:
          shipping:
            urls: [http://127.0.0.1:1]
        routes:
          - {path: %s, to: shipping, allow: %s}
      """;

  @TempDir private Path app;
  private @Nullable Process server;
  private int port;

  private void start(String command) throws IOException {
    Files.writeString(
        app.resolve("schema.graphql"),
        "type Note @model @auth(rules: [{allow: public}]) { text: String! }");
    settings(GATEWAY.formatted("/before", "authenticated"));
    port = FreePort.choose();
    server =
        new ProcessBuilder(words(command))
            .redirectErrorStream(true)
            .redirectOutput(app.resolve("server.log").toFile())
            .start();
  }

  private List<String> words(String command) {
    List<String> java =
        TestProgram.command(
            ServerProcess.MAIN,
            List.of(),
            List.of(
                command.replace(IN_TERMINAL, ""),
                app.toString(),
                "--port",
                Integer.toString(port)));
    return command.endsWith(IN_TERMINAL)
        ? List.of(SCRIPT.toString(), "-qfc", "exec " + String.join(" ", java), "/dev/null")
        : java;
  }

  private void serve() throws IOException {
    requireHangups();
    start("serve");
    awaitSignals();
  }

  private void awaitSignals() {
    Patience.until(
        "the server takes signals, or has ended",
        () -> takesSignals() || !Objects.requireNonNull(server).isAlive());
    assertThat(takesSignals()).as(() -> read(app.resolve("server.log"))).isTrue();
  }

  private boolean takesSignals() {
    return DataFolder.holderOf(app.resolve(".varve"))
        .filter(DataFolder.Holder::takesHangups)
        .isPresent();
  }

  /// Who was started by nohup, as a test may be, keeps the signal from all that it starts.
  private static void requireHangups() throws IOException {
    Path status = Path.of("/proc/self/status");
    boolean ignored =
        Files.exists(status)
            && Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 1) == 1);
    if (ignored) {
      abort("SIGHUP is ignored here: run the tests without nohup");
    }
  }

  /// Saves them in one step: whoever watches the file must not find it empty, however long this process waits for its turn.
  private void settings(String text) throws IOException {
    Path written = Files.writeString(app.resolveSibling("varve.yaml.new"), text);
    Files.move(written, app.resolve("varve.yaml"), StandardCopyOption.ATOMIC_MOVE);
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (server != null) {
      server.destroy();
      assertThat(server.waitFor(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  private int status(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
    return CLIENT.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  /// Whether it answers so, or will.
  private boolean answers(String path, int status) {
    try {
      return status(path) == status;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Ran reload() {
    return OpenEngine.run("reload", app.toString());
  }

  @Test
  void aReloadServesWhatTheFileSaysAndAMistakeChangesNothing() throws Exception {
    serve();
    assertThat(status("/before")).isEqualTo(401);

    settings(GATEWAY.formatted("/after", "authenticated") + "http:\n  port: 1234\n");
    assertThat(reload())
        .isEqualTo(new Ran(0, "The gateway of %s/varve.yaml is served.\n".formatted(app), ""));
    assertThat(status("/before")).isEqualTo(404);
    assertThat(status("/after")).isEqualTo(401);

    settings(GATEWAY.formatted("/api/notes", "authenticated"));
    assertThat(reload())
        .isEqualTo(
            new Ran(
                1,
                "",
                """
                %s/varve.yaml:6:14: gateway.routes[0].path is /api/notes, where Varve answers itself. Choose another
                The gateway that is served is the one before.
                """
                    .formatted(app)));
    assertThat(status("/after")).isEqualTo(401);

    settings(GATEWAY.formatted("/later", "nobody"));
    assertThat(reload().err())
        .startsWith(app + "/varve.yaml:6:43: gateway.routes[0].allow is 'nobody': write public,")
        .endsWith("The gateway that is served is the one before.\n");

    settings(GATEWAY.formatted("/later", "authenticated") + "rest:\n  requireIfMatch: true\n");
    assertThat(reload().out())
        .isEqualTo(
            """
            The gateway of %1$s/varve.yaml is served.
            %1$s/varve.yaml:8:19: rest.requireIfMatch is not what it was when the server started: restart it for that.
            """
                .formatted(app));
    assertThat(status("/later")).isEqualTo(401);
    assertThat(Files.readString(app.resolve("server.log")))
        .contains(
            "The gateway of %s/varve.yaml is served.".formatted(app),
            "gateway.routes[0].path is /api/notes, where Varve answers itself",
            "rest.requireIfMatch is not what it was");
  }

  @Test
  void aSavedFileIsServedByDevAndAMistakeIsShown() throws Exception {
    start("dev");
    Patience.until("it serves", () -> answers("/before", 401));

    settings(GATEWAY.formatted("/after", "authenticated"));
    Patience.until("it serves the other file", () -> answers("/after", 401));
    assertThat(status("/before")).isEqualTo(404);

    settings(GATEWAY.formatted("/later", "nobody"));
    Path log = app.resolve("server.log");
    Patience.until("the mistake is shown", () -> read(log).contains("allow is 'nobody'"));
    assertThat(status("/after")).isEqualTo(401);

    settings(GATEWAY.formatted("/later", "authenticated"));
    Patience.until("it serves what is right again", () -> answers("/later", 401));
  }

  @Test
  void aServerReloadsInATerminalAndStopsWhenThatIsClosed() throws Exception {
    assumeThat(SCRIPT).isExecutable();
    requireHangups();
    start("serve" + IN_TERMINAL);
    awaitSignals();
    ProcessHandle inside =
        ProcessHandle.of(DataFolder.holderOf(app.resolve(".varve")).orElseThrow().pid())
            .orElseThrow();
    settings(GATEWAY.formatted("/after", "authenticated"));
    new ProcessBuilder("kill", "-HUP", Long.toString(inside.pid())).start().waitFor();
    Patience.until("it serves the other file", () -> answers("/after", 401));

    Objects.requireNonNull(server).destroyForcibly();

    Patience.until("it has stopped", () -> !inside.isAlive());
    assertThat(DataFolder.holderOf(app.resolve(".varve"))).isEmpty();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whoServesNothingIsTold(@TempDir Path other) throws IOException {
    Files.writeString(other.resolve("schema.graphql"), "type Note @model { text: String! }");
    assertThat(OpenEngine.run("reload", other.toString()))
        .isEqualTo(
            new Ran(
                1,
                "",
                "Nobody serves the data in %s/.varve. Start a server with `varve serve`, or name its data with --data\n"
                    .formatted(other)));
  }

  @Test
  void aProcessThatWouldEndWithTheSignalIsLeftAlone(@TempDir Path other) throws Exception {
    Path data = other.resolve("data");
    try (DataFolder held = DataFolder.hold(data)) {
      assertThat(OpenEngine.run("reload", other.toString(), "--data", held.folder().toString()))
          .isEqualTo(
              new Ran(
                  1,
                  "",
                  "The process %d, which holds the data in %s, reads no settings again: only `varve serve` does, on systems that have SIGHUP, and not when it was started with nohup, which keeps that signal away (setsid does not). Start it anew instead\n"
                      .formatted(ProcessHandle.current().pid(), data)));
    }
  }
}
