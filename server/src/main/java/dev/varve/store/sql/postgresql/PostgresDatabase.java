package dev.varve.store.sql.postgresql;

import com.zaxxer.hikari.HikariDataSource;
import dev.varve.kernel.UserMistake;
import dev.varve.store.sql.DataFormat;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.DatabaseSettings;
import dev.varve.store.sql.DatabaseWatch;
import dev.varve.store.sql.MigrationHistory;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.StorageException;
import dev.varve.store.sql.StoreDialect;
import dev.varve.telemetry.Span;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A database of PostgreSQL: a connection for the writer, and a pool of them for those who read, each on the thread that asks.
public final class PostgresDatabase implements Database {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresDatabase.class);
  // the Unicode of normalize(), collations of partitioned tables
  private static final int VERSION_MIN = 150_000;
  static final int GLANCES_SPARED = 8;
  private static final String IN_USE = "55P03";
  // object_not_in_prerequisite_state
  private static final String NOT_SERVED = "55000";

  /// Of a database with all scripts; who adds one reads the new numbers from the test that holds them against the scripts.
  private static final MigrationHistory WHOLE_HISTORY = new MigrationHistory(20, 4_070_791_242L, 0);

  private final DatabaseSettings settings;
  private final PGSimpleDataSource source;
  private final Use use;
  private final DSLContext dialect = StoreDialect.context(PostgresDialect.INSTANCE);
  private final HikariDataSource readers;
  // all connections but one, which is left to those who read a few rows by key
  private final Semaphore scans;
  private final AtomicInteger glancesSpared = new AtomicInteger();
  private final LongAdder queries = new LongAdder();
  private final LongAdder reconnects = new LongAdder();
  private volatile @Nullable PostgresWatch watch;
  private Session writer;
  private Optional<Backend> backend = Optional.empty();

  /// What somebody opens it for.
  public enum Use {
    /// To look at it alone, beside whoever writes.
    READ,
    /// To write, beside others who do.
    WRITE,
    /// To write while nobody else does.
    WRITE_ALONE
  }

  private PostgresDatabase(DatabaseSettings settings, String password, Use use)
      throws SQLException {
    this.settings = settings;
    this.source = PostgresConnections.source(settings, password);
    this.use = use;
    this.writer = connected();
    try {
      requireUsable(writer);
      if (use != Use.READ) {
        // before anything is written
        DataFormat.require(writer);
        FoldFunctions.makeIn(writer);
      }
    } catch (SQLException | RuntimeException e) {
      writer.close();
      throw e;
    }
    this.readers = PostgresConnections.pool(settings, password);
    this.scans = new Semaphore(settings.readersMax() - 1, true);
  }

  /// @param password empty for none
  /// @throws UserMistake when the server is not one that Varve runs on
  public static PostgresDatabase open(DatabaseSettings settings, String password, Use use) {
    try {
      return new PostgresDatabase(settings, password, use);
    } catch (SQLException e) {
      if (IN_USE.equals(e.getSQLState())) {
        throw new StorageException(
            use == Use.WRITE_ALONE
                ? "The database is in use by other Varve processes: stop them first"
                : "The database is in use by a Varve process that needs it alone: wait until it has ended",
            e);
      }
      throw new StorageException(PostgresConnections.refusal(settings), e);
    }
  }

  private Session connected() throws SQLException {
    Session session =
        new Session(PostgresConnections.writer(source, settings), PostgresDialect.INSTANCE);
    if (use != Use.READ) {
      try {
        if (backend.isPresent()) {
          // it may not have heard that its connection is gone, and it holds what this one asks for
          backend.get().end(session);
        }
        UserLock.take(session, use == Use.WRITE_ALONE);
        if (backend.isPresent() && use == Use.WRITE) {
          requireNotMoved(session);
        }
        backend = Backend.of(session);
      } catch (SQLException e) {
        session.close();
        throw e;
      }
    }
    return session;
  }

  /// Without its connection, a process does not keep the data from being copied elsewhere: it must not write on here then.
  private static void requireNotMoved(Session session) throws SQLException {
    if (session.first("SELECT 1 FROM varve_copy", List.of(), row -> true).isPresent()) {
      throw new SQLException(
          "The data were copied elsewhere while this process had no connection, and are not written to here any more: stop it",
          NOT_SERVED);
    }
  }

  private static void requireUsable(Session session) throws SQLException {
    int version = setting(session, "server_version_num", Integer::parseInt);
    if (version < VERSION_MIN) {
      throw new UserMistake(
          List.of(
              "database.url names PostgreSQL %d, and Varve takes 15 or newer. Upgrade the server"
                  .formatted(version / 10_000)));
    }
    String encoding = setting(session, "server_encoding", text -> text);
    if (!encoding.equals("UTF8")) {
      throw new UserMistake(
          List.of(
              "database.url names a database in %s, and texts are UTF-8. Make it with: createdb --encoding UTF8 --template template0"
                  .formatted(encoding)));
    }
  }

  private static <T> T setting(
      Session session, String name, java.util.function.Function<String, T> reader)
      throws SQLException {
    return session
        .first("SELECT current_setting(?)", List.of(name), row -> reader.apply(row.getString(1)))
        .orElseThrow();
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
    try {
      // first: it may hold what the next one asks for
      writer.close();
    } catch (SQLException e) {
      LOG.debug("Closing the writer's connection failed", e);
    }
    writer = connected();
    reconnects.increment();
    // they may lead to a server that was given up for another one, where nothing new is to be seen
    ((PersistentSource) readers.getDataSource()).renew();
    readers.getHikariPoolMXBean().softEvictConnections();
    PostgresWatch before = watch;
    if (before != null) {
      before.close();
    }
  }

  @Override
  public DatabaseWatch watch() throws SQLException {
    Session session = new Session(PostgresConnections.watching(source), PostgresDialect.INSTANCE);
    try {
      PostgresWatch opened = new PostgresWatch(session);
      if (watch != null) {
        reconnects.increment();
      }
      watch = opened;
      return opened;
    } catch (SQLException e) {
      session.close();
      throw e;
    }
  }

  @Override
  public DataSource source() {
    return source;
  }

  @Override
  public List<String> migrations() {
    return List.of("dev/varve/store/sql/postgresql/migration");
  }

  @Override
  public MigrationHistory wholeHistory() {
    return WHOLE_HISTORY;
  }

  @Override
  public <T extends @Nullable Object> T read(Work<T> work) {
    try (Session session = new Session(readers.getConnection(), PostgresDialect.INSTANCE)) {
      session.trace(Span.current());
      try {
        return work.run(session);
      } finally {
        queries.add(session.queries());
      }
    } catch (SQLException e) {
      throw new StorageException("Reading failed", e);
    }
  }

  @Override
  public <T extends @Nullable Object> T beside(Work<T> work) {
    return read(session -> {
      // set back when the connection is given back
      session.connection().setReadOnly(false);
      return work.run(session);
    });
  }

  @Override
  public <T extends @Nullable Object> T lookup(Work<T> work) {
    return inTransaction(work, () -> {});
  }

  @Override
  public <T extends @Nullable Object> T snapshot(Work<T> work) {
    beginScan();
    return inTransaction(work, scans::release);
  }

  /// Statements that are sent as one are a transaction to PostgreSQL, with the isolation of the connection: without BEGIN and
  /// ROLLBACK a list costs it a third less. One that has to begin anew costs a query more, so that the next are not tried.
  @Override
  public <T extends @Nullable Object> T glance(Work<T> work) {
    if (!PostgresConnections.sendsAsOne(source)
        || glancesSpared.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      return snapshot(work);
    }
    beginScan();
    boolean again = false;
    try {
      return read(session -> {
        session.beginOneQuery();
        return work.run(session);
      });
    } catch (Session.NotOneQuery e) {
      again = true;
      if (e.wasAsked()) {
        glancesSpared.set(GLANCES_SPARED);
      }
    } finally {
      if (!again) {
        scans.release();
      }
    }
    return inTransaction(work, scans::release);
  }

  private void beginScan() {
    try {
      if (!scans.tryAcquire(settings.connectTime().toMillis(), TimeUnit.MILLISECONDS)) {
        throw new StorageException(
            "Reading failed", new SQLTransientConnectionException("All connections are in use"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException("A read was interrupted", new SQLException("interrupted", e));
    }
  }

  /// What was read is right before the transaction has ended, and nobody waits for that.
  ///
  /// @param then is run once the connection is given back
  private <T extends @Nullable Object> T inTransaction(Work<T> work, Runnable then) {
    Session session;
    try {
      session = new Session(readers.getConnection(), PostgresDialect.INSTANCE);
    } catch (SQLException e) {
      then.run();
      throw new StorageException("Reading failed", e);
    } catch (RuntimeException | Error e) {
      then.run();
      throw e;
    }
    try {
      session.trace(Span.current());
      session.beginReading();
      return work.run(session);
    } catch (SQLException e) {
      throw new StorageException("Reading failed", e);
    } finally {
      queries.add(session.queries());
      session.trace(null);
      endBeside(session, then);
    }
  }

  private static void endBeside(Session session, Runnable then) {
    try {
      Thread.ofVirtual().name("varve-read-end").start(() -> end(session, then));
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.warn("A connection is given back by who waits for it, as no thread can be started", e);
      end(session, then);
    }
  }

  private static void end(Session session, Runnable then) {
    try (session) {
      session.rollback();
    } catch (SQLException e) {
      LOG.debug("A connection could not be given back as it was", e);
    } finally {
      then.run();
    }
  }

  @Override
  public int readsWaiting() {
    return scans.getQueueLength() + readers.getHikariPoolMXBean().getThreadsAwaitingConnection();
  }

  @Override
  public long reconnects() {
    return reconnects.sum();
  }

  @Override
  public long queries() {
    return queries.sum();
  }

  @Override
  public void close() {
    readers.close();
    try {
      writer.close();
    } catch (SQLException e) {
      LOG.warn("Closing the database failed", e);
    }
  }
}
