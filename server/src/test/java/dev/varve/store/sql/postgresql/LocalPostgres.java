package dev.varve.store.sql.postgresql;

import com.sun.security.auth.module.UnixSystem;
import dev.varve.kernel.FreePort;
import dev.varve.kernel.TestFolders;
import dev.varve.settings.SettingRecords;
import dev.varve.store.sql.DatabaseSettings;
import dev.varve.store.sql.Migrations;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;
import org.tukaani.xz.XZInputStream;

/// A PostgreSQL server for the tests of this JVM: started for the first that asks, ended with the JVM. Each test gets a
/// database of its own, copied from one that has Varve's tables.
///
/// The texts of its databases are in the order of a language, which is not the order of code points. PostgreSQL does not run as
/// root: there it runs as somebody else, by what the machine has for that.
public final class LocalPostgres implements AutoCloseable {
  private static final String BINARIES = "postgres-linux-x86_64.txz";
  private static final String TEMPLATE = "varve_template";
  private static final String NAMES = "varve-postgresql-";
  private static final int NOBODY = 65_534;
  // of a machine that does ten other things
  private static final Duration STARTED = Duration.ofMinutes(5);

  // of the programs, as the build has chosen them
  private static final String VERSION =
      System.getProperty("varve.test.postgresql", "as-on-the-class-path");

  private static @Nullable LocalPostgres running;
  private static @Nullable String impossible;

  private final Path folder;
  private final List<String> command;
  private final int port;
  private volatile Process server;
  private final AtomicInteger databases = new AtomicInteger();
  private @Nullable Connection administrator;

  private LocalPostgres(Path folder, List<String> command, int port) throws IOException {
    this.folder = folder;
    this.command = command;
    this.port = port;
    this.server = launch();
  }

  /// The server. Where it cannot run, the test is skipped with a line of what to do.
  public static synchronized LocalPostgres require() {
    if (running == null && impossible == null) {
      try {
        running = start();
      } catch (CannotRun e) {
        impossible = e.getMessage();
      }
    }
    LocalPostgres server = running;
    if (server == null) {
      throw new TestAbortedException("PostgreSQL cannot run here: " + impossible);
    }
    return server;
  }

  /// One of its own for a test that stops it, and closes it in the end.
  public static LocalPostgres own() {
    try {
      return start();
    } catch (CannotRun e) {
      throw new TestAbortedException("PostgreSQL cannot run here: " + e.getMessage());
    }
  }

  static final class CannotRun extends Exception {
    private static final long serialVersionUID = 1L;

    CannotRun(String message) {
      super(message);
    }
  }

  private static LocalPostgres start() throws CannotRun {
    List<String> somebody = asSomebodyElse();
    try {
      Path programs = programs();
      Path folder = Files.createTempDirectory(NAMES + ProcessHandle.current().pid() + "-");
      giveTo(somebody, folder);
      Path data = folder.resolve("data");
      makeCluster(somebody, programs, data);
      int port = FreePort.choose();
      LocalPostgres started =
          new LocalPostgres(folder, command(somebody, programs, data, port), port);
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(started::stop));
      started.awaitConnection();
      started.makeTemplate();
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Lets whoever the server runs as write to a folder.
  static void giveTo(List<String> somebody, Path folder) throws IOException {
    if (somebody.contains("setpriv") || somebody.contains("runuser")) {
      run(List.of("chown", "-R", Integer.toString(NOBODY), folder.toString()));
    }
  }

  static void makeCluster(List<String> somebody, Path programs, Path data) throws IOException {
    run(
        with(
            somebody,
            programs.resolve("bin/initdb").toString(),
            "--pgdata=" + data,
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=icu",
            "--icu-locale=en-US",
            "--no-sync"));
  }

  private Process launch() throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
        .start();
  }

  /// How a server ends.
  public enum End {
    /// It closes all connections, whatever they are at, and writes down what it has to.
    FAST("-INT"),
    /// As when it crashes: the next start recovers from its log.
    AT_ONCE("-QUIT");

    private final String signal;

    End(String signal) {
      this.signal = signal;
    }
  }

  /// Ends the server and starts it again. It takes connections some time after this has returned.
  public void restart(End how) throws IOException {
    end(how);
    server = launch();
  }

  static List<String> command(List<String> somebody, Path programs, Path data, int port) {
    List<String> command =
        with(somebody, programs.resolve("bin/postgres").toString(), "-D", data.toString());
    // it outlives no test: what is lost with the machine is no loss
    for (String setting :
        List.of(
            "port=" + port,
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=300",
            "shared_buffers=64MB",
            "fsync=off",
            "full_page_writes=off",
            "autovacuum=off",
            // in its folder, and gone with it, however it ends
            "dynamic_shared_memory_type=mmap",
            "max_wal_size=4GB")) {
      command.addAll(List.of("-c", setting));
    }
    return command;
  }

  static List<String> with(List<String> before, String... command) {
    List<String> whole = new ArrayList<>(before);
    whole.addAll(List.of(command));
    return whole;
  }

