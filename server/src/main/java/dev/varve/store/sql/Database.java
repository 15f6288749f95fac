package dev.varve.store.sql;

import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/// The database of an application: one session for the writer, and several for those who read.
public interface Database extends AutoCloseable {
  /// Work on one session that gives a value.
  @FunctionalInterface
  interface Work<T extends @Nullable Object> {
    T run(Session session) throws SQLException;
  }

  /// Makes the text of queries in the dialect of this database. It has no connection.
  DSLContext dialect();

  /// The session of the one thread that writes.
  Session writer();

  /// Gives the writer a new connection, after an error that left the old one in doubt. Called by the
  /// writer thread alone.
  ///
  /// @throws SQLException when there is none to be had; then the writer has none that works
  void renewWriter() throws SQLException;

  /// The source of connections, for the migration of Varve's own tables.
  DataSource source();

  /// The folders of the class path with the scripts that make Varve's own tables here, beside those for every database.
  List<String> migrations();

  /// What the database notes when all of them have run, and there is nothing to look at.
  MigrationHistory wholeHistory();

  /// Whether other processes may write to it too.
  default boolean isShared() {
    return StoreDialect.of(dialect().configuration()).isShared();
  }

  /// Opens a connection that hears of what other processes commit. Only where the database [#isShared].
  DatabaseWatch watch() throws SQLException;

  /// Runs work that reads a few rows by key, and waits for it.
  <T extends @Nullable Object> T read(Work<T> work);

  /// Runs work that reads a few rows by key, several times, and has to see one state of the database throughout.
  <T extends @Nullable Object> T lookup(Work<T> work);

  /// Runs work that may go through many rows, and has to see one state of the database throughout. One connection is left to
  /// [#read] and [#lookup].
  <T extends @Nullable Object> T snapshot(Work<T> work);

  /// The same for work that one query is mostly enough for: where that is cheaper than a transaction, it is begun without one, and
  /// begun anew with one when another query comes.
  default <T extends @Nullable Object> T glance(Work<T> work) {
    return snapshot(work);
  }

  /// Writes a row or two beside the writer, each statement a transaction of its own: what nothing the writer does depends on. A
  /// crash of the database may forget those of the last moment. Only where the database [#isShared].
  <T extends @Nullable Object> T beside(Work<T> work);

  /// How many reads wait for a connection.
  int readsWaiting();

  /// How often a connection was made in the place of one that was lost.
  default long reconnects() {
    return 0;
  }

  /// How many queries those who read have run.
  long queries();

  @Override
  void close();
}
