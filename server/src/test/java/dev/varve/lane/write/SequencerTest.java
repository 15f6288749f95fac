package dev.varve.lane.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.kernel.Patience;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.OlderVersion;
import dev.varve.lane.access.Precondition;
import dev.varve.node.OpenEngine;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.InputReader;
import dev.varve.schema.sdl.Schemas;
import dev.varve.store.cache.CacheSettings;
import dev.varve.store.cache.RecordCache;
import dev.varve.store.follow.KnownEnd;
import dev.varve.store.follow.LogFollower;
import dev.varve.store.follow.LogFreshness;
import dev.varve.store.follow.Notices;
import dev.varve.store.log.EventLog;
import dev.varve.store.log.Follower;
import dev.varve.store.log.InstantFloor;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.DatabaseOptions;
import dev.varve.store.sql.Migrations;
import dev.varve.store.sql.SqlValues;
import dev.varve.store.sql.sqlite.EmptyDatabase;
import dev.varve.store.sql.sqlite.SqliteDatabase;
import dev.varve.store.state.AppliedSchema;
import dev.varve.store.state.Projection;
import dev.varve.store.state.Rebuild;
import dev.varve.store.state.Records;
import dev.varve.store.state.Verification;
import dev.varve.telemetry.Metrics;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SequencerTest {
  private static final String SCHEMA =
      """
      type User @model @auth(rules: [{allow: public}]) {
        id: ID!
        name: String!
        email: Email! @unique
        friend: User @relation(onDelete: SET_NULL)
      }
      type Order @model @auth(rules: [{allow: public}]) {
        user: User! @immutable
        total: Decimal! @scale(digits: 2)
        note: String
        lines: [Line!]! @hasMany(by: "order")
      }
      type Line @model @unique(fields: ["order", "number"]) @auth(rules: [{allow: public}]) {
        order: Order! @relation(onDelete: CASCADE)
        number: Int!
      }
      """;

  @TempDir Path folder;

  private Database database;
  private Schema schema;
  private AppliedSchema applied;
  private Access access;
  private Sequencer sequencer;
  private EventLog log;

  @BeforeEach
  void start() {
    schema = Schemas.parse(SCHEMA);
    access = OpenEngine.compile(schema);
    EmptyDatabase.into(folder);
    database = SqliteDatabase.open(folder.resolve("varve.db"), DatabaseOptions.DEFAULT);
    Migrations.run(database);
    applied = AppliedSchema.apply(database, schema, Clock.systemUTC());
    log = new EventLog(database);
    RecordCache cache = new RecordCache(CacheSettings.DEFAULT, schema.models(), 0);
    sequencer =
        new Sequencer(
                applied,
                new Sequencer.Stored(
                    database,
                    log,
                    new Records(database.dialect(), schema.models()),
                    new Projection(database.dialect(), schema.models()),
                    cache,
                    new LogFollower(
                        database,
                        log,
                        applied,
                        cache,
                        Follower.NONE,
                        new Notices(),
                        LogFreshness.always(),
                        KnownEnd.alone(log),
                        log.head())),
                new InstantFloor(),
                Clock.systemUTC(),
                WriteSettings.DEFAULT,
                UnitTrigger.NONE,
                Metrics.NONE)
            .start();
  }

  @AfterEach
  void stop() {
    sequencer.close();
    database.close();
  }

  private Model model(String name) {
    return schema.require(name);
  }

  private Command create(String model, String id, Map<String, Object> fields) {
    return new Command.Create(
        model(model), id, true, InputReader.read(model(model), fields, InputReader.Mode.CREATE));
  }

  private Command merge(String model, String id, Map<String, Object> fields) {
    return new Command.Merge(
        model(model),
        id,
        InputReader.read(model(model), fields, InputReader.Mode.MERGE),
        Precondition.NONE);
  }

  private Command delete(String model, String id) {
    return new Command.Delete(model(model), id, Precondition.NONE);
  }

  private Outcome submit(Command... commands) {
    return WrittenOutcome.of(result(commands));
  }

  private WriteResult result(Command... commands) {
    return sequencer.submit(unit(commands));
  }

  private UnitOfWork unit(Command... commands) {
    List<Authorized<Command>> authorized = new ArrayList<>();
    for (Command command : commands) {
      authorized.add(access.authorize(Caller.ANONYMOUS, command));
    }
    return new UnitOfWork(authorized, "request", Optional.empty());
  }

  private CompletableFuture<WriteResult> queued(String id) {
    UnitOfWork unit = unit(create("User", id, Map.of("name", id, "email", id + "@example.com")));
    return sequencer.enqueue(group -> group.decide(unit));
  }

  /// On a shared database a group waits for its turn while others write.
  @Test
  void whoComesWhileAGroupWaitsForItsTurnGoesWithIt() throws SQLException {
    List<CompletableFuture<WriteResult>> results = new ArrayList<>();
    try (Connection other =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("varve.db"));
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      results.add(queued("first"));
      Patience.until("the writer has taken it", () -> sequencer.waiting() == 0);
      for (int i = 0; i < 4; i++) {
        results.add(queued("later" + i));
      }
      assertThat(sequencer.waiting()).isEqualTo(4);
      statement.execute("COMMIT");
    }

    List<Outcome> outcomes =
        results.stream().map(CompletableFuture::join).map(WrittenOutcome::of).toList();

    assertThat(outcomes).extracting(Outcome::position).containsExactly(1L, 2L, 3L, 4L, 5L);
    // units of one group have one instant
    assertThat(outcomes.stream().map(Outcome::at).distinct()).hasSize(1);
  }

  private void seed() {
    submit(create("User", "ada", Map.of("name", "Ada", "email", "ada@example.com")));
    submit(create("Order", "o1", Map.of("user", "ada", "total", "19.90")));
  }

  private Entity only(Outcome outcome) {
    return outcome.results().getFirst().entity().orElseThrow();
  }

  @Test
  void everyUnitIsOnePosition() {
    seed();
    Outcome both =
        submit(
            create("Line", "l1", Map.of("order", "o1", "number", 1L)),
            create("Line", "l2", Map.of("order", "o1", "number", 2L)));

    assertThat(both.position()).isEqualTo(3);
    assertThat(log.head().position()).isEqualTo(3);
    assertSound();
  }

  @Test
  void workWritesItsRowsAndItsRecordsAsOne() {
    int kept =
        sequencer.submit(
            "user:ada",
            "request",
            desk -> {
              desk.apply(
                  trusted(
                      create("User", "ada", Map.of("name", "Ada", "email", "ada@example.com"))));
              return mark(desk);
            });

    assertThat(kept).isEqualTo(1);
    assertThat(marks()).isEqualTo(1);
    assertThat(log.head().position()).isEqualTo(1);
    assertSound();
  }

  @Test
  void workThatRefusesLeavesNothing() {
    assertThatThrownBy(() ->
            sequencer.submit(
                "user:ada",
                "request",
                desk -> {
                  desk.apply(
                      trusted(
                          create(
                              "User", "ada", Map.of("name", "Ada", "email", "ada@example.com"))));
                  mark(desk);
                  throw Problem.notFound("Gone");
                }))
        .hasMessage("Gone");

    assertThat(marks()).isZero();
    assertThat(log.head().position()).isZero();
    submit(create("User", "ada", Map.of("name", "Ada", "email", "ada@example.com")));
    assertSound();
  }

  @Test
  void workThatOnlyMarksIsDurableWithoutAPosition() {
    sequencer.submit("user:ada", "request", SequencerTest::mark);

    assertThat(marks()).isEqualTo(1);
    assertThat(log.head().position()).isZero();
  }

  @Test
  void workFindsARecordByAUniqueValue() {
    seed();

    String id =
        sequencer.submit(
            "user:ada",
            "request",
            desk ->
                desk.find(model("User"), "email", "ada@example.com").map(Entity::id).orElse(""));

    assertThat(id).isEqualTo("ada");
  }

  /// Something that no log keeps: here a row among the kept answers.
  private static int mark(WriteContext desk) throws SQLException {
    return desk.session()
        .update(
            "INSERT INTO varve_idempotency (actor, idempotency_key, digest, position, at, answer)"
                + " VALUES ('mark', 'mark', x'00', 0, ?, x'00')",
            List.of(SqlValues.micros(desk.at())));
  }

  private long marks() {
    return database.read(session ->
        session
            .first(
                "SELECT count(*) FROM varve_idempotency WHERE actor = 'mark'",
                List.of(),
                row -> row.getLong(1))
            .orElse(0L));
  }

  private Authorized<Command> trusted(Command command) {
    return access.authorize(Caller.trusted("user:ada"), command);
  }

  @Test
  void aUnitIsRefusedAsAWholeAndNamesTheOperation() {
    seed();

    WriteResult result =
        result(
            create("Line", "l1", Map.of("order", "o1", "number", 1L)),
            create("Line", "l2", Map.of("order", "nowhere", "number", 2L)));
    assertThat(result)
        .isInstanceOfSatisfying(
            WriteResult.Refused.class,
            refused -> {
              assertThat(refused.index()).isEqualTo(1);
              assertThat(refused.problem())
                  .hasMessage("A record that is referred to does not exist");
            });
    assertThat(log.head().position()).isEqualTo(2);
    assertSound();
  }

  @Test
  void aTakenValueIsRefusedAndIsFreeAgainAfterItsHolderIsGone() {
    seed();
    Command second = create("User", "bob", Map.of("name", "Bob", "email", "ada@example.com"));

    assertThatThrownBy(() -> submit(second)).hasMessage("A User with this email exists already");
    submit(
        merge("User", "ada", Map.of("email", "ada@example.org")),
        create("User", "bob", Map.of("name", "Bob", "email", "ada@example.com")),
        merge("User", "bob", Map.of("email", "bob@example.com")),
        merge("User", "ada", Map.of("email", "ada@example.com")));
    assertSound();
  }

  @Test
  void deletingCascadesClearsAndRestrictsAsTheRelationsSay() {
    seed();
    submit(create("Line", "l1", Map.of("order", "o1", "number", 1L)));
    submit(
        create("User", "bob", Map.of("name", "Bob", "email", "bob@example.com", "friend", "ada")));

    assertThatThrownBy(() -> submit(delete("User", "ada")))
        .hasMessage(
            "User is still referred to by Order.user: delete or change those records first");
    submit(delete("Order", "o1"), delete("User", "ada"));

    assertThat(read("Line", "l1")).isEmpty();
    assertThat(read("User", "bob").orElseThrow().value(model("User").field("friend").orElseThrow()))
        .isNull();
    assertSound();
  }

  @Test
  void aDeletedRecordComesBackWithANewVersionAndItsOldCreation() {
    seed();
    Entity first = only(submit(merge("Order", "o1", Map.of("note", "hello"))));
    submit(delete("Order", "o1"));
    Entity back =
        only(
            submit(
                new Command.Restore(
                    model("Order"), "o1", new OlderVersion.Numbered(1), Precondition.NONE)));

    assertThat(back.version()).isEqualTo(4);
    assertThat(back.createdAt()).isEqualTo(first.createdAt());
    assertThat(back.value(model("Order").field("note").orElseThrow())).isNull();
    assertSound();
  }

  @Test
  void theSameIdAgainGoesOnFromTheVersionOfTheDeletedOne() {
    seed();
    submit(delete("Order", "o1"));
    Entity again = only(submit(create("Order", "o1", Map.of("user", "ada", "total", "1.00"))));

    assertThat(again.version()).isEqualTo(3);
    assertSound();
  }

  @Test
  void aWriteThatChangesNothingMakesNoVersion() {
    seed();
    Outcome outcome = submit(merge("Order", "o1", Map.of("total", "19.90")));

    assertThat(only(outcome).version()).isEqualTo(1);
    assertThat(log.head().position()).isEqualTo(2);
  }

  @Test
  void anOlderVersionIsNotOverwritten() {
    seed();
    submit(merge("Order", "o1", Map.of("note", "a")));

    assertThatThrownBy(() ->
            submit(
                new Command.Merge(
                    model("Order"),
                    "o1",
                    InputReader.read(model("Order"), Map.of("note", "b"), InputReader.Mode.MERGE),
                    new Precondition.Versions(Set.of(1L)))))
        .hasMessageStartingWith("The record is at version 2, which is not the one expected");
  }

  @Test
  void manyWritersAtOnceLoseNothing() throws Exception {
    seed();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Outcome>> writes = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        long number = i;
        writes.add(
            () -> submit(create("Line", "l" + number, Map.of("order", "o1", "number", number))));
      }
      for (Future<Outcome> write : executor.invokeAll(writes)) {
        assertThat(write.get().position()).isPositive();
      }
    }
    assertThat(log.head().position()).isEqualTo(502);
    assertSound();
  }

  @Test
  void rebuiltTablesAreTheSameAndCanBeWrittenOn() {
    seed();
    submit(merge("Order", "o1", Map.of("note", "a")), merge("Order", "o1", Map.of("note", "b")));
    submit(delete("Order", "o1"));
    submit(
        new Command.Restore(model("Order"), "o1", new OlderVersion.Numbered(2), Precondition.NONE));
    sequencer.close();

    assertThat(new Rebuild(database, log, applied).run((position, last) -> {}, () -> false))
        .isTrue();
    assertSound();
  }

  private Optional<Entity> read(String model, String id) {
    Records records = new Records(database.dialect(), schema.models());
    return database.read(session -> records.find(session, model(model), id));
  }

  private void assertSound() {
    Verification.Report report =
        new Verification(database, log, applied)
            .run(folder.resolve("verify-" + System.nanoTime() + ".db"), (position, last) -> {});
    assertThat(report.findings()).isEmpty();
  }
}
