package dev.varve.store.sql.postgresql;

import dev.varve.kernel.FreePort;
import dev.varve.kernel.Patience;
import dev.varve.kernel.TestFolders;
import dev.varve.store.sql.DatabaseSettings;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/// Two servers of PostgreSQL, of which the second follows the first by PostgreSQL's own replication, behind one address that leads to
/// whichever is the primary.
///
/// ```
/// nodes --- way ---> primary --- replication ---> standby
/// ```
final class ReplicatedPostgres implements AutoCloseable {
  private static final String DATABASE = "shop";
  // of a server that runs, and no part of a copy
  private static final Set<String> LEFT_OUT = Set.of("postmaster.pid", "postmaster.opts");

  private final List<String> somebody;
  private final Path programs;
  private final Path folder;
  private final int primaryPort = FreePort.choose();
  private final int standbyPort = FreePort.choose();
  private final FragileWay way;
  private final FragileWay replication;
  private final List<Process> servers = new ArrayList<>();

  private ReplicatedPostgres(List<String> somebody, Path programs, Path folder) {
    this.somebody = somebody;
    this.programs = programs;
    this.folder = folder;
    this.way = FragileWay.to(primaryPort);
    this.replication = FragileWay.to(primaryPort);
  }

  /// Where PostgreSQL cannot run, the test is skipped.
  static ReplicatedPostgres start() throws IOException, SQLException {
    try {
      List<String> somebody = LocalPostgres.asSomebodyElse();
      Path folder = Files.createTempDirectory("varve-replicated-");
      LocalPostgres.giveTo(somebody, folder);
      ReplicatedPostgres pair = new ReplicatedPostgres(somebody, LocalPostgres.programs(), folder);
      try {
        pair.startPrimary();
        pair.startStandby();
        return pair;
      } catch (IOException | SQLException | RuntimeException e) {
        pair.close();
        throw e;
      }
    } catch (LocalPostgres.CannotRun e) {
      throw new TestAbortedException("PostgreSQL cannot run here: " + e.getMessage());
    }
  }

  private void startPrimary() throws IOException, SQLException {
    Path data = folder.resolve("primary");
    LocalPostgres.makeCluster(somebody, programs, data);
    // the standby gets all that was written since its copy was begun
    start(data, primaryPort, "wal_keep_size=256MB");
    execute(primaryPort, "postgres", "CREATE DATABASE " + DATABASE);
  }

  /// A copy of the files while they are written, and what is written since.
  private void startStandby() throws IOException, SQLException {
    Path data = folder.resolve("standby");
    try (Connection connection = connect(primaryPort, "postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_backup_start('standby', true)");
      copy(folder.resolve("primary"), data);
      try (ResultSet stopped =
          statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)")) {
        stopped.next();
        Files.writeString(data.resolve("backup_label"), stopped.getString(1));
      }
    }
    Files.createFile(data.resolve("standby.signal"));
    LocalPostgres.giveTo(somebody, data);
    start(
        data,
        standbyPort,
        "primary_conninfo=host=127.0.0.1 port=%d user=postgres".formatted(replication.port()));
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(
                folder, to.resolve(from.relativize(folder)), StandardCopyOption.COPY_ATTRIBUTES);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            boolean log = file.getParent().endsWith("pg_wal");
            if (!log && !LEFT_OUT.contains(file.getFileName().toString())) {
              copyFile(file, to.resolve(from.relativize(file)));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            // it was removed meanwhile, and that is written, too
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }
        });
  }

  private static void copyFile(Path file, Path to) throws IOException {
    try {
      Files.copy(file, to, StandardCopyOption.COPY_ATTRIBUTES);
    } catch (NoSuchFileException e) {
      // as above
    }
  }

  private void start(Path data, int port, String setting) throws IOException {
    List<String> command = new ArrayList<>(LocalPostgres.command(somebody, programs, data, port));
    command.addAll(List.of("-c", setting));
    Process server =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(data.getFileName() + ".log").toFile())
            .start();
    servers.add(server);
    Patience.until("the server takes connections", () -> server.isAlive() && answers(port));
  }

  private static boolean answers(int port) {
    try (Connection _ = connect(port, "postgres")) {
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private static Connection connect(int port, String database) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s?user=postgres".formatted(port, database));
  }

  private static void execute(int port, String database, String sql) throws SQLException {
    try (Connection connection = connect(port, database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// How nodes are told of the database.
  DatabaseSettings settings() {
    return new DatabaseSettings(
        "jdbc:postgresql://127.0.0.1:%d/%s".formatted(way.port(), DATABASE),
        "postgres",
        4,
        Duration.ofSeconds(10),
        Duration.ofSeconds(2));
  }

  /// The first column of what a query finds on the server that was the standby, as text.
  List<String> onStandby(String sql) {
    List<String> values = new ArrayList<>();
    try (Connection connection = connect(standbyPort, DATABASE);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// From now on the standby hears nothing of what is written.
  void leaveStandbyBehind() {
    replication.shut();
  }

  /// The primary is killed, the standby promoted, and the address leads to it.
  void failOver() throws SQLException {
    servers.getFirst().destroyForcibly();
    execute(standbyPort, "postgres", "SELECT pg_promote(true, %d)".formatted(Patience.SECONDS));
    way.leadTo(standbyPort);
  }

  @Override
  public void close() throws IOException {
    way.close();
    replication.close();
    for (Process server : servers) {
      // at once: SIGQUIT, which Java has no word for
      end(server);
    }
    TestFolders.delete(folder);
  }

  private static void end(Process server) throws IOException {
    try {
      new ProcessBuilder("kill", "-QUIT", Long.toString(server.pid())).start().waitFor();
      server.waitFor(Patience.SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
