package dev.varve.store.sql.sqlite;

import dev.varve.store.sql.Database;
import dev.varve.store.sql.DatabaseOptions;
import dev.varve.store.sql.DatabaseWatch;
import dev.varve.store.sql.MigrationHistory;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.StorageException;
import dev.varve.store.sql.StoreDialect;
import dev.varve.telemetry.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/// The database file of an application: one session for the writer, and a fixed number of
/// reader threads with a session each.
///
/// Readers are platform threads: a native call holds the carrier of a virtual thread, and a few slow
/// queries would stop every other virtual thread.
public final class SqliteDatabase implements Database {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteDatabase.class);

  /// Of a database with all scripts; who adds one reads the new numbers from the test that holds them against the scripts.
  private static final MigrationHistory WHOLE_HISTORY = new MigrationHistory(19, 4_425_712, 0);

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

  private SqliteDatabase(SQLiteDataSource source, DatabaseOptions options, boolean writes)
      throws SQLException {
    this.source = source;
    this.dialect = StoreDialect.context(SqliteDialect.INSTANCE);
    this.reads = new ReadQueue(options.readQueueMax());
    this.writer = writer(source);
    readers.add(new Reader("varve-lookups", session(source), reads::takeLookup));
    for (int i = 0; i < options.readers(); i++) {
      readers.add(new Reader("varve-reader-" + i, session(source), reads::takeAny));
    }
    this.checkpointer =
        Thread.ofPlatform().daemon().name("varve-checkpoint").unstarted(this::checkpoint);
    readers.forEach(Thread::start);
    if (writes) {
      checkpointer.start();
    }
  }

  private static Session writer(SQLiteDataSource source) throws SQLException {
    Session writer = session(source);
    writer.execute("PRAGMA wal_autocheckpoint=" + WRITER_CHECKPOINT_PAGES);
    return writer;
  }

  private static Session session(SQLiteDataSource source) throws SQLException {
    return new Session(FoldFunction.addTo(source.getConnection()), SqliteDialect.INSTANCE);
  }

  /// Opens the database file, making it and its folder where they are missing.
  public static SqliteDatabase open(Path file, DatabaseOptions options) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      keepPrivate(file);
      return new SqliteDatabase(source(file, options), options, true);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("Cannot make the data folder of " + file, e);
    } catch (SQLException e) {
      throw new StorageException("Cannot open " + file, e);
    }
  }

  /// A database that is made here is for its owner alone; the files that SQLite puts beside it follow it.
  private static void keepPrivate(Path file) throws IOException {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    if (posix && Files.notExists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
  }

  /// Opens a database file that is there already, to look at it alone. Another process may be writing.
  public static SqliteDatabase openToRead(Path file, DatabaseOptions options) {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(10_000);
    config.setTempStore(SQLiteConfig.TempStore.MEMORY);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    try {
      return new SqliteDatabase(source, options, false);
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

  @Override
  public DSLContext dialect() {
    return dialect;
  }

  @Override
  public Session writer() {
    return writer;
  }

  @Override
  public void renewWriter() throws SQLException {
    Session old = writer;
    writer = writer(source);
    old.close();
  }

  @Override
  public DatabaseWatch watch() {
    throw new UnsupportedOperationException("One process alone writes to a file");
  }

  @Override
  public <T extends @Nullable Object> T beside(Work<T> work) {
    throw new UnsupportedOperationException("One process alone writes to a file");
  }

  @Override
  public DataSource source() {
    return source;
  }

  @Override
  public List<String> migrations() {
    return List.of("dev/varve/store/sql/sqlite/migration");
  }

  @Override
  public MigrationHistory wholeHistory() {
    return WHOLE_HISTORY;
  }

  @Override
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

  @Override
  public <T extends @Nullable Object> T lookup(Work<T> work) {
    return read(inTransaction(work));
  }

  @Override
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
      session.beginReading();
      try {
        return work.run(session);
      } finally {
        session.rollback();
      }
    };
  }

  @Override
  public int readsWaiting() {
    return reads.size();
  }

  @Override
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
