package dev.varve.proof.history;

import dev.varve.command.SkewedProgram;
import dev.varve.identity.token.Secrets;
import dev.varve.kernel.FreePort;
import dev.varve.kernel.Patience;
import dev.varve.proof.ServerProcess;
import dev.varve.store.sql.postgresql.FragileWay;
import dev.varve.store.sql.postgresql.LocalPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/// A node: a process of the whole program with a folder, a port and a way to PostgreSQL of its own.
final class Node implements AutoCloseable {
  // all nodes have the same
  private static final Map<String, String> ENVIRONMENT =
      Map.of(Secrets.AUTH, Base64.getEncoder().encodeToString(new byte[32]));
  // to verify the classes is a sixth of what a start costs
  private static final List<String> OPTIONS =
      List.of("-Xmx160m", "-XX:+UnlockDiagnosticVMOptions", "-XX:-BytecodeVerificationRemote");

  private final int number;
  private final long clockSeconds;
  private final Path folder;
  private final FragileWay way;
  private final int port = FreePort.choose();
  private volatile ServerProcess process;

  private Node(int number, long clockSeconds, Path folder, FragileWay way) throws IOException {
    this.number = number;
    this.clockSeconds = clockSeconds;
    this.folder = folder;
    this.way = way;
    this.process = launch();
  }

  /// Starts one.
  ///
  /// @param clockSeconds how far its clock is ahead of that of the machine
  static Node start(
      int number,
      long clockSeconds,
      Path folder,
      String schema,
      LocalPostgres postgres,
      String database)
      throws IOException {
    FragileWay way = FragileWay.to(postgres.port());
    Files.createDirectories(folder);
    deploy(folder, schema);
    String url =
        postgres.url(database).replace(":" + postgres.port() + "/", ":" + way.port() + "/");
    Files.writeString(folder.resolve("varve.yaml"), settings(url));
    return new Node(number, clockSeconds, folder, way);
  }

  /// Queries are short here, and that one takes long is to be noticed soon.
  private static String settings(String url) {
    return """
    database:
      url: %s?prepareThreshold=0
      user: postgres
      readersMax: 4
      queryTime: 10s
      connectTime: 10s
    """
        .formatted(url);
  }

  private ServerProcess launch() throws IOException {
    List<String> options = new ArrayList<>(OPTIONS);
    if (clockSeconds != 0) {
      options.add("-D%s=%d".formatted(SkewedProgram.SECONDS, clockSeconds));
    }
    return ServerProcess.run(
        clockSeconds == 0 ? ServerProcess.MAIN : SkewedProgram.class.getName(),
        options,
        ENVIRONMENT,
        "serve",
        folder.toString(),
        "--port",
        Integer.toString(port),
        "--data",
        folder.resolve("data").toString());
  }

  int number() {
    return number;
  }

  int port() {
    return port;
  }

  FragileWay way() {
    return way;
  }

  /// What it said since it was started.
  List<String> said() {
    return process.said();
  }

  /// Puts a schema file in its folder, for the next start.
  void deploy(String schema) throws IOException {
    deploy(folder, schema);
  }

  private static void deploy(Path folder, String schema) throws IOException {
    Files.writeString(folder.resolve("schema.graphql"), schema);
  }

  /// `kill -9`.
  void kill() {
    signal("-KILL");
  }

  /// SIGTERM: what was accepted is finished.
  ///
  /// @return its exit code
  int stop() throws InterruptedException {
    return process.stop();
  }

  /// Starts it again when it has ended.
  void restart() throws IOException {
    process.close();
    process = launch();
  }

  /// SIGSTOP: when this returns, nothing of it runs.
  void pause() {
    signal("-STOP");
    Patience.until("node %d has stopped".formatted(number), this::isStopped);
  }

  /// By the state of each of its threads, as Linux tells it: the letter behind the name.
  private boolean isStopped() {
    try (DirectoryStream<Path> threads =
        Files.newDirectoryStream(Path.of("/proc/%d/task".formatted(process.pid())))) {
      for (Path thread : threads) {
        String state = Files.readString(thread.resolve("stat"));
        if (state.charAt(state.lastIndexOf(')') + 2) != 'T') {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      // a thread has ended meanwhile
      return false;
    }
  }

  /// SIGCONT.
  void resume() {
    signal("-CONT");
  }

  private void signal(String signal) {
    try {
      int status =
          new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
      if (status != 0) {
        throw new IllegalStateException("Node %d takes no %s".formatted(number, signal));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.close();
    way.close();
  }
}
