package dev.varve.state;

import dev.varve.log.EventLog;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.sql.Database;
import dev.varve.sql.Session;
import dev.varve.sql.StorageException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;

/// The schema that the tables of a database have.
///
/// @param version the number under which the log names it
public record AppliedSchema(Schema schema, int version) {

  /// Brings the tables to `schema`: makes them in an empty database, alters them when that is safe.
  public static AppliedSchema apply(Database database, Schema schema, Clock clock) {
    Session session = database.writer();
    try {
      session.execute("BEGIN IMMEDIATE");
      try {
        AppliedSchema applied = apply(session, new Tables(database.dialect()), schema, clock);
        session.execute("COMMIT");
        return applied;
      } catch (SQLException | RuntimeException e) {
        session.execute("ROLLBACK");
        throw e;
      } finally {
        session.forgetStatements();
      }
    } catch (SQLException e) {
      throw new StorageException("The schema could not be applied", e);
    }
  }

  private static AppliedSchema apply(Session session, Tables tables, Schema schema, Clock clock)
      throws SQLException {
    List<SchemaVersions.Applied> earlier = SchemaVersions.all(session);
    if (earlier.isEmpty()) {
      for (Model model : schema.models()) {
        createAll(session, tables, model);
      }
    }
    int version = earlier.size() + 1;
    if (!earlier.isEmpty() && earlier.getLast().source().equals(schema.source())) {
      return new AppliedSchema(schema, version - 1);
    }
    SchemaVersions.add(
        session,
        new SchemaVersions.Applied(version, EventLog.head(session).position(), schema.source()),
        clock.instant());
    return new AppliedSchema(schema, version);
  }

  private static void createAll(Session session, Tables tables, Model model) throws SQLException {
    for (String statement : tables.create(model)) {
      session.execute(statement);
    }
    for (String statement : tables.indexes(model).values()) {
      session.execute(statement);
    }
  }
}
