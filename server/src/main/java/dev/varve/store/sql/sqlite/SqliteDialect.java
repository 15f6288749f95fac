package dev.varve.store.sql.sqlite;

import dev.varve.kernel.Folding;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.Indexing;
import dev.varve.store.sql.OwnColumn;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.StoreDialect;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jooq.DataType;
import org.jooq.Field;
import org.jooq.OrderField;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;

/// What SQLite says in its own words.
public final class SqliteDialect implements StoreDialect {
  public static final SqliteDialect INSTANCE = new SqliteDialect();

  private static final String SELECT_HEAD =
      "SELECT position, at, hash FROM varve_head WHERE id = 1";

  private SqliteDialect() {}

  @Override
  public String system() {
    return "sqlite";
  }

  @Override
  public SQLDialect family() {
    return SQLDialect.SQLITE;
  }

  @Override
  public boolean isShared() {
    return false;
  }

  /// There is none.
  @Override
  public String server(Session session) {
    return "";
  }

  @Override
  public void beginReading(Session session) throws SQLException {
    session.transaction("BEGIN");
  }

  @Override
  public void beginWriting(Session session) throws SQLException {
    session.transaction("BEGIN IMMEDIATE");
  }

  @Override
  public <T> List<T> beginWriting(
      Session session,
      String sql,
      List<? extends @Nullable Object> binds,
      Session.RowReader<T> reader)
      throws SQLException {
    beginWriting(session);
    try {
      return session.list(sql, binds, reader);
    } catch (SQLException | RuntimeException e) {
      session.rollback(e);
      throw e;
    }
  }

  @Override
  public void commit(Session session) throws SQLException {
    session.transaction("COMMIT");
  }

  @Override
  public void rollback(Session session) throws SQLException {
    session.transaction("ROLLBACK");
  }

  /// Nobody has to wait for those who read.
  @Override
  public void hurry(Session session) {
    // there is nothing to do
  }

  @Override
  public <T> T unhurried(Session session, Database.Work<T> work) throws SQLException {
    return work.run(session);
  }

  @Override
  public boolean answersSeveral() {
    return false;
  }

  @Override
  public boolean takesArrays() {
    return false;
  }

  @Override
  public int fetchRows() {
    return 0;
  }

  @Override
  public String selectClock() {
    return "SELECT CAST(unixepoch('subsec') * 1000000 AS INTEGER)";
  }

  @Override
  public String selectHead() {
    return SELECT_HEAD;
  }

  @Override
  public String selectWriterState() {
    return "SELECT position, at, hash, (SELECT COALESCE(MAX(version), 0) FROM varve_schema), 0, format_min, 1, 0, NULL"
        + " FROM varve_head WHERE id = 1";
  }

  @Override
  public String selectNotedHead() {
    return SELECT_HEAD;
  }

  @Override
  public String noteHead() {
    return "UPDATE varve_head SET position = ?, at = ?, hash = ? WHERE id = 1 AND position <= ?";
  }

  @Override
  public Duration headNotedEvery() {
    return Duration.ZERO;
  }

  @Override
  public void makeRoom(Session session, long position) {
    // there is always room
  }

  /// Rows lie in the order of the key: one tree to write instead of two.
  @Override
  public String table(String createTable) {
    return createTable + " WITHOUT ROWID";
  }

  @Override
  public DataType<?> columnType(DataType<?> type) {
    return type;
  }

  /// Absent values are the smallest here.
  @Override
  public OrderField<?> indexed(Field<?> column, boolean nullable) {
    return column;
  }

  @Override
  public boolean indexesEnds() {
    return true;
  }

  @Override
  public List<String> tables(Session session) throws SQLException {
    return session.list(
        "SELECT name FROM sqlite_master WHERE type = 'table'", List.of(), row -> row.getString(1));
  }

  @Override
  public List<String> columns(Session session, String table) throws SQLException {
    return session.list(
        "SELECT name FROM pragma_table_info(?)", List.of(table), row -> row.getString(1));
  }

  /// Nothing follows the scripts.
  @Override
  public int unfinishedColumns(Session session) {
    return 0;
  }

  @Override
  public List<OwnColumn> ownColumns(Session session, String table) throws SQLException {
    return session.list(
        "SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid",
        List.of(table),
        row -> OwnColumn.of(row.getString(1), row.getString(2), row.getInt(3)));
  }

  @Override
  public List<String> indexes(Session session) throws SQLException {
    return session.list(
        "SELECT name FROM sqlite_master WHERE type = 'index'", List.of(), row -> row.getString(1));
  }

  /// One process writes, and waits for itself.
  @Override
  public Optional<Indexing> indexing() {
    return Optional.empty();
  }

  /// It cannot take the value away from the column again.
  @Override
  public boolean addsColumnsFilled() {
    return false;
  }

  /// Its plans follow from the indexes alone, and stay as they were tested.
  @Override
  public void lookOver(Session session) {
    // there is nothing to do
  }

  @Override
  public boolean isConstraintViolation(SQLException e) {
    return (e.getErrorCode() & 0xff) == SQLiteErrorCode.SQLITE_CONSTRAINT.code;
  }

  /// The one process has it.
  @Override
  public boolean isBusy(SQLException e) {
    return false;
  }

  /// There is no way to the file that could be cut.
  @Override
  public boolean isLost(SQLException e) {
    return false;
  }

  /// Pages that are no part of a table, rows out of order, indexes that do not fit their table.
  @Override
  public List<String> damage(Session session, int limit) throws SQLException {
    List<String> lines =
        session.list(
            "PRAGMA integrity_check(%d)".formatted(limit), List.of(), row -> row.getString(1));
    return lines.equals(List.of("ok")) ? List.of() : lines;
  }

  @Override
  public Field<?> member(Field<?> json, List<String> members, DataType<?> type) {
    // from the schema, not from a caller: inlined, so that an index on it can be found
    String path =
        members.stream()
            .map(member -> "\"" + member + "\"")
            .collect(Collectors.joining(".", "$.", ""));
    return DSL.function("json_extract", type, json, DSL.inline(path));
  }

  @Override
  public Field<Integer> elementCount(Field<String> list) {
    return DSL.function("json_array_length", SQLDataType.INTEGER, list);
  }

  @Override
  public Table<?> elements(Field<String> list, String alias) {
    return DSL.table("json_each({0})", list).as(DSL.name(alias));
  }

  @Override
  public Field<?> element(String alias, DataType<?> type) {
    return DSL.field(DSL.name(alias, "value"), type);
  }

  @Override
  public Field<Long> epochSeconds(Field<String> dateTime) {
    return DSL.function("unixepoch", SQLDataType.BIGINT, dateTime);
  }

  /// By the same code that folds it in memory.
  @Override
  public Field<String> folded(Field<?> text, Folding folding) {
    return DSL.function(FoldFunction.name(folding), SQLDataType.CLOB, text);
  }
}
