package dev.varve.store.state;

import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.ValueType;
import dev.varve.schema.evolution.SchemaHistory;
import dev.varve.store.log.DamagedLogException;
import dev.varve.store.log.EventLog;
import dev.varve.store.log.Head;
import dev.varve.store.log.Unit;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.DatabaseOptions;
import dev.varve.store.sql.ModelTable;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlType;
import dev.varve.store.sql.SqlValues;
import dev.varve.store.sql.StorageException;
import dev.varve.store.sql.sqlite.SqliteDatabase;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jooq.Name;
import org.jooq.Record;
import org.jooq.Table;
import org.jspecify.annotations.Nullable;

/// Proves that the log is what was written, and that the tables are what follows from it.
///
/// It walks the hash chain from the first unit to the head while it replays the log into a database of
/// its own, compares that with the tables in use, row by row, and has the database look over its own file,
/// the indexes included.
public final class Verification {
  // one difference shows that something is wrong, some more show what; all of them help nobody
  private static final int DIFFERENCES_MAX = 20;

  private final Database database;
  private final EventLog log;
  private final Schema schema;
  private final SchemaHistory schemaHistory;
  // an older Varve wrote the tables, and kept some texts in another spelling
  private boolean outdatedTexts;

  public Verification(Database database, EventLog log, AppliedSchema applied) {
    this.database = database;
    this.log = log;
    this.schema = applied.schema();
    this.schemaHistory = applied.history();
  }

  /// What was found.
  ///
  /// @param head the end of the log that was walked to
  /// @param findings what is wrong, in sentences; none when all is well
  public record Report(long units, Head head, List<String> findings) {
    public Report {
      findings = List.copyOf(findings);
    }

    public boolean sound() {
      return findings.isEmpty();
    }
  }

  /// Walks, replays and compares.
  ///
  /// @param scratch a file that does not exist; the caller removes it afterwards
  public Report run(Path scratch, ReplayProgress progress) {
    try (Database replayed = SqliteDatabase.open(scratch, DatabaseOptions.DEFAULT)) {
      return database.snapshot(session -> run(session, replayed, progress));
    } catch (StorageException e) {
      return new Report(
          0, Head.unknown(), List.of("The database cannot be read: " + e.getMessage()));
    }
  }

  private Report run(Session session, Database replayed, ReplayProgress progress)
      throws SQLException {
    outdatedTexts = TextRules.areOutdated(session);
    Report walked = walk(session, replayed, progress);
    List<String> findings = new ArrayList<>(walked.findings());
    findings.addAll(damage(session));
    return new Report(walked.units(), walked.head(), findings);
  }

  private static List<String> damage(Session session) {
    try {
      return session.dialect().damage(session, DIFFERENCES_MAX).stream()
          .map(line -> "The database file is damaged: " + line)
          .toList();
    } catch (SQLException e) {
      return List.of("The database file is damaged: " + e.getMessage());
    }
  }

  private Report walk(Session session, Database scratch, ReplayProgress progress) {
    Session replayed = scratch.writer();
    Head head = Head.unknown();
    long position = 0;
    try {
      head = EventLog.head(session);
      for (Model model : schema.models()) {
        for (String statement : new Tables(scratch.dialect()).create(model)) {
          replayed.execute(statement);
        }
      }
      position = replay(session, scratch, head, progress);
      return new Report(position, head, differences(session, replayed));
    } catch (DamagedLogException e) {
      return new Report(position, head, List.of(String.valueOf(e.getMessage())));
    } catch (SQLException e) {
      return new Report(position, head, List.of("The database is damaged: " + e.getMessage()));
    }
  }

  private long replay(Session session, Database scratch, Head head, ReplayProgress progress)
      throws SQLException {
    Session replayed = scratch.writer();
    Replay replay = new Replay(scratch.dialect(), schema, schemaHistory);
    EventLog.Cursor cursor = EventLog.Cursor.start();
    Instant at = Instant.EPOCH;
    while (true) {
      EventLog.Stretch<Unit> stretch = Replay.read(log, session, cursor);
      if (stretch.units().isEmpty()) {
        break;
      }
      replayed.beginWriting();
      replay.write(replayed, stretch);
      replayed.commit();
      cursor = stretch.next();
      at = stretch.units().getLast().at();
      progress.at(cursor.position(), head.position());
    }
    Head noted = EventLog.notedHead(session);
    if (cursor.position() < noted.position()) {
      throw new DamagedLogException(
          "The log ends at position %d, written at %s, but its end is recorded as %s"
              .formatted(cursor.position(), at, noted));
    }
    if (!cursor.isAt(head) || !at.equals(head.at())) {
      throw new DamagedLogException(
          "The log ends at position %d, written at %s, but its end is recorded as %s"
              .formatted(cursor.position(), at, head));
    }
    // a log that was cut and went on may reach it again, with other units
    EventLog.requireNotedEnd(session);
    return cursor.position();
  }