  /// What a command begins with so that it does not run as root.
  static List<String> asSomebodyElse() throws CannotRun {
    if (!System.getProperty("os.name").equals("Linux")
        || !System.getProperty("os.arch").equals("amd64")) {
      throw new CannotRun("its programs are here for Linux on x86-64 alone");
    }
    if (new UnixSystem().getUid() != 0) {
      return List.of();
    }
    for (List<String> way :
        List.of(
            List.of("unshare", "-U"),
            List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"),
            List.of("runuser", "-u", "nobody", "--"))) {
      if (succeeds(with(way, "true"))) {
        return way;
      }
    }
    throw new CannotRun(
        "it does not run as root. Install util-linux (unshare, setpriv, runuser), or run the tests as another user");
  }

  /// The programs, unpacked once for this machine.
  static Path programs() throws IOException {
    // not where this run has its data: that may be gone with the run
    Path temporary = Path.of("/tmp");
    Path ready = temporary.resolve(NAMES + VERSION);
    if (Files.exists(ready)) {
      return ready;
    }
    Path unpacked = Files.createTempDirectory(temporary, NAMES + "unpacked-");
    unpacked.toFile().setReadable(true, false);
    unpacked.toFile().setExecutable(true, false);
    Process tar =
        new ProcessBuilder("tar", "-x", "-C", unpacked.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (InputStream packed = LocalPostgres.class.getClassLoader().getResourceAsStream(BINARIES);
        OutputStream to = tar.getOutputStream()) {
      new XZInputStream(packed).transferTo(to);
    }
    await(tar, List.of("tar"));
    try {
      Files.move(unpacked, ready, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      // another JVM was faster
      TestFolders.delete(unpacked);
    }
    return ready;
  }

  private static boolean succeeds(List<String> command) {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      // there is no such program
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void run(List<String> command) throws IOException {
    await(
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start(),
        command);
  }

  private static void await(Process process, List<String> command) throws IOException {
    try {
      if (!process.waitFor(STARTED.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException("It failed: " + command);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void awaitConnection() throws IOException {
    long end = System.nanoTime() + STARTED.toNanos();
    while (true) {
      try (Connection _ = connect("postgres")) {
        return;
      } catch (SQLException e) {
        if (!server.isAlive() || System.nanoTime() > end) {
          throw new IOException(Files.readString(folder.resolve("log")), e);
        }
      }
    }
  }

  private void makeTemplate() {
    execute("CREATE DATABASE " + TEMPLATE);
    try (PostgresDatabase database =
        PostgresDatabase.open(settings(TEMPLATE), "", PostgresDatabase.Use.WRITE)) {
      Migrations.run(database);
    }
    try (Connection connection = connect(TEMPLATE);
        Statement statement = connection.createStatement()) {
      // which SQLite has, for tests that look at bytes
      statement.execute(
          "CREATE FUNCTION hex(bytea) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT upper(encode($1, 'hex')) $$");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// By one connection for all: to make another one takes the server as long as to copy a small database.
  private synchronized void execute(String sql) {
    try {
      if (administrator == null || administrator.isClosed()) {
        administrator = connect("postgres");
      }
      try (Statement statement = administrator.createStatement()) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A new database with Varve's own tables; its name.
  public String newDatabase() {
    String name = "test_" + databases.incrementAndGet();
    // the whole of it block by block through its log would take twice as long
    execute("CREATE DATABASE %s TEMPLATE %s STRATEGY FILE_COPY".formatted(name, TEMPLATE));
    return name;
  }

  /// A new database with nothing in it; its name.
  public String newEmptyDatabase(String options) {
    String name = "test_" + databases.incrementAndGet();
    execute("CREATE DATABASE %s %s".formatted(name, options));
    return name;
  }

  /// A new database with nothing in it, of a user who may do nothing else; its name.
  public String newDatabaseOf(String user) {
    execute(
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '%s') THEN CREATE ROLE %s LOGIN; END IF; END $$"
            .formatted(user, user));
    return newEmptyDatabase("OWNER %s ENCODING 'UTF8' TEMPLATE template0".formatted(user));
  }

  /// Ends every connection to a database, and deletes it.
  public void drop(String name) {
    execute("DROP DATABASE IF EXISTS %s WITH (FORCE)".formatted(name));
  }

  public Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(url(database) + "?user=postgres");
  }

  /// The address of a database, without a user.
  public String url(String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database);
  }

  /// How Varve is told of a database. Few connections: many servers of tests share them.
  public DatabaseSettings settings(String database) {
    return new DatabaseSettings(
        url(database), "postgres", 4, Duration.ofSeconds(60), Duration.ofSeconds(10));
  }

  /// The port that it listens at.
  public int port() {
    return port;
  }

  /// The same database over a way at another port. What is sent there can be read: statements come with their text each time.
  public static DatabaseSettings over(int port, DatabaseSettings settings) {
    String url = settings.url().replaceFirst(":\\d+/", ":" + port + "/");
    return SettingRecords.changed(settings, Map.of("url", url + "?prepareThreshold=0"));
  }

  private synchronized void end(End how) {
    administrator = null;
    // a signal that Java has no word for
    succeeds(List.of("kill", how.signal, Long.toString(server.pid())));
    try {
      server.waitFor(STARTED.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stop() {
    end(End.AT_ONCE);
    if (Files.exists(folder)) {
      TestFolders.delete(folder);
    }
  }

  @Override
  public void close() {
    stop();
  }

  /// The database that the tests of this run are on, where they are told to run on PostgreSQL.
  public static Optional<LocalPostgres> chosen() {
    return System.getProperty("varve.test.database", "sqlite").equals("postgresql")
        ? Optional.of(require())
        : Optional.empty();
  }
}
