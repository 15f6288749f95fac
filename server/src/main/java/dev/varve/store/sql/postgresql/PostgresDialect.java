package dev.varve.store.sql.postgresql;

import dev.varve.kernel.Folding;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.Indexing;
import dev.varve.store.sql.OwnColumn;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.StoreDialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
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

/// What PostgreSQL says in its own words.
public final class PostgresDialect implements StoreDialect {
  public static final PostgresDialect INSTANCE = new PostgresDialect();

  // of SQL:2016, part 2, table 38, and PostgreSQL's own: unique_violation
  private static final String UNIQUE_VIOLATION = "23505";
  // of the list of PostgreSQL's error codes: connection exceptions; ended by an administrator,
  // after a crash, not ready yet, idle
  // for too long outside of a transaction or within; and a server that is a standby now
  private static final List<String> LOST =
      List.of("08", "57P01", "57P02", "57P03", "57P05", "25P03", "25006");
  // what is said beside a statement that went well, and is no warning
  private static final String NOTICE = "00000";
  // lock_not_available, deadlock_detected
  private static final List<String> BUSY = List.of("55P03", "40P01");
  private static final String JSON = "::json";

  /// The cluster, and its timeline: a standby that is promoted begins a new one, and so does a cluster that is restored from an archive.
  private static final String SELECT_SERVER =
      "SELECT (SELECT system_identifier FROM pg_control_system())::text || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8)";

  private PostgresDialect() {}

  @Override
  public String system() {
    return "postgresql";
  }

  @Override
  public SQLDialect family() {
    return SQLDialect.POSTGRES;
  }

  @Override
  public boolean isShared() {
    return true;
  }

  /// What is served as if it were PostgreSQL may know nothing of that, or not tell it to anybody.
  @Override
  public String server(Session session) throws SQLException {
    try {
      return session.first(SELECT_SERVER, List.of(), row -> row.getString(1)).orElse("");
    } catch (SQLException e) {
      if (isLost(e)) {
        throw e;
      }
      return "";
    }
  }

  /// The connections of those who read have REPEATABLE READ, READ ONLY as theirs, which hold within a transaction. Without
  /// autocommit the driver sends BEGIN with the first statement, and reads rows as they are asked for.
  @Override
  public void beginReading(Session session) throws SQLException {
    session.connection().setAutoCommit(false);
  }

  /// READ COMMITTED: what follows the wait for the row sees what others have committed meanwhile.
  @Override
  public void beginWriting(Session session) throws SQLException {
    session.connection().setAutoCommit(false);
    try {
      session.transaction(WriterLock.SQL);
    } catch (SQLException e) {
      session.rollback(e);
      throw e;
    }
  }

  @Override
  public <T> List<T> beginWriting(
      Session session,
      String sql,
      List<? extends @Nullable Object> binds,
      Session.RowReader<T> reader)
      throws SQLException {
    session.connection().setAutoCommit(false);
    try {
      return session.listBehind(WriterLock.SQL, WriterLock.RESULTS, sql, binds, reader);
    } catch (SQLException | RuntimeException e) {
      session.rollback(e);
      throw e;
    }
  }

  /// A commit that no synchronous standby has confirmed goes well, with a warning.
  @Override
  public void commit(Session session) throws SQLException {
    SQLWarning said = session.runBehindRows("COMMIT");
    session.connection().setAutoCommit(true);
    for (SQLWarning warning = said; warning != null; warning = warning.getNextWarning()) {
      if (!NOTICE.equals(warning.getSQLState())) {
        throw new SQLException(
            "The commit came with a warning: " + warning.getMessage(),
            warning.getSQLState(),
            warning);
      }
    }
  }

  /// One that was committed already has nothing to take back.
  @Override
  public void rollback(Session session) throws SQLException {
    if (session.connection().getAutoCommit()) {
      return;
    }
    session.run("ROLLBACK", session.connection()::rollback);
    session.connection().setAutoCommit(true);
  }

  @Override
  public void hurry(Session session) throws SQLException {
    session.execute("SET LOCAL lock_timeout = '%ds'".formatted(WriterLock.TABLE_SECONDS));
  }