  /// A column that is compared.
  private record Column(org.jooq.Field<?> field, SqlType type) {
    static Column position(Name name) {
      return new Column(org.jooq.impl.DSL.field(name), SqlType.INTEGER);
    }
  }

  private List<String> differences(Session session, Session replayed) throws SQLException {
    List<String> findings = new ArrayList<>();
    for (Model model : schema.models()) {
      List<Column> columns = new ArrayList<>();
      model
          .fields()
          .forEach(field -> columns.add(new Column(ModelTable.column(field), SqlType.of(field))));
      model
          .foldedForms()
          .forEach(form -> columns.add(new Column(ModelTable.column(form), SqlType.TEXT)));
      compare(model, ModelTable.current(model), columns, session, replayed, findings);
      if (model.history()) {
        columns.add(Column.position(ModelTable.POSITION_FROM));
        columns.add(Column.position(ModelTable.POSITION_TO));
        compare(model, ModelTable.history(model), columns, session, replayed, findings);
      }
    }
    return findings;
  }

  private void compare(
      Model model,
      Table<Record> table,
      List<Column> columns,
      Session session,
      Session replayed,
      List<String> findings)
      throws SQLException {
    String sql =
        database
            .dialect()
            .select(columns.stream().map(Column::field).toList())
            .from(table)
            .orderBy(ModelTable.column(model.id()), ModelTable.column(model.version()))
            .getSQL();
    PreparedStatement stored = session.prepareToFetch(sql);
    PreparedStatement expected = replayed.prepareToFetch(sql);
    try (ResultSet storedRows = stored.executeQuery();
        ResultSet expectedRows = expected.executeQuery()) {
      boolean more = true;
      while (more && findings.size() < DIFFERENCES_MAX) {
        @Nullable Object[] is = next(storedRows, columns);
        @Nullable Object[] should = next(expectedRows, columns);
        more = is != null && should != null;
        if (!same(model, is, should)) {
          findings.add(difference(model, table, columns, is, should));
          // rows are not aligned any more when one is missing or too many
          more = more && sameKey(model, Objects.requireNonNull(is), Objects.requireNonNull(should));
        }
      }
    }
  }

  private boolean same(
      Model model, @Nullable Object @Nullable [] is, @Nullable Object @Nullable [] should) {
    if (is == null || should == null) {
      return is == null && should == null;
    }
    for (int i = 0; i < is.length; i++) {
      if (!same(model, i, is[i], should[i])) {
        return false;
      }
    }
    return true;
  }

  private boolean same(Model model, int column, @Nullable Object is, @Nullable Object should) {
    if (Objects.deepEquals(is, should)) {
      return true;
    }
    if (column >= model.fields().size()
        || !(is instanceof String text)
        || !(should instanceof String expected)) {
      return false;
    }
    Field field = model.fields().get(column);
    if (outdatedTexts
        && EmailDomains.holdsEmail(field)
        && EmailDomains.renewed(field, text).equals(expected)) {
      return true;
    }
    return field.type() instanceof ValueType && StoredValue.lacksOnlyAbsent(text, expected);
  }

  private static boolean sameKey(Model model, @Nullable Object[] is, @Nullable Object[] should) {
    int version = model.version().ordinal();
    return Objects.equals(is[0], should[0]) && Objects.equals(is[version], should[version]);
  }

  private static @Nullable Object @Nullable [] next(ResultSet rows, List<Column> columns)
      throws SQLException {
    if (!rows.next()) {
      return null;
    }
    @Nullable Object[] values = new @Nullable Object[columns.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = SqlValues.stored(columns.get(i).type(), rows, i + 1);
    }
    return values;
  }

  private String difference(
      Model model,
      Table<Record> table,
      List<Column> columns,
      @Nullable Object @Nullable [] is,
      @Nullable Object @Nullable [] should) {
    if (is == null || should == null || !sameKey(model, is, should)) {
      @Nullable Object[] row = is == null ? Objects.requireNonNull(should) : is;
      return "Table %s: the rows differ from the log at the row with the id '%s'"
          .formatted(table.getName(), row[0]);
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < is.length; i++) {
      if (!same(model, i, is[i], should[i])) {
        names.add(
            "%s is %s, the log says %s"
                .formatted(columns.get(i).field().getName(), is[i], should[i]));
      }
    }
    return "Table %s, id '%s', version %s: %s"
        .formatted(table.getName(), is[0], is[model.version().ordinal()], String.join("; ", names));
  }
}
