package dev.varve.store.sql;

import dev.varve.telemetry.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.conf.RenderQuotedNames;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/// The database file of an application (SQLite): one session for the writer, and a fixed number of
/// reader threads with a session each.
///
/// Readers are platform threads: a native call holds the carrier of a virtual thread, and a few slow
/// queries would stop every other virtual thread.
public final class Database implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);
  private static final long CHECKPOINT_MILLIS = 250;
  // 64 MiB of write-ahead log: the writer seldom has to stop for a checkpoint, because the
  // background
  // gives back what it can in between, and the log stays bounded
  private static final int WRITER_CHECKPOINT_PAGES = 16_000;

  private final SQLiteDataSource source;
  private final DSLContext dialect;
  private Session writer;
  private final List<Reader> readers = new ArrayList<>();
  private final ReadQueue reads;
  private final Thread checkpointer;
  private volatile boolean closed;

  static {
    // jOOQ greets on its own otherwise
    System.setProperty("org.jooq.no-logo", "true");
    System.setProperty("org.jooq.no-tips", "true");
  }

  private Database(SQLiteDataSource source, DatabaseOptions options, boolean writes)
      throws SQLException {
    this.source = source;
    this.dialect =
        DSL.using(
            SQLDialect.SQLITE,
            new Settings()
                .withRenderSchema(false)
                .withRenderQuotedNames(RenderQuotedNames.ALWAYS)
                .withRenderFormatted(false));
    this.reads = new ReadQueue(options.readQueueMax());
    this.writer = writer(source);
    readers.add(new Reader("varve-lookups", new Session(connection(source)), reads::takeLookup));
    for (int i = 0; i < options.readers(); i++) {
      readers.add(new Reader("varve-reader-" + i, new Session(connection(source)), reads::takeAny));
    }
    this.checkpointer =
        Thread.ofPlatform().daemon().name("varve-checkpoint").unstarted(this::checkpoint);
    readers.forEach(Thread::start);
    if (writes) {
      checkpointer.start();
    }
  }

  private static Session writer(SQLiteDataSource source) throws SQLException {
    Session writer = new Session(connection(source));
    writer.execute("PRAGMA wal_autocheckpoint=" + WRITER_CHECKPOINT_PAGES);
    return writer;
  }

  private static Connection connection(SQLiteDataSource source) throws SQLException {
    return FoldFunction.addTo(source.getConnection());
  }

  /// Work on one session that gives a value.
  @FunctionalInterface
  public interface Work<T extends @Nullable Object> {
    T run(Session session) throws SQLException;
  }

  /// Opens the database file, making it and its folder where they are missing.
  public static Database open(Path file, DatabaseOptions options) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      return new Database(source(file, options), options, true);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("Cannot make the data folder of " + file, e);
    } catch (SQLException e) {
      throw new StorageException("Cannot open " + file, e);
    }
  }

  /// Opens a database file that is there already, to look at it alone. Another process may be writing.
  public static Database openToRead(Path file, DatabaseOptions options) {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(10_000);
    config.setTempStore(SQLiteConfig.TempStore.MEMORY);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    try {
      return new Database(source, options, false);
    } catch (SQLException e) {
      throw new StorageException("Cannot open " + file, e);
    }
  }

  private static SQLiteDataSource source(Path file, DatabaseOptions options) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(10_000);
    config.setTempStore(SQLiteConfig.TempStore.MEMORY);
    config.setCacheSize(-options.pageCacheKibibytes());
    config.setPragma(SQLiteConfig.Pragma.MMAP_SIZE, Long.toString(options.mappedBytesMax()));
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return source;
  }

  /// Makes the text of queries in the dialect of this database. It has no connection.
  public DSLContext dialect() {
    return dialect;
  }

  /// The session of the one thread that writes.
  public Session writer() {
    return writer;
  }

  /// Gives the writer a new connection, after an error that left the old one in doubt. Called by the
  /// writer thread alone.
  public void renewWriter() {
    try {
      Session old = writer;
      writer = writer(source);
      old.close();
    } catch (SQLException e) {
      LOG.warn("Renewing the writer's connection failed; it is tried again with the next write", e);
    }
  }

  /// The source of connections, for the migration of Varve's own tables.
  public javax.sql.DataSource source() {
    return source;
  }

  /// The DDL of a table whose rows lie in the order of its primary key, where the database can do that:
  /// one tree to write instead of two.
  public static String clustered(String createTable) {
    return createTable + " WITHOUT ROWID";
  }

  /// The names of all indexes.
  public static List<String> indexes(Session session) throws SQLException {
    return session.list(
        "SELECT name FROM sqlite_master WHERE type = 'index'", List.of(), row -> row.getString(1));
  }

  /// Whether a statement failed because rows would not be unique.
  public static boolean isConstraintViolation(SQLException e) {
    return (e.getErrorCode() & 0xff) == org.sqlite.SQLiteErrorCode.SQLITE_CONSTRAINT.code;
  }

  /// The names of all tables.
  public static List<String> tables(Session session) throws SQLException {
    return session.list(
        "SELECT name FROM sqlite_master WHERE type = 'table'", List.of(), row -> row.getString(1));
  }

  /// The names of all columns of a table.
  public static List<String> columns(Session session, String table) throws SQLException {
    return session.list(
        "SELECT name FROM pragma_table_info(?)", List.of(table), row -> row.getString(1));
  }

  /// What the database finds wrong with its own file, at most `limit` lines: pages that are no part of a
  /// table, rows out of order, indexes that do not fit their table.
  public static List<String> damage(Session session, int limit) throws SQLException {
    List<String> lines =
        session.list(
            "PRAGMA integrity_check(%d)".formatted(limit), List.of(), row -> row.getString(1));
    return lines.equals(List.of("ok")) ? List.of() : lines;
  }

  /// Runs work that reads a few rows by key, on a reader thread, and waits for it.
  public <T extends @Nullable Object> T read(Work<T> work) {
    FutureTask<T> task = new FutureTask<>(onReader(work));
    try {
      // waiting callers are bounded by the listener's limit of concurrent requests
      reads.putLookup(task);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    return result(task);
  }

  private static <T extends @Nullable Object> T result(FutureTask<T> task) {
    try {
      return task.get();
    } catch (InterruptedException e) {
      task.cancel(false);
      throw interrupted(e);
    } catch (ExecutionException e) {
      throw unwrapped(e.getCause());
    }
  }

  /// The work for a reader, as a part of what this thread works for.
  private static <T extends @Nullable Object> Callable<T> onReader(Work<T> work) {
    Span span = Span.current();
    return span == null
        ? () -> work.run(currentReader().session)
        : () -> traced(currentReader().session, work, span);
  }

  private static <T extends @Nullable Object> T traced(Session session, Work<T> work, Span span)
      throws SQLException {
    session.trace(span);
    try {
      return work.run(session);
    } finally {
      session.trace(null);
    }
  }

  private static StorageException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new StorageException("A read was interrupted", new SQLException("interrupted", e));
  }

  /// Runs work that reads a few rows by key, several times, and has to see one state of the database throughout.
  public <T extends @Nullable Object> T lookup(Work<T> work) {
    return read(inTransaction(work));
  }

  /// Runs work that may go through many rows, and has to see one state of the database throughout. One reader is left to
  /// [#read] and [#lookup].
  public <T extends @Nullable Object> T snapshot(Work<T> work) {
    FutureTask<T> task = new FutureTask<>(onReader(inTransaction(work)));
    try {
      reads.putScan(task);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    return result(task);
  }

  private static <T extends @Nullable Object> Work<T> inTransaction(Work<T> work) {
    return session -> {
      session.transaction("BEGIN");
      try {
        return work.run(session);
      } finally {
        session.transaction("ROLLBACK");
      }
    };
  }

  /// How many reads wait for a thread.
  public int readsWaiting() {
    return reads.size();
  }

  /// How many queries the readers have run.
  public long queries() {
    return readers.stream().mapToLong(reader -> reader.session.queries()).sum();
  }

  private static Reader currentReader() {
    return (Reader) Thread.currentThread();
  }

  private static RuntimeException unwrapped(@Nullable Throwable cause) {
    return switch (cause) {
      case RuntimeException e -> e;
      case Error e -> throw e;
      case SQLException e -> new StorageException("Reading failed", e);
      case null, default -> new IllegalStateException(cause);
    };
  }

  private void checkpoint() {
    try (Connection connection = source.getConnection();
        java.sql.Statement statement = connection.createStatement()) {
      while (!closed) {
        checkpoint(statement);
        TimeUnit.MILLISECONDS.sleep(CHECKPOINT_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SQLException e) {
      LOG.warn("There is no background checkpoint; the automatic one does its work", e);
    }
  }

  /// Gives the log's pages back to the database file without ever holding up the writer.
  private static void checkpoint(java.sql.Statement statement) {
    try {
      statement.execute("PRAGMA wal_checkpoint(PASSIVE)");
    } catch (SQLException e) {
      // such as a full disk, which the writer tells of; there may be space again next time
      LOG.debug("A background checkpoint failed", e);
    }
  }

  @Override
  public void close() {
    closed = true;
    checkpointer.interrupt();
    readers.forEach(Thread::interrupt);
    try {
      checkpointer.join();
      for (Reader reader : readers) {
        reader.join();
        reader.session.close();
      }
      writer.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SQLException e) {
      LOG.warn("Closing the database failed", e);
    }
  }

  /// Where a reader gets its work from.
  @FunctionalInterface
  private interface Source {
    Runnable take() throws InterruptedException;
  }

  private static final class Reader extends Thread {
    private final Session session;
    private final Source source;

    Reader(String name, Session session, Source source) {
      super(name);
      this.session = session;
      this.source = source;
      setDaemon(true);
    }

    @Override
    public void run() {
      try {
        while (true) {
          source.take().run();
        }
      } catch (InterruptedException e) {
        interrupt();
      }
    }
  }
}