  /// The server is waited for without a bound meanwhile.
  @Override
  public <T> T unhurried(Session session, Database.Work<T> work) throws SQLException {
    Connection connection = session.connection();
    int boundMillis = connection.getNetworkTimeout();
    connection.setNetworkTimeout(Runnable::run, 0);
    try {
      return work.run(session);
    } finally {
      if (!connection.isClosed()) {
        connection.setNetworkTimeout(Runnable::run, boundMillis);
      }
    }
  }

  @Override
  public boolean answersSeveral() {
    return true;
  }

  @Override
  public boolean takesArrays() {
    return true;
  }

  /// So many as a page has by default, and the one more that tells whether there is another.
  @Override
  public int fetchRows() {
    return 32;
  }

  @Override
  public String selectClock() {
    return "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
  }

  @Override
  public String selectHead() {
    return "SELECT position, at, hash FROM ("
        + "(SELECT position, at, hash FROM varve_log ORDER BY position DESC LIMIT 1)"
        + " UNION ALL SELECT 0, 0, decode(repeat('00', 32), 'hex')"
        + ") AS ends ORDER BY position DESC LIMIT 1";
  }

  /// As many rows as the group of another node has by default, and those that come after so many bytes later.
  @Override
  public String selectWriterState() {
    return "SELECT e.position, e.at, e.hash, (SELECT COALESCE(MAX(version), 0) FROM varve_schema), h.floor, h.format_min,"
        + " (SELECT COALESCE(MAX(epoch), 1) FROM varve_epoch), (SELECT COUNT(*) FROM varve_lost),"
        + " (SELECT server FROM varve_server ORDER BY seq DESC LIMIT 1),"
        + " l.position, l.at, l.actor, l.request_id, l.schema_version, l.events, l.hash"
        + " FROM ("
        + selectHead()
        + ") AS e CROSS JOIN varve_head AS h LEFT JOIN"
        + " (SELECT *, sum(octet_length(events)) OVER (ORDER BY position) - octet_length(events) AS before FROM"
        + " (SELECT * FROM varve_log WHERE position > ? ORDER BY position LIMIT 64) AS next) AS l ON l.before < 1048576"
        + " ORDER BY l.position";
  }

  @Override
  public String selectNotedHead() {
    return "SELECT position, at, hash FROM varve_checkpoint WHERE id = 1";
  }

  @Override
  public String noteHead() {
    return "UPDATE varve_checkpoint SET position = ?, at = ?, hash = ? WHERE id = 1 AND position <= ?";
  }

  /// With every group it would cost a round trip more while others wait.
  @Override
  public Duration headNotedEvery() {
    return Duration.ofSeconds(1);
  }

  @Override
  public void makeRoom(Session session, long position) throws SQLException {
    LogPartitions.makeRoom(session, position);
  }

  /// Leaves room beside rows, so that a new version of one needs no new index entries when no indexed column has changed.
  @Override
  public String table(String createTable) {
    return createTable + " WITH (fillfactor = 85)";
  }

  /// Texts are in the order of their code points, whatever the order of the database: as in memory, and as cursors have it.
  @Override
  public DataType<?> columnType(DataType<?> type) {
    return SQLDataType.CLOB.equals(type.getSQLDataType())
        ? SQLDataType.CLOB.collation(DSL.collation("C"))
        : type;
  }

  @Override
  public OrderField<?> indexed(Field<?> column, boolean nullable) {
    return nullable ? column.asc().nullsFirst() : column;
  }

  /// Closing a version would write each of its index entries anew.
  @Override
  public boolean indexesEnds() {
    return false;
  }

  @Override
  public List<String> tables(Session session) throws SQLException {
    return session.list(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
        List.of(),
        row -> row.getString(1));
  }

  @Override
  public List<String> columns(Session session, String table) throws SQLException {
    return session.list(
        "SELECT column_name FROM information_schema.columns"
            + " WHERE table_schema = current_schema() AND table_name = ?",
        List.of(table),
        row -> row.getString(1));
  }

