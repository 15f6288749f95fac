package dev.varve.store.sql;

import dev.varve.telemetry.Span;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jooq.Query;
import org.jspecify.annotations.Nullable;

/// One connection, used by one thread, with the statements it has prepared.
///
/// SQL text comes from jOOQ; it is run through JDBC directly because the same few statements run very often.
public final class Session implements AutoCloseable {
  // one statement for each shape of query; more shapes than this are prepared again
  private static final int STATEMENTS_MAX = 256;
  // where all rows of a table are read one by one: few round trips, and little memory
  private static final int FETCHED_ROWS = 1_000;

  private final Connection connection;
  private final StoreDialect dialect;
  private final Map<String, PreparedStatement> statements =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, PreparedStatement> eldest) {
          if (size() <= STATEMENTS_MAX) {
            return false;
          }
          closeQuietly(eldest.getValue());
          return true;
        }
      };

  // counted by the one thread, read by any
  private final AtomicLong queries = new AtomicLong();
  private final AtomicLong executed = new AtomicLong();
  // found out once
  private @Nullable String server;
  // of the request that the session works for, if that is traced
  private @Nullable Span span;
  // what goes to the database with the next query
  private @Nullable Ahead<?> pending;
  // what goes there with the next statement
  private final UnsentRows unsent = new UnsentRows();
  // how many may still come outside of a transaction; of the one thread
  private Queries queriesLeft = Queries.ALL;

  public Session(Connection connection, StoreDialect dialect) {
    this.connection = connection;
    this.dialect = dialect;
  }

  /// How many queries may still come.
  private enum Queries {
    ALL,
    ONE,
    NONE
  }

  /// What was begun for one query needs another, which would see another state.
  public static final class NotOneQuery extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean asked;

    private NotOneQuery(boolean asked) {
      super("Another query belongs into a transaction", null, false, false);
      this.asked = asked;
    }

    /// Whether the database was asked anything.
    public boolean wasAsked() {
      return asked;
    }
  }

  /// What the database of this session says in its own words.
  public StoreDialect dialect() {
    return dialect;
  }

  /// The connection itself, for the dialect.
  public Connection connection() {
    return connection;
  }

  /// Names the server that the connection leads to: one that has taken the place of another is another, and so is one that was restored.
  /// Empty where there is none, or where it does not say. Not for use within a transaction.
  public String server() throws SQLException {
    String known = server;
    if (known == null) {
      known = dialect.server(this);
      server = known;
    }
    return known;
  }

  /// From now on statements are parts of this, if it is traced.
  public void trace(@Nullable Span of) {
    span = of;
  }

  /// How many queries have been run.
  public long queries() {
    return queries.get();
  }

  /// How many statements have been run, of which a batch is one.
  public long statements() {
    return executed.get();
  }

  /// Turns the current row into a value.
  @FunctionalInterface
  public interface RowReader<T extends @Nullable Object> {
    T read(ResultSet row) throws SQLException;
  }

  /// A query whose first row is asked for before it is needed.
  public final class Ahead<T> {
    private final String sql;
    private final RowReader<T> reader;
    private boolean answered;
    private Optional<T> row = Optional.empty();

    private Ahead(String sql, RowReader<T> reader) {
      this.sql = sql;
      this.reader = reader;
    }

    /// The row, if there is one. Where no other query has come since, this one goes to the database alone.
    public Optional<T> get() throws SQLException {
      if (!answered) {
        pending = null;
        try (var _ = Span.sql(span, dialect.system(), sql);
            ResultSet rows = answer(sql, List.of(), 0)) {
          take(rows);
        }
      }
      return row;
    }

    private void take(ResultSet rows) throws SQLException {
      row = rows.next() ? Optional.of(reader.read(rows)) : Optional.empty();
      answered = true;
    }
  }

  /// Asks for the first row of a query without parameters, which goes to the database together with the next query: a database that is
  /// elsewhere is a way there and back away.
  public <T> Ahead<T> ahead(String sql, RowReader<T> reader) throws SQLException {
    Ahead<T> asked = new Ahead<>(sql, reader);
    queries.incrementAndGet();
    if (dialect.answersSeveral()) {
      pending = asked;
    } else {
      asked.get();
    }
    return asked;
  }

  /// The rows of a query. What was asked ahead of it is answered with it.
  private ResultSet answer(String sql, List<? extends @Nullable Object> binds, int fetchRows)
      throws SQLException {
    Ahead<?> ahead = pending;
    pending = null;
    PreparedStatement statement = prepare(ahead == null ? sql : ahead.sql + "; " + sql);
    if (dialect.fetchRows() != 0) {
      statement.setFetchSize(fetchRows);
    }
    bind(statement, binds);
    if (ahead == null) {
      return statement.executeQuery();
    }
    statement.execute();
    try (ResultSet first = statement.getResultSet()) {
      ahead.take(first);
    }
    return resultBehind(statement, 1);
  }

  private static ResultSet resultBehind(PreparedStatement executed, int results)
      throws SQLException {
    for (int passed = 0; passed < results; passed++) {
      executed.getMoreResults();
    }
    return executed.getResultSet();
  }

  /// @param fetchRows rows to take at a time, or 0: outside of a transaction the driver takes all at once
  private void requireAllowed(int fetchRows) {
    if (queriesLeft == Queries.NONE || (queriesLeft == Queries.ONE && fetchRows != 0)) {
      throw new NotOneQuery(queriesLeft == Queries.NONE);
    }
  }

  private void countQuery(int fetchRows) {
    requireAllowed(fetchRows);
    queries.incrementAndGet();
  }

  /// The statement for `sql`, prepared once. Not to be closed; its parameters are those of the last use.
  public PreparedStatement prepare(String sql) throws SQLException {
    sendRows();
    return prepareNow(sql);
  }

  private PreparedStatement prepareNow(String sql) throws SQLException {
    requireAllowed(0);
    if (queriesLeft == Queries.ONE) {
      queriesLeft = Queries.NONE;
    }
    executed.incrementAndGet();
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    return statement;
  }

  /// All rows of a query.
  public <T extends @Nullable Object> List<T> list(
      String sql, List<? extends @Nullable Object> binds, RowReader<T> reader) throws SQLException {
    return rows(sql, binds, reader, _ -> false, 0);
  }

  /// All rows of a query whose text was made before.
  public <T extends @Nullable Object> List<T> list(
      StatementText text, BoundValues parameters, RowReader<T> reader) throws SQLException {
    return list(text.sql(), text.binds(parameters), reader);
  }

  /// All rows of a query made with jOOQ.
  public <T extends @Nullable Object> List<T> list(Query query, RowReader<T> reader)
      throws SQLException {
    return list(query.getSQL(), query.getBindValues(), reader);
  }

  /// The rows of a query, up to and with the first that is the last one wanted.
  public <T> List<T> listUntil(
      StatementText text, BoundValues parameters, RowReader<T> reader, Predicate<T> isLast)
      throws SQLException {
    return listUntil(text.sql(), text.binds(parameters), reader, isLast);
  }

  /// The rows of a query, up to and with the first that is the last one wanted.
  public <T extends @Nullable Object> List<T> listUntil(
      String sql,
      List<? extends @Nullable Object> binds,
      RowReader<T> reader,
      Predicate<? super T> isLast)
      throws SQLException {
    return rows(sql, binds, reader, isLast, dialect.fetchRows());
  }

  private <T extends @Nullable Object> List<T> rows(
      String sql,
      List<? extends @Nullable Object> binds,
      RowReader<T> reader,
      Predicate<? super T> isLast,
      int fetchRows)
      throws SQLException {
    countQuery(fetchRows);
    try (var _ = Span.sql(span, dialect.system(), sql);
        ResultSet rows = answer(sql, binds, fetchRows)) {
      List<T> result = new ArrayList<>();
      while (rows.next()) {
        T row = reader.read(rows);
        result.add(row);
        if (isLast.test(row)) {
          break;
        }
      }
      return result;
    }
  }

  /// Rows that are taken as long as there is room for them.
  public interface Filling<T> {
    /// @return whether it was taken
    boolean take(T row);

    /// How many more of the size of those so far there is room for.
    int roomFor();
  }

  /// The rows of a query within a transaction, as long as there is room for them. As few are fetched at first as fit whatever their
  /// size, and then as many as fit if they are as large as those.
  ///
  /// @return whether those are all
  public <T> boolean fill(
      String sql, List<? extends @Nullable Object> binds, RowReader<T> reader, Filling<T> into)
      throws SQLException {
    int fetched = dialect.fetchRows();
    countQuery(fetched);
    try (var _ = Span.sql(span, dialect.system(), sql);
        ResultSet rows = answer(sql, binds, fetched)) {
      for (int count = 1; rows.next(); count++) {
        if (!into.take(reader.read(rows))) {
          return false;
        }
        if (count == fetched) {
          rows.setFetchSize(Math.max(fetched, into.roomFor()));
        }
      }
      return true;
    }
  }

  /// The first row of a query made with jOOQ, if there is one.
  public <T> Optional<T> first(Query query, RowReader<T> reader) throws SQLException {
    return first(query.getSQL(), query.getBindValues(), reader);
  }

  /// The first row of a query, if there is one.
  public <T> Optional<T> first(
      String sql, List<? extends @Nullable Object> binds, RowReader<T> reader) throws SQLException {
    countQuery(0);
    try (var _ = Span.sql(span, dialect.system(), sql);
        ResultSet rows = answer(sql, binds, 0)) {
      return rows.next() ? Optional.of(reader.read(rows)) : Optional.empty();
    }
  }

  /// Runs a statement that changes rows; the number of rows it changed.
  public int update(String sql, List<? extends @Nullable Object> binds) throws SQLException {
    PreparedStatement statement = prepare(sql);
    bind(statement, binds);
    try (var _ = Span.sql(span, dialect.system(), sql)) {
      return statement.executeUpdate();
    }
  }

  /// Adds rows to a table, in the transaction of the session. Where they are sent as arrays they go with the next statement, or with the
  /// commit: what is wrong with them is wrong with that.
  ///
  /// @param rows with a value for each column
  public void insert(RowInsert insert, List<@Nullable Object[]> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    if (!dialect.takesArrays()) {
      insert.runByRow(prepare(insert.byRow()), rows);
      return;
    }
    if (unsent.has(insert)) {
      sendRows();
    }
    unsent.add(insert, rows);
  }

  /// Sends the rows that were added, so that what is wrong with them is known.
  public void sendRows() throws SQLException {
    if (!unsent.isEmpty()) {
      String text = unsent.text();
      try (var _ = Span.sql(span, dialect.system(), text)) {
        runWithRows(text);
      }
    }
  }

  /// Runs a statement without parameters, in one way there and back with the rows that were added before it.
  ///
  /// @return what the database says beside it
  public @Nullable SQLWarning runBehindRows(String sql) throws SQLException {
    try (var _ = Span.sql(span, dialect.system(), sql)) {
      return runWithRows(unsent.isEmpty() ? sql : unsent.text() + "; " + sql);
    }
  }

  private @Nullable SQLWarning runWithRows(String text) throws SQLException {
    try {
      PreparedStatement statement = prepareNow(text);
      unsent.bind(connection, statement);
      statement.execute();
      return statement.getWarnings();
    } finally {
      unsent.clear();
    }
  }

  /// Begins to read by one query, which sees one state of the database, as does what is asked ahead of it.
  public void beginOneQuery() {
    queriesLeft = Queries.ONE;
  }

  /// Begins a transaction that reads one state of the database throughout. It ends with [#rollback].
  public void beginReading() throws SQLException {
    dialect.beginReading(this);
  }

  /// Begins a transaction of the writer, as soon as nobody else writes.
  public void beginWriting() throws SQLException {
    dialect.beginWriting(this);
  }

  /// The same, with the rows of a query behind all that others have written, in one way there and back.
  public <T> List<T> beginWriting(
      String sql, List<? extends @Nullable Object> binds, RowReader<T> reader) throws SQLException {
    return dialect.beginWriting(this, sql, binds, reader);
  }

  /// The rows of the last one of several statements, which go to the database as one.
  ///
  /// @param before the others, each with a result and without parameters
  /// @param results how many
  public <T> List<T> listBehind(
      String before,
      int results,
      String sql,
      List<? extends @Nullable Object> binds,
      RowReader<T> reader)
      throws SQLException {
    PreparedStatement statement = prepare(before + "; " + sql);
    bind(statement, binds);
    queries.incrementAndGet();
    try (var _ = Span.sql(span, dialect.system(), before)) {
      statement.execute();
      try (ResultSet rows = resultBehind(statement, results)) {
        List<T> result = new ArrayList<>();
        while (rows.next()) {
          result.add(reader.read(rows));
        }
        return result;
      }
    }
  }

  public void commit() throws SQLException {
    dialect.commit(this);
  }

  public void rollback() throws SQLException {
    unsent.clear();
    dialect.rollback(this);
  }

  /// Runs what may take the database as long as it likes, such as making tables anew.
  public <T> T unhurried(Database.Work<T> work) throws SQLException {
    return dialect.unhurried(this, work);
  }

  /// Gives up a transaction because of a failure, which is what is told whatever becomes of that.
  public void rollback(Exception failure) {
    try {
      rollback();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  /// Statements of a part of a transaction.
  @FunctionalInterface
  public interface Part {
    void run() throws SQLException;
  }

  /// Runs a part of a transaction that goes on when the part fails: nothing of it is kept then.
  public void attempt(Part part) throws SQLException {
    transaction("SAVEPOINT attempt");
    try {
      part.run();
    } catch (SQLException | RuntimeException e) {
      unsent.clear();
      transaction("ROLLBACK TO attempt");
      transaction("RELEASE attempt");
      throw e;
    }
    transaction("RELEASE attempt");
  }

  /// Does by other means what a statement of that text would.
  public void run(String sql, Part part) throws SQLException {
    try (var _ = Span.sql(span, dialect.system(), sql)) {
      part.run();
    }
  }

  /// A statement of which the rows are read as they are wanted, within a transaction: all of them would not fit into memory. Not
  /// to be closed.
  public PreparedStatement prepareToFetch(String sql) throws SQLException {
    return prepareToFetch(sql, FETCHED_ROWS);
  }

  /// The same of rows that may be large.
  public PreparedStatement prepareToFetchLarge(String sql) throws SQLException {
    return prepareToFetch(sql, dialect.fetchRows());
  }

  private PreparedStatement prepareToFetch(String sql, int rows) throws SQLException {
    PreparedStatement statement = prepare(sql);
    if (dialect.fetchRows() != 0) {
      statement.setFetchSize(rows);
    }
    return statement;
  }

  /// Runs one of the statements that steer a transaction, such as `SAVEPOINT work`.
  public void transaction(String sql) throws SQLException {
    try (var _ = Span.sql(span, dialect.system(), sql)) {
      prepare(sql).execute();
    }
  }

  /// Runs a statement without parameters that is not worth keeping, such as DDL.
  public void execute(String sql) throws SQLException {
    sendRows();
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void bind(PreparedStatement statement, List<? extends @Nullable Object> binds)
      throws SQLException {
    for (int i = 0; i < binds.size(); i++) {
      bind(statement, i + 1, binds.get(i));
    }
  }

  /// Binds one parameter (from 1) by the type of its value.
  public static void bind(PreparedStatement statement, int index, @Nullable Object value)
      throws SQLException {
    switch (value) {
      case null -> statement.setObject(index, null);
      case String text -> statement.setString(index, text);
      case Long number -> statement.setLong(index, number);
      case Integer number -> statement.setInt(index, number);
      case Double number -> statement.setDouble(index, number);
      case Boolean bool -> statement.setBoolean(index, bool);
      case byte[] bytes -> statement.setBytes(index, bytes);
      default -> throw new IllegalArgumentException("Cannot bind a value of " + value.getClass());
    }
  }

  /// Forgets prepared statements, as is needed after tables have changed.
  public void forgetStatements() {
    statements.values().forEach(Session::closeQuietly);
    statements.clear();
  }

  private static void closeQuietly(PreparedStatement statement) {
    try {
      statement.close();
    } catch (SQLException e) {
      // the connection is broken as well then, and says so on its next use
      org.slf4j.LoggerFactory.getLogger(Session.class).debug("Closing a statement failed", e);
    }
  }

  @Override
  public void close() throws SQLException {
    forgetStatements();
    connection.close();
  }
}
