package dev.varve.store.state;

import dev.varve.kernel.Pauses;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.Indexing;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.StoreDialect;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the indexes that a schema asks for and its tables do not have, while everybody reads and writes on.
///
/// What is missing is found by looking, not noted anywhere: so it does not matter who has altered the tables, nor how often the
/// making was broken off. Of all nodes one makes them, and where that one ends another goes on. Until an index is whole, queries do
/// without it.
public final class IndexBuild implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IndexBuild.class);
  // while another node makes them, or a schema is about to change
  private static final Duration WAIT = Duration.ofSeconds(1);
  // what failed for a full disk fails for a while
  private static final Duration RETRY_MAX = Duration.ofMinutes(1);

  private final Database database;
  private final Indexing indexing;
  private final AppliedSchema schema;
  private final Pauses pauses = new Pauses();
  private final Thread thread;
  // by its own thread alone, until the next start
  private final Set<String> impossible = new HashSet<>();
  private volatile List<String> missing = List.of();
  private volatile @Nullable Session session;

  private IndexBuild(Database database, Indexing indexing, AppliedSchema schema) {
    this.database = database;
    this.indexing = indexing;
    this.schema = schema;
    this.thread = Thread.ofPlatform().daemon().name("varve-indexes").unstarted(this::run);
  }

  /// Begins, where whoever alters tables leaves indexes to it.
  public static Optional<IndexBuild> start(Database database, AppliedSchema schema) {
    return StoreDialect.of(database.dialect().configuration())
        .indexing()
        .map(indexing -> {
          IndexBuild build = new IndexBuild(database, indexing, schema);
          build.thread.start();
          return build;
        });
  }

  /// Makes what is missing before it returns.
  public static void finish(Database database, AppliedSchema schema) {
    start(database, schema).ifPresent(build -> build.await());
  }

  /// Whether an index of a table that has rows is left to this.
  static boolean makes(StoreDialect words, Tables.NamedIndex index) {
    return !index.unique() && words.indexing().isPresent();
  }

  /// The indexes that the tables lack, by model and fields; none where they are made with the tables.
  public static List<String> missing(Database database) {
    Optional<Indexing> indexing = StoreDialect.of(database.dialect().configuration()).indexing();
    return indexing.isEmpty()
        ? List.of()
        : database.read(session -> {
          List<Schema> versions = AppliedSchema.versions(session);
          return versions.isEmpty()
              ? List.of()
              : names(missing(database, session, indexing.get(), versions.getLast()));
        });
  }

  private static List<Tables.NamedIndex> missing(
      Database database, Session session, Indexing indexing, Schema schema) throws SQLException {
    Set<String> whole = indexing.whole(session);
    Tables tables = new Tables(database.dialect());
    List<Tables.NamedIndex> missing = new ArrayList<>();
    for (Model model : schema.models()) {
      for (Tables.NamedIndex index : tables.indexes(model).values()) {
        if (makes(session.dialect(), index) && !whole.contains(index.name())) {
          missing.add(index);
        }
      }
    }
    return missing;
  }

  private static List<String> names(List<Tables.NamedIndex> indexes) {
    return indexes.stream().map(IndexBuild::name).distinct().toList();
  }

  private static String name(Tables.NamedIndex index) {
    return "%s by %s".formatted(index.model().name(), index.index().description());
  }

  /// What was missing at the last look, by model and fields.
  public List<String> missing() {
    return missing;
  }

  private void run() {
    if (isWhole()) {
      return;
    }
    Duration pause = WAIT;
    while (pauses.goOn()) {
      try (Session opened = indexing.open(database.source())) {
        session = opened;
        while (pauses.goOn() && !isDone(opened)) {
          pauses.pause(WAIT);
          pause = WAIT;
        }
        return;
      } catch (SQLException | RuntimeException e) {
        if (pauses.goOn()) {
          tell(e);
          pauses.pause(pause);
          Duration next = pause.multipliedBy(2);
          pause = next.compareTo(RETRY_MAX) < 0 ? next : RETRY_MAX;
        }
      } finally {
        session = null;
      }
    }
  }

  private void tell(Exception failure) {
    if (failure instanceof SQLException broken && indexing.isInterrupted(broken)) {
      LOG.info("The making of an index was broken off, as its table is about to be altered");
    } else {
      LOG.warn("An index could not be made; it is tried again", failure);
    }
  }

  /// Looks, and makes what is missing if nobody else does.
  ///
  /// @return whether nothing is left to do here
  private boolean isDone(Session session) throws SQLException {
    if (isWhole(session)) {
      return true;
    }
    if (!indexing.begin(session)) {
      return false;
    }
    try {
      // another node may just have made some
      for (Tables.NamedIndex index : look(session)) {
        makeIfPossible(session, index);
      }
      return look(session).isEmpty();
    } finally {
      indexing.end(session);
    }
  }

  /// Whether nothing is left to do, seen over a connection that there is already: that is so nearly always.
  private boolean isWhole() {
    try {
      return database.<Boolean>read(this::isWhole);
    } catch (RuntimeException e) {
      LOG.debug("Indexes could not be looked for, which is tried again", e);
      return false;
    }
  }

  private boolean isWhole(Session session) throws SQLException {
    if (SchemaVersions.newest(session) != schema.version()) {
      // whoever serves the newer one sees to its indexes
      missing = List.of();
      return true;
    }
    return look(session).isEmpty();
  }

  /// What can be made.
  private List<Tables.NamedIndex> look(Session session) throws SQLException {
    List<Tables.NamedIndex> found = missing(database, session, indexing, schema.schema());
    missing = names(found);
    return found.stream().filter(index -> !impossible.contains(index.name())).toList();
  }

  /// One that cannot be made keeps no other from being made. Queries do without it.
  private void makeIfPossible(Session session, Tables.NamedIndex index) throws SQLException {
    try {
      make(session, index);
    } catch (SQLException e) {
      if (!indexing.isTooLong(e)) {
        throw e;
      }
      impossible.add(index.name());
      indexing.drop(session, index.name());
      LOG.error(
          "{}: the index {} cannot be made, as texts of stored records or of their earlier versions are too long for it: {}",
          name(index),
          index.name(),
          e.getMessage());
    }
  }

  private void make(Session session, Tables.NamedIndex index) throws SQLException {
    if (session.dialect().indexes(session).contains(index.name())) {
      LOG.info("{}: the making of the index {} was broken off", name(index), index.name());
      indexing.drop(session, index.name());
    }
    LOG.info("{}: the index {} is made beside those who write", name(index), index.name());
    long start = System.nanoTime();
    indexing.make(session, index.sql());
    LOG.info(
        "{}: the index {} is ready after {} s",
        name(index),
        index.name(),
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
  }

  private void await() {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
    }
  }

  /// Waits for nothing: what the database is making, it goes on with, and another node looks whether it came to an end.
  @Override
  public void close() {
    pauses.close();
    Session open = session;
    if (open != null) {
      try {
        open.connection().abort(Runnable::run);
      } catch (SQLException e) {
        LOG.debug("Closing the connection that makes indexes failed", e);
      }
    }
    await();
  }
}