  /// What `afterMigrate.sql` gives the order of code points.
  @Override
  public int unfinishedColumns(Session session) throws SQLException {
    return session
        .first(
            "SELECT count(*) FROM pg_attribute AS a JOIN pg_class AS t ON t.oid = a.attrelid"
                + " WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind IN ('r', 'p')"
                + " AND t.relname LIKE 'varve\\_%' AND t.relname NOT LIKE 'varve\\_log\\__%' AND t.relname <> 'varve_migrations'"
                + " AND a.atttypid = 'text'::regtype AND NOT a.attisdropped AND a.attcollation <> 'pg_catalog.\"C\"'::regcollation",
            List.of(), row -> row.getInt(1))
        .orElseThrow();
  }

  @Override
  public List<OwnColumn> ownColumns(Session session, String table) throws SQLException {
    return session.list(
        "SELECT c.column_name, c.data_type, coalesce(k.ordinal_position, 0)"
            + " FROM information_schema.columns AS c"
            + " LEFT JOIN information_schema.table_constraints AS p"
            + " ON p.table_schema = c.table_schema AND p.table_name = c.table_name"
            + " AND p.constraint_type = 'PRIMARY KEY'"
            + " LEFT JOIN information_schema.key_column_usage AS k"
            + " ON k.constraint_schema = p.constraint_schema AND k.constraint_name = p.constraint_name"
            + " AND k.table_name = c.table_name AND k.column_name = c.column_name"
            + " WHERE c.table_schema = current_schema() AND c.table_name = ?"
            + " ORDER BY c.ordinal_position",
        List.of(table),
        row -> OwnColumn.of(row.getString(1), row.getString(2), row.getInt(3)));
  }

  @Override
  public List<String> indexes(Session session) throws SQLException {
    return session.list(
        "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()",
        List.of(),
        row -> row.getString(1));
  }

  @Override
  public Optional<Indexing> indexing() {
    return Optional.of(PostgresIndexing.INSTANCE);
  }

  @Override
  public boolean addsColumnsFilled() {
    return true;
  }

  /// It does so by itself, some minutes later.
  @Override
  public void lookOver(Session session) throws SQLException {
    session.execute("ANALYZE");
  }

  @Override
  public boolean isConstraintViolation(SQLException e) {
    return UNIQUE_VIOLATION.equals(e.getSQLState());
  }

  @Override
  public boolean isBusy(SQLException e) {
    return BUSY.contains(String.valueOf(e.getSQLState()));
  }

  @Override
  public boolean isLost(SQLException e) {
    String state = e.getSQLState();
    return state != null && LOST.stream().anyMatch(state::startsWith);
  }

  /// Its own means to look are an extension (amcheck), which is not everywhere.
  @Override
  public List<String> damage(Session session, int limit) {
    return List.of();
  }

  @Override
  public Field<?> member(Field<?> json, List<String> members, DataType<?> type) {
    String path = members.stream().collect(Collectors.joining(",", "{", "}"));
    return read(
        DSL.field("({0}" + JSON + " #>> {1})", SQLDataType.CLOB, json, DSL.inline(path)), type);
  }

  /// The text of a JSON value as a column of that type has it.
  private static Field<?> read(Field<String> text, DataType<?> type) {
    return SQLDataType.CLOB.equals(type.getSQLDataType())
        ? DSL.field("({0} COLLATE \"C\")", SQLDataType.CLOB, text)
        : text.cast(type);
  }

  @Override
  public Field<Integer> elementCount(Field<String> list) {
    return DSL.field("json_array_length({0}" + JSON + ")", SQLDataType.INTEGER, list);
  }

  @Override
  public Table<?> elements(Field<String> list, String alias) {
    return DSL.table("json_array_elements_text({0}" + JSON + ")", list)
        .as(DSL.name(alias), DSL.name("value"));
  }

  @Override
  public Field<?> element(String alias, DataType<?> type) {
    return read(DSL.field(DSL.name(alias, "value"), SQLDataType.CLOB), type);
  }

  @Override
  public Field<Long> epochSeconds(Field<String> dateTime) {
    return DSL.field("extract(epoch FROM {0}::timestamp)::bigint", SQLDataType.BIGINT, dateTime);
  }

  @Override
  public Field<String> folded(Field<?> text, Folding folding) {
    return DSL.function(FoldFunctions.name(folding), SQLDataType.CLOB, text);
  }
}
