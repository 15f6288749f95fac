package dev.varve.net.limit;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.varve.kernel.FreePort;
import dev.varve.kernel.Patience;
import dev.varve.kernel.Programs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.LoggerFactory;

/// The Valkey or Redis of this machine, as a process that can be stopped and started. It keeps nothing.
public final class LocalValkey implements AutoCloseable {
  private static final String INSTALL =
      "Shared rate limits were not tried: there is neither valkey-server nor redis-server on the PATH. On Debian: apt-get install redis-server";

  private final String program;
  private final String password;
  private final int port = FreePort.choose();
  private Process process;

  private LocalValkey(String program, String password) throws IOException {
    this.program = program;
    this.password = password;
    this.process = launch();
  }

  /// Where there is none the test is skipped, but in CI it fails.
  ///
  /// @param password that it asks for
  public static LocalValkey start(String password) throws IOException {
    Optional<String> program = Programs.find("valkey-server", "redis-server");
    if (program.isEmpty()) {
      return "true".equals(System.getenv("CI")) ? fail(INSTALL) : skipped();
    }
    return new LocalValkey(program.get(), password);
  }

  private static LocalValkey skipped() {
    // Maven tells that tests were skipped, and not why
    LoggerFactory.getLogger(LocalValkey.class).warn(INSTALL);
    return abort(INSTALL);
  }

  private Process launch() throws IOException {
    Process started =
        new ProcessBuilder(
                List.of(
                    program,
                    "--port",
                    Integer.toString(port),
                    "--bind",
                    "127.0.0.1",
                    "--requirepass",
                    password,
                    "--save",
                    "",
                    "--appendonly",
                    "no"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Patience.until("the store listens", () -> !started.isAlive() || listens());
    if (!started.isAlive()) {
      throw new IOException(program + " did not start on port " + port);
    }
    return started;
  }

  private boolean listens() {
    try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  RedisURI address() {
    RedisURI address = RedisURI.create(url());
    return RedisURI.builder(address).withPassword(password.toCharArray()).build();
  }

  /// What comes of a question to it.
  <T> T ask(Function<StatefulRedisConnection<String, String>, T> question) {
    try (RedisClient client = RedisClient.create(address());
        StatefulRedisConnection<String, String> connection = client.connect()) {
      return question.apply(connection);
    }
  }

  /// Ends it at once.
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  public void startAgain() throws IOException {
    process = launch();
  }

  /// It takes connections and requests, and answers none until it goes on.
  void pause() throws IOException, InterruptedException {
    signal("-STOP");
  }

  void goOn() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", name, Long.toString(process.pid())).start().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
