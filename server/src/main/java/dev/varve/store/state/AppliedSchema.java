package dev.varve.store.state;

import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.evolution.Evolution;
import dev.varve.schema.evolution.Plan;
import dev.varve.schema.evolution.SchemaChange;
import dev.varve.schema.evolution.SchemaHistory;
import dev.varve.schema.sdl.Mistake;
import dev.varve.schema.sdl.ParseResult;
import dev.varve.schema.sdl.SchemaParser;
import dev.varve.store.log.EventLog;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.StorageException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The schema that the tables of a database have.
///
/// @param version the number under which the log names it
/// @param history what the names of earlier versions mean now
/// @param changes what was altered to get there, in sentences
public record AppliedSchema(
    Schema schema, int version, SchemaHistory history, List<String> changes) {
  private static final Schema EMPTY = new Schema("", List.of(), List.of(), List.of());

  public AppliedSchema {
    changes = List.copyOf(changes);
  }

  /// Brings the tables to `schema`: makes them in an empty database, alters them where that is safe.
  ///
  /// @throws SchemaRefused when it is not safe; nothing is altered then
  public static AppliedSchema apply(Database database, Schema schema, Clock clock) {
    Session session = database.writer();
    try {
      session.beginWriting();
      try {
        AppliedSchema applied =
            session.unhurried(altering -> apply(database, altering, schema, clock));
        session.commit();
        return applied;
      } catch (SQLException | RuntimeException e) {
        session.rollback(e);
        throw e;
      } finally {
        session.forgetStatements();
      }
    } catch (SQLException e) {
      throw new StorageException("The schema could not be applied", e);
    }
  }

  /// The schema that was applied last, with its history, without changing anything.
  ///
  /// @throws IllegalStateException when none was ever applied
  public static AppliedSchema stored(Database database) {
    List<Schema> versions = database.read(AppliedSchema::versions);
    if (versions.isEmpty()) {
      throw new IllegalStateException("The database holds no schema yet");
    }
    return new AppliedSchema(
        versions.getLast(), versions.size(), new SchemaHistory(versions), List.of());
  }

  /// What `schema` would do to the stored data.
  public static Plan plan(Database database, Schema schema) {
    return database.snapshot(session -> plan(database, session, schema));
  }

  private static Plan plan(Database database, Session session, Schema schema) throws SQLException {
    List<Schema> versions = versions(session);
    if (versions.isEmpty()) {
      return Evolution.plan(EMPTY, schema);
    }
    Schema stored = versions.getLast();
    Plan plan = Evolution.plan(stored, schema);
    List<SchemaChange> changes = new ArrayList<>();
    TextRules.outdated(session, stored)
        .forEach(sentence -> changes.add(new SchemaChange.NothingStored(sentence)));
    changes.addAll(plan.changes());
    List<Plan.Refusal> refusals = new ArrayList<>(plan.refusals());
    refusals.addAll(duplicates(database, session, stored, plan));
    return new Plan(changes, refusals);
  }

  /// The stored records that stand in the way of unique indexes, of models whose fields have kept their names.
  private static List<Plan.Refusal> duplicates(
      Database database, Session session, Schema stored, Plan plan) throws SQLException {
    Duplicates duplicates = new Duplicates(database.dialect(), session);
    List<Plan.Refusal> refusals = new ArrayList<>();
    for (SchemaChange change : plan.changes()) {
      if (change instanceof SchemaChange.AddIndex(Model model, Index index)
          && index.unique()
          && areStored(stored, model, index)) {
        for (String line : duplicates.of(model, index)) {
          refusals.add(new Plan.Refusal(model.location(), line));
        }
      }
    }
    return refusals;
  }

  private static boolean areStored(Schema stored, Model model, Index index) {
    return stored.models().stream()
        .filter(before -> before.table().equals(model.table()))
        .anyMatch(
            before -> index.fieldNames().stream().allMatch(name -> before.field(name).isPresent()));
  }

  private static AppliedSchema apply(Database database, Session session, Schema schema, Clock clock)
      throws SQLException {
    List<Schema> versions = new ArrayList<>(versions(session));
    Schema before = versions.isEmpty() ? EMPTY : versions.getLast();
    FoldedColumns folded = new FoldedColumns(database.dialect(), session);
    for (Model model : before.models()) {
      folded.shortenNames(model);
    }
    List<String> renewed = new TextRules(database.dialect(), session).renew(before);
    if (!versions.isEmpty() && before.source().equals(schema.source())) {
      return new AppliedSchema(schema, versions.size(), new SchemaHistory(versions), renewed);
    }
    Plan plan = Evolution.plan(before, schema);
    if (!plan.safe()) {
      throw new SchemaRefused(plan.refusals().stream().map(AppliedSchema::reason).toList());
    }
    new Alteration(database.dialect(), session).apply(plan, schema);
    versions.add(schema);
    SchemaVersions.add(
        session,
        new SchemaVersions.Applied(
            versions.size(), EventLog.head(session).position(), schema.source()),
        clock.instant());
    return new AppliedSchema(
        schema,
        versions.size(),
        new SchemaHistory(versions),
        Stream.concat(renewed.stream(), plan.changes().stream().map(SchemaChange::sentence))
            .toList());
  }

  /// What a plan refuses, each with its place in the schema file where it has one.
  public static List<String> reasons(Plan plan) {
    return plan.refusals().stream().map(AppliedSchema::reason).toList();
  }

  private static String reason(Plan.Refusal refusal) {
    return refusal.location().line() == 0
        ? refusal.message()
        : "schema.graphql:%d:%d: %s"
            .formatted(refusal.location().line(), refusal.location().column(), refusal.message());
  }

  private static List<Schema> versions(Session session) throws SQLException {
    List<Schema> schemas = new ArrayList<>();
    for (SchemaVersions.Applied applied : SchemaVersions.all(session)) {
      schemas.add(parse(applied));
    }
    return schemas;
  }

  private static Schema parse(SchemaVersions.Applied applied) {
    String name = "schema version " + applied.version();
    return switch (SchemaParser.stored(name, applied.source())) {
      case ParseResult.Parsed parsed -> parsed.schema();
      case ParseResult.Rejected rejected ->
          throw new SchemaRefused(rejected.mistakes().stream().map(Mistake::text).toList());
    };
  }
}
