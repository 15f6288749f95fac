package dev.varve.store.sql;

import dev.varve.kernel.Folding;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.DataType;
import org.jooq.Field;
import org.jooq.OrderField;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jspecify.annotations.Nullable;

/// What one kind of database does in a way of its own. Everything else is SQL that all of them take, or that jOOQ writes for
/// each.
public interface StoreDialect {
  /// Its name in the conventions of OpenTelemetry.
  String system();

  /// Whose SQL jOOQ writes.
  SQLDialect family();

  /// Whether other processes may write to the database too.
  boolean isShared();

  /// Asks the server of a session for its name, as [Session#server] has it.
  String server(Session session) throws SQLException;

  // transactions

  /// Begins a transaction that reads one state of the database throughout.
  void beginReading(Session session) throws SQLException;

  /// Begins a transaction of the writer, as soon as nobody else writes.
  void beginWriting(Session session) throws SQLException;

  void commit(Session session) throws SQLException;

  void rollback(Session session) throws SQLException;

  /// Bounds how long the transaction of a writer waits for a table that others use: whoever asks for it next waits behind.
  void hurry(Session session) throws SQLException;

  /// Runs what may take the database as long as it likes, such as making tables anew.
  <T> T unhurried(Session session, Database.Work<T> work) throws SQLException;

  /// How many rows are asked for at a time by whoever may not want all; 0 where rows come one by one anyway.
  int fetchRows();

  /// Begins a transaction as [#beginWriting] does, and reads the rows of a query in it.
  <T> List<T> beginWriting(
      Session session,
      String sql,
      List<? extends @Nullable Object> binds,
      Session.RowReader<T> reader)
      throws SQLException;

  /// Whether a text of several queries goes to the database as one, and is answered so.
  boolean answersSeveral();

  /// Whether many rows go to the database as an array for each column, in one statement, together with others.
  boolean takesArrays();

  /// The query for the time that it is, in microseconds since 1970.
  String selectClock();

  // the log

  /// The query for the end of the log: position, instant in microseconds and hash.
  String selectHead();

  /// The query of whoever holds the writer's lock: the end of the log as [#selectHead] has it, the number of the newest schema, the
  /// instant in microseconds up to which no unit may be written any more, and the least [DataFormat] of a program that may write; then
  /// the epoch of the log, how many ends of it are lost, and the server that it was written on last.
  ///
  /// Where others write too it has a parameter and more columns: the first rows of the log behind that position, if there are any,
  /// each with all of this before it.
  String selectWriterState();

  /// The query for the end of the log as it was noted last, which a log that was cut does not reach.
  String selectNotedHead();

  /// The statement that notes the end of the log, never before one that was noted already: position, instant in microseconds, hash,
  /// and the position again.
  String noteHead();

  /// How long a note may wait for the next one: zero when it goes with every group.
  Duration headNotedEvery();

  /// Makes room in the log for the positions that come next. Called as often as the end is noted, in the same transaction.
  void makeRoom(Session session, long position) throws SQLException;

  // tables

  /// The DDL of a table whose rows change and are found by their primary key.
  String table(String createTable);

  /// The type of a column in DDL.
  DataType<?> columnType(DataType<?> type);

  /// A column of an index.
  ///
  /// @param nullable whether records may lack the value: lists have those first
  OrderField<?> indexed(Field<?> column, boolean nullable);

  /// Whether indexes of the history have the end of each version, so that versions of other moments are passed over in the index.
  boolean indexesEnds();

  /// The names of all tables.
  List<String> tables(Session session) throws SQLException;

  /// The names of all columns of a table.
  List<String> columns(Session session, String table) throws SQLException;

  /// The columns of one of Varve's own tables, in their order; none where there is no such table.
  List<OwnColumn> ownColumns(Session session, String table) throws SQLException;

  /// How many columns of Varve's own tables are not yet as what follows the scripts makes them: a start may have been broken off
  /// in between.
  int unfinishedColumns(Session session) throws SQLException;

  /// The names of all indexes, those that are not whole too.
  List<String> indexes(Session session) throws SQLException;

  /// How indexes are made on tables that are written to meanwhile; empty where whoever alters tables makes them.
  Optional<Indexing> indexing();

  /// Whether a column that is added with a value has it in all rows without writing them anew.
  boolean addsColumnsFilled();

  /// Has the database look at what its tables hold, after many rows have come at once: plans of queries would be those for empty
  /// tables.
  void lookOver(Session session) throws SQLException;

  /// Whether a statement failed because rows would not be unique.
  boolean isConstraintViolation(SQLException e);

  /// Whether a statement failed because somebody else has for too long what it needs: later it may do.
  boolean isBusy(SQLException e);

  /// Whether a statement failed because its connection leads nowhere any more: over another one it may do.
  boolean isLost(SQLException e);

  /// What the database finds wrong with its own files, at most `limit` lines; none where it has no means to look.
  List<String> damage(Session session, int limit) throws SQLException;

  // JSON and text in SQL

  /// A member of a value that is kept as JSON text, as that type: a text without its quotes, a list or value as JSON text. Null
  /// when one on the way is absent.
  ///
  /// @param members the names on the way into the value; not empty
  Field<?> member(Field<?> json, List<String> members, DataType<?> type);

  /// How many elements a list has that is kept as JSON text.
  Field<Integer> elementCount(Field<String> list);

  /// The elements of a list that is kept as JSON text, one a row. Each is read by [#element].
  Table<?> elements(Field<String> list, String alias);

  /// The element of the row of [#elements].
  Field<?> element(String alias, DataType<?> type);

  /// Seconds since 1970-01-01T00:00:00Z of `2026-03-01T12:00:00`.
  Field<Long> epochSeconds(Field<String> dateTime);

  /// A text folded as [Folding#fold] folds it.
  ///
  /// @param folding not EXACT
  Field<String> folded(Field<?> text, Folding folding);

  /// Makes the text of queries in a dialect. It has no connection.
  static DSLContext context(StoreDialect dialect) {
    return JooqContext.of(dialect);
  }

  /// The dialect in which a text is made.
  static StoreDialect of(Configuration configuration) {
    return (StoreDialect)
        Objects.requireNonNull(
            configuration.data(StoreDialect.class), "Queries are made with Database.dialect()");
  }
}
