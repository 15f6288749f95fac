package dev.varve.store.state;

import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.evolution.Evolution;
import dev.varve.schema.evolution.Plan;
import dev.varve.schema.evolution.SchemaChange;
import dev.varve.schema.evolution.SchemaHistory;
import dev.varve.store.log.EventLog;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.Indexing;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.StorageException;
import dev.varve.store.sql.TablesInUse;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the tables of a database to a schema, in one transaction of a writer: whoever writes next does so under the new one.
///
/// Of several processes that have a new file each, one is first. The others plan theirs against what that one has left, and are
/// told.
final class SchemaApplication {
  private static final Logger LOG = LoggerFactory.getLogger(SchemaApplication.class);

  private final Database database;
  private final Schema schema;
  private final Clock clock;
  private final EarlierFile earlier;

  SchemaApplication(Database database, Schema schema, Clock clock, EarlierFile earlier) {
    this.database = database;
    this.schema = schema;
    this.clock = clock;
    this.earlier = earlier;
  }

  AppliedSchema run() {
    int known = database.read(SchemaVersions::newest);
    requireShortTexts();
    try {
      return TablesInUse.use(database, "The schema is applied", again -> attempt(known, again));
    } catch (SQLException e) {
      throw new StorageException("The schema could not be applied", e);
    }
  }

  /// Before the writer's turn, because a whole table is looked through, and nobody who writes waits for that. Where it takes longer than
  /// a query may, nothing is known.
  private void requireShortTexts() {
    List<Plan.Refusal> tooLong;
    try {
      tooLong = database.snapshot(this::tooLong);
    } catch (StorageException e) {
      LOG.warn("Whether stored texts are too long for a new index could not be looked at", e);
      return;
    }
    if (!tooLong.isEmpty()) {
      throw new SchemaRefused(AppliedSchema.reasons(tooLong));
    }
  }

  private List<Plan.Refusal> tooLong(Session session) throws SQLException {
    List<SchemaVersions.Applied> applied = SchemaVersions.all(session);
    if (applied.isEmpty() || isNewest(applied) || behind(applied).isPresent()) {
      return List.of();
    }
    Schema stored = AppliedSchema.versions(applied).getLast();
    Plan plan = Evolution.plan(stored, schema);
    return plan.safe()
        ? new LongTexts(database.dialect(), session).of(StoredIndex.all(stored, plan))
        : List.of();
  }

  private boolean isNewest(List<SchemaVersions.Applied> applied) {
    return !applied.isEmpty() && applied.getLast().source().equals(schema.source());
  }

  private Optional<BehindFile> behind(List<SchemaVersions.Applied> applied) {
    return earlier == EarlierFile.LEFT_BEHIND
        ? BehindFile.of(applied, schema.source())
        : Optional.empty();
  }

  /// @param interrupting whether whoever makes indexes gives way
  private AppliedSchema attempt(int known, boolean interrupting) throws SQLException {
    Session session = database.writer();
    session.beginWriting();
    try {
      if (interrupting) {
        interruptIndexing(session);
      }
      AppliedSchema applied = session.unhurried(altering -> apply(altering, known));
      session.commit();
      return applied;
    } catch (SQLException | RuntimeException e) {
      session.rollback(e);
      throw e;
    } finally {
      session.forgetStatements();
    }
  }

  private static void interruptIndexing(Session session) throws SQLException {
    Optional<Indexing> indexing = session.dialect().indexing();
    if (indexing.isPresent()) {
      try {
        session.attempt(() -> indexing.get().interrupt(session));
      } catch (SQLException e) {
        LOG.warn("Whoever makes indexes cannot be interrupted", e);
      }
    }
  }

  /// @param known the newest version before this had its turn
  private AppliedSchema apply(Session session, int known) throws SQLException {
    List<SchemaVersions.Applied> applied = SchemaVersions.all(session);
    List<Schema> versions = new ArrayList<>(AppliedSchema.versions(applied));
    Schema before = versions.isEmpty() ? Schema.EMPTY : versions.getLast();
    session.dialect().hurry(session);
    FoldedColumns folded = new FoldedColumns(database.dialect(), session);
    for (Model model : before.models()) {
      folded.shortenNames(model);
    }
    List<String> renewed = new TextRules(database.dialect(), session).renew(before);
    Optional<BehindFile> behind = behind(applied);
    if (behind.isPresent()) {
      return new AppliedSchema(
          before, versions.size(), new SchemaHistory(versions), renewed, behind);
    }
    if (isNewest(applied)) {
      return new AppliedSchema(
          schema, versions.size(), new SchemaHistory(versions), renewed, behind);
    }
    List<String> told = known == applied.size() ? List.of() : List.of(meanwhile(applied.size()));
    List<String> altered = alter(session, before, told);
    versions.add(schema);
    SchemaVersions.add(
        session,
        new SchemaVersions.Applied(
            versions.size(), EventLog.head(session).position(), clock.instant(), schema.source()));
    return new AppliedSchema(
        schema,
        versions.size(),
        new SchemaHistory(versions),
        Stream.of(told, renewed, altered).flatMap(List::stream).toList(),
        behind);
  }

  private List<String> alter(Session session, Schema before, List<String> told)
      throws SQLException {
    Plan plan = Evolution.plan(before, schema);
    if (!plan.safe()) {
      throw new SchemaRefused(
          Stream.concat(told.stream(), AppliedSchema.reasons(plan).stream()).toList());
    }
    new Alteration(database.dialect(), session).apply(plan, schema);
    return plan.changes().stream().map(SchemaChange::sentence).toList();
  }

  private static String meanwhile(int version) {
    return "Another process has brought the data to schema version %d meanwhile: the file is planned against that."
        .formatted(version);
  }
}
