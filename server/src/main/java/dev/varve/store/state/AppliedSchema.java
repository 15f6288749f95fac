package dev.varve.store.state;

import dev.varve.kernel.UserMistake;
import dev.varve.schema.Schema;
import dev.varve.schema.evolution.Evolution;
import dev.varve.schema.evolution.Plan;
import dev.varve.schema.evolution.SchemaChange;
import dev.varve.schema.evolution.SchemaHistory;
import dev.varve.schema.sdl.Mistake;
import dev.varve.schema.sdl.ParseResult;
import dev.varve.schema.sdl.SchemaParser;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.Session;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// The schema that the tables of a database have.
///
/// @param version the number under which the log names it
/// @param history what the names of earlier versions mean now
/// @param changes what was altered to get there, in sentences
/// @param behind of the schema file that was left behind, so that this is served in its place
public record AppliedSchema(
    Schema schema,
    int version,
    SchemaHistory history,
    List<String> changes,
    Optional<BehindFile> behind) {
  public AppliedSchema {
    changes = List.copyOf(changes);
  }

  /// Brings the tables to `schema`: makes them in an empty database, alters them where that is safe. Of a file that was left behind
  /// nothing is applied.
  ///
  /// @throws SchemaRefused when it is not safe; nothing is altered then
  /// @throws dev.varve.kernel.UserMistake when this program cannot read the schema that the data have
  public static AppliedSchema apply(
      Database database, Schema schema, Clock clock, EarlierFile earlier) {
    return new SchemaApplication(database, schema, clock, earlier).run();
  }

  /// The same by the rule where nobody says otherwise.
  public static AppliedSchema apply(Database database, Schema schema, Clock clock) {
    return apply(database, schema, clock, EarlierFile.at(database));
  }

  /// Whether a schema file was left behind.
  public static Optional<BehindFile> behind(Database database, Schema schema) {
    return database.read(session -> BehindFile.of(SchemaVersions.all(session), schema.source()));
  }

  /// The number under which a schema file was applied last; 0 when it never was.
  public int versionOf(Schema file) {
    return IntStream.iterate(version, number -> number > 0, number -> number - 1)
        .filter(number -> history.schema(number).source().equals(file.source()))
        .findFirst()
        .orElse(0);
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
        versions.getLast(),
        versions.size(),
        new SchemaHistory(versions),
        List.of(),
        Optional.empty());
  }

  /// What `schema` would do to the stored data.
  public static Plan plan(Database database, Schema schema) {
    return database.snapshot(session -> plan(database, session, schema));
  }

  private static Plan plan(Database database, Session session, Schema schema) throws SQLException {
    List<Schema> versions = versions(session);
    if (versions.isEmpty()) {
      return Evolution.plan(Schema.EMPTY, schema);
    }
    Schema stored = versions.getLast();
    Plan plan = Evolution.plan(stored, schema);
    List<SchemaChange> changes = new ArrayList<>();
    TextRules.outdated(session, stored)
        .forEach(sentence -> changes.add(new SchemaChange.NothingStored(sentence)));
    changes.addAll(plan.changes());
    return new Plan(
        changes, plan.safe() ? inTheWay(database, session, stored, plan) : plan.refusals());
  }

  /// The stored records that stand in the way of indexes.
  private static List<Plan.Refusal> inTheWay(
      Database database, Session session, Schema stored, Plan plan) throws SQLException {
    List<StoredIndex> indexes = StoredIndex.all(stored, plan);
    List<Plan.Refusal> refusals =
        new ArrayList<>(new LongTexts(database.dialect(), session).of(indexes));
    Duplicates duplicates = new Duplicates(database.dialect(), session);
    for (StoredIndex index : indexes) {
      if (index.index().unique()) {
        duplicates
            .of(index.model(), index.index())
            .forEach(line -> refusals.add(index.refusal(line)));
      }
    }
    return refusals;
  }

  /// What a plan refuses, each with its place in the schema file where it has one.
  public static List<String> reasons(Plan plan) {
    return reasons(plan.refusals());
  }

  static List<String> reasons(List<Plan.Refusal> refusals) {
    return refusals.stream().map(AppliedSchema::reason).toList();
  }

  private static String reason(Plan.Refusal refusal) {
    return refusal.location().line() == 0
        ? refusal.message()
        : "schema.graphql:%d:%d: %s"
            .formatted(refusal.location().line(), refusal.location().column(), refusal.message());
  }

  static List<Schema> versions(Session session) throws SQLException {
    return versions(SchemaVersions.all(session));
  }

  /// @throws UserMistake when one of them is of a newer Varve
  static List<Schema> versions(List<SchemaVersions.Applied> applied) {
    return applied.stream().map(AppliedSchema::parse).toList();
  }

  private static Schema parse(SchemaVersions.Applied applied) {
    String name = "schema version " + applied.version();
    return switch (SchemaParser.stored(name, applied.source())) {
      case ParseResult.Parsed parsed -> parsed.schema();
      case ParseResult.Rejected rejected -> {
        List<String> lines = new ArrayList<>();
        lines.add(
            "The data have the %s, which this Varve cannot read: a newer one has applied it. Nothing was written; start the newer one"
                .formatted(name));
        rejected.mistakes().stream().map(Mistake::text).forEach(lines::add);
        throw new UserMistake(lines);
      }
    };
  }
}
