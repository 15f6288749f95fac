package dev.varve.store.state;

import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.evolution.SchemaHistory;
import dev.varve.store.log.DamagedLogException;
import dev.varve.store.log.EventLog;
import dev.varve.store.log.Head;
import dev.varve.store.log.Unit;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.ModelTable;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.StorageException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Table;

/// Makes the tables of all models anew from the log, beside those in use, and swaps them at the end.
///
/// Each batch of units is one transaction that also notes how far it came, so a rebuild that is
/// interrupted goes on where it stopped. Until the swap, which is one transaction, the old tables serve.
public final class Rebuild {
  // of names that are short, however long those of the models are
  private static final String SUFFIX = "__rebuild";

  private final Database database;
  private final EventLog log;
  private final Schema schema;
  private final int schemaVersion;
  private final Schema shadow;
  private final SchemaHistory schemaHistory;

  public Rebuild(Database database, EventLog log, AppliedSchema applied) {
    this.database = database;
    this.log = log;
    this.schema = applied.schema();
    this.schemaVersion = applied.version();
    this.shadow = schema.withTables(number -> "r" + number + SUFFIX);
    this.schemaHistory = applied.history();
  }

  /// Replays the whole log and swaps the tables.
  ///
  /// @param interrupted asked between batches; when it says yes, the work stops and can go on later
  /// @return whether it came to the end
  public boolean run(ReplayProgress progress, BooleanSupplier interrupted) {
    try {
      return database.writer().unhurried(session -> run(session, progress, interrupted));
    } catch (SQLException e) {
      throw new StorageException("The rebuild failed; the tables in use are as they were", e);
    }
  }

  private boolean run(Session session, ReplayProgress progress, BooleanSupplier interrupted)
      throws SQLException {
    long position = resume(session);
    Head head = EventLog.head(session);
    Replay replay = new Replay(database.dialect(), shadow, schemaHistory);
    EventLog.Cursor cursor = log.cursor(session, position);
    while (cursor.position() < head.position()) {
      if (interrupted.getAsBoolean()) {
        return false;
      }
      cursor = batch(session, replay, cursor);
      progress.at(cursor.position(), head.position());
    }
    if (!cursor.isAt(head)) {
      throw new DamagedLogException("The log ends with another unit than the one its end names");
    }
    return transaction(session, () -> swap(session));
  }

  /// Where an interrupted rebuild for the same schema stopped; otherwise a new start at 0.
  private long resume(Session session) throws SQLException {
    Optional<Long> stopped =
        session.first(
            "SELECT position FROM varve_rebuild WHERE id = 1 AND schema_version = ?",
            List.of(schemaVersion),
            row -> row.getLong(1));
    if (stopped.isPresent() && isThere(session)) {
      return stopped.get();
    }
    return transaction(session, () -> start(session));
  }

  private boolean isThere(Session session) throws SQLException {
    List<String> tables = session.dialect().tables(session);
    return shadow.models().stream()
        .flatMap(model -> ModelTable.all(model).stream())
        .allMatch(table -> tables.contains(table.getName()));
  }

  private long start(Session session) throws SQLException {
    Tables tables = new Tables(database.dialect());
    for (String leftOver : leftOvers(session)) {
      session.execute(drop(org.jooq.impl.DSL.table(org.jooq.impl.DSL.name(leftOver))));
    }
    for (Model model : shadow.models()) {
      for (String statement : tables.create(model)) {
        session.execute(statement);
      }
    }
    session.update("DELETE FROM varve_rebuild", List.of());
    session.update(
        "INSERT INTO varve_rebuild (id, schema_version, position) VALUES (1, ?, 0)",
        List.of(schemaVersion));
    return 0;
  }

  /// Tables of a rebuild that was begun under another schema.
  private List<String> leftOvers(Session session) throws SQLException {
    return session.dialect().tables(session).stream()
        .filter(name -> name.contains(SUFFIX))
        .toList();
  }

  private EventLog.Cursor batch(Session session, Replay replay, EventLog.Cursor cursor)
      throws SQLException {
    return transaction(
        session,
        () -> {
          EventLog.Stretch<Unit> stretch = Replay.read(log, session, cursor);
          if (stretch.units().isEmpty()) {
            throw new DamagedLogException(
                "The log ends at position " + cursor.position() + ", before the end it names");
          }
          replay.write(session, stretch);
          session.update(
              "UPDATE varve_rebuild SET position = ? WHERE id = 1",
              List.of(stretch.next().position()));
          return stretch.next();
        });
  }

  private boolean swap(Session session) throws SQLException {
    Tables tables = new Tables(database.dialect());
    for (int i = 0; i < schema.models().size(); i++) {
      Model model = schema.models().get(i);
      Model rebuilt = shadow.models().get(i);
      replace(session, ModelTable.current(model), ModelTable.current(rebuilt));
      if (model.history()) {
        replace(session, ModelTable.history(model), ModelTable.history(rebuilt));
      }
      for (Tables.NamedIndex index : tables.indexes(model).values()) {
        session.execute(index.sql());
      }
    }
    // what is replayed follows them
    TextRules.noteCurrent(session);
    session.update("DELETE FROM varve_rebuild", List.of());
    return true;
  }

  private void replace(Session session, Table<Record> old, Table<Record> rebuilt)
      throws SQLException {
    DSLContext dialect = database.dialect();
    session.execute(drop(old));
    session.execute(dialect.alterTable(rebuilt).renameTo(old.getUnqualifiedName()).getSQL());
  }

  private String drop(Table<?> table) {
    return database.dialect().dropTableIfExists(table).getSQL();
  }

  @FunctionalInterface
  private interface Statements<T> {
    T run() throws SQLException;
  }

  private static <T> T transaction(Session session, Statements<T> statements) throws SQLException {
    session.beginWriting();
    try {
      T result = statements.run();
      session.commit();
      return result;
    } catch (SQLException | RuntimeException e) {
      session.rollback(e);
      throw e;
    } finally {
      session.forgetStatements();
    }
  }
}
