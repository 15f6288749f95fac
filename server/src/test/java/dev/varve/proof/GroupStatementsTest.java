package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.lane.access.Command;
import dev.varve.lane.access.Precondition;
import dev.varve.lane.write.Idempotency;
import dev.varve.lane.write.UnitOfWork;
import dev.varve.node.OpenEngine;
import dev.varve.node.TestStorage;
import dev.varve.schema.Model;
import dev.varve.schema.record.InputReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How often a group of units asks a database that is elsewhere: not once for each of them.
class GroupStatementsTest {
  private static final String SCHEMA =
      """
      type Author @model @auth(rules: [{allow: public}]) {
        name: String! @unique(ignoreCase: true)
        number: Int @unique
      }

      type Page @model @auth(rules: [{allow: public}]) {
        name: String @unique
        text: String
        author: Author
        editor: Author
      }
      """;
  private static final int UNITS = 40;
  private static final int LARGE = 900_000;
  // the bound that is promised, and as many as the unit that goes before the group has
  private static final int STATEMENTS_MAX = 6;

  @TempDir Path data;
  private final GatedClock clock = new GatedClock(new Random(1));
  private OpenEngine engine;
  private Groups groups;

  @BeforeEach
  void open() throws InterruptedException {
    TestStorage.inPostgres(data);
    begin();
    groups.submitWork(each(this::author));
    groups.submitWork(each(i -> unit(create("Page", "page-" + i, Map.of("name", "page " + i)))));
    engine.close();
    // with nothing in memory
    begin();
  }

  private void begin() {
    engine = OpenEngine.at(data, SCHEMA, clock);
    groups = new Groups(engine, clock);
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private UnitOfWork author(int i) {
    return unit(create("Author", "author-" + i, Map.of("name", "Author " + i, "number", (long) i)));
  }

  private static List<UnitOfWork> each(IntFunction<UnitOfWork> unit) {
    return IntStream.range(0, UNITS).mapToObj(unit).toList();
  }

  private UnitOfWork unit(Command... commands) {
    return groups.work(List.of(commands), Optional.empty());
  }

  private Command create(String model, String id, Map<String, Object> body) {
    Model made = engine.schema().require(model);
    return new Command.Create(
        made, id, true, InputReader.read(made, body, InputReader.Mode.CREATE));
  }

  private Command merge(String model, String id, Map<String, Object> body) {
    Model changed = engine.schema().require(model);
    return new Command.Merge(
        changed, id, InputReader.read(changed, body, InputReader.Mode.MERGE), Precondition.NONE);
  }

  /// What became of units that were one group, which asked the database no more often than is promised.
  private List<Groups.Answer> submit(List<UnitOfWork> units) throws InterruptedException {
    List<UnitOfWork> all = new ArrayList<>();
    all.add(unit(create("Page", "first", Map.of())));
    all.addAll(units);
    long ofOne = statements(() -> groups.submitWork(all.subList(0, 1)));
    all.set(0, unit(merge("Page", "first", Map.of("text", "again"))));
    List<Groups.Answer> answers = new ArrayList<>();
    assertThat(statements(() -> answers.addAll(groups.submitWork(all))) - ofOne)
        .isLessThanOrEqualTo(STATEMENTS_MAX);
    return answers.subList(1, answers.size());
  }

  private long statements() {
    return engine.database().writer().statements();
  }

  private static void assertWritten(List<Groups.Answer> answers) {
    assertThat(answers).hasSize(UNITS).allMatch(Groups.Answer.Written.class::isInstance);
  }

  @Test
  void changesOfRecordsThatAreNotInMemory() throws Exception {
    assertWritten(submit(each(i -> unit(merge("Page", "page-" + i, Map.of("text", "new"))))));
  }

  @Test
  void newRecordsWhoseIdsWereChosen() throws Exception {
    assertWritten(
        submit(
            each(i ->
                unit(
                    create(
                        "Page",
                        "other-" + i,
                        Map.of("name", "other " + i, "author", "author-" + i))))));
  }

  @Test
  void newValuesOfRelationsAndUniqueFields() throws Exception {
    assertWritten(
        submit(
            each(i ->
                unit(
                    merge(
                        "Page",
                        "page-" + i,
                        Map.of("name", "renamed " + i, "editor", "author-" + i))))));
  }

  @Test
  void deletedRecords() throws Exception {
    Model page = engine.schema().require("Page");
    assertWritten(
        submit(each(i -> unit(new Command.Delete(page, "page-" + i, Precondition.NONE)))));
  }

  @Test
  void unitsOfManyCommands() throws Exception {
    Command[] commands =
        IntStream.range(0, 2_000)
            .mapToObj(i -> merge("Page", "page-" + i % UNITS, Map.of("text", "new " + i)))
            .toArray(Command[]::new);
    assertThat(submit(List.of(unit(commands), unit(commands))))
        .allMatch(Groups.Answer.Written.class::isInstance);
  }

  @Test
  void keysOfRequestsThatCameBefore() throws Exception {
    List<UnitOfWork> units =
        each(i ->
            keyed("key-" + i, "answer " + i, merge("Page", "page-" + i, Map.of("text", "once"))));
    assertWritten(submit(units));

    List<Groups.Answer> again = groups.submitWork(units);

    for (int i = 0; i < UNITS; i++) {
      assertThat(again.get(i)).isInstanceOf(Groups.Answer.Replayed.class);
      assertThat(((Groups.Answer.Replayed) again.get(i)).answer())
          .asString(StandardCharsets.UTF_8)
          .isEqualTo("answer " + i);
    }
  }

  /// What is read at once has to fit into memory; the rest is asked for one by one.
  @Test
  void recordsAndAnswersThatAreLargeAreNotReadAllAtOnce() throws Exception {
    String large = "x".repeat(LARGE);
    assertWritten(
        groups.submitWork(each(i -> unit(merge("Page", "page-" + i, Map.of("text", large + i))))));
    engine.close();
    begin();

    assertThat(
            statements(() ->
                assertWritten(
                    groups.submitWork(
                        each(i ->
                            keyed(
                                "large-" + i,
                                large,
                                merge("Page", "page-" + i, Map.of("text", "small"))))))))
        .isGreaterThan(UNITS / 2);
    assertThat(
            statements(() ->
                groups.submitWork(
                    each(i ->
                        keyed(
                            "large-" + i,
                            "",
                            merge("Page", "page-" + i, Map.of("text", "small")))))))
        .isGreaterThan(UNITS / 2);
    assertThat(engine.verify().findings()).isEmpty();
  }

  /// Work that may be interrupted.
  @FunctionalInterface
  private interface Work {
    void run() throws InterruptedException;
  }

  private long statements(Work work) throws InterruptedException {
    long before = statements();
    work.run();
    return statements() - before;
  }

  private UnitOfWork keyed(String key, String answer, Command command) {
    return groups.work(
        List.of(command),
        Optional.of(
            new Idempotency(key, new byte[] {1}, _ -> answer.getBytes(StandardCharsets.UTF_8))));
  }

  @Test
  void whoeverHoldsAValueIsFoundInWhateverFormItIsCompared() throws Exception {
    List<Groups.Answer> answers =
        submit(
            each(i ->
                unit(
                    i % 2 == 0
                        ? create("Author", "b-" + i, Map.of("name", "AUTHOR " + i))
                        : create("Author", "b-" + i, values(i)))));

    assertThat(answers).hasSize(UNITS).allMatch(Groups.Answer.Refused.class::isInstance);
  }

  private static Map<String, Object> values(int i) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("name", "Somebody " + i);
    values.put("number", (long) i);
    return values;
  }

  @Test
  void whatIsNotThereIsNotThere() throws Exception {
    List<Groups.Answer> answers =
        submit(
            each(i ->
                unit(
                    i % 2 == 0
                        ? merge("Page", "nobody-" + i, Map.of("text", "new"))
                        : create("Page", "c-" + i, Map.of("author", "nobody-" + i)))));

    assertThat(answers).hasSize(UNITS).allMatch(Groups.Answer.Refused.class::isInstance);
  }

  @Test
  void laterUnitsOfAGroupSeeWhatEarlierOnesDid() throws Exception {
    List<UnitOfWork> units = new ArrayList<>();
    units.add(unit(create("Page", "first", Map.of())));
    units.add(unit(merge("Page", "page-0", Map.of("name", "taken"))));
    units.add(unit(merge("Page", "page-1", Map.of("name", "page 0"))));
    units.add(unit(merge("Page", "page-2", Map.of("name", "taken"))));
    units.add(unit(create("Author", "new", Map.of("name", "new"))));
    units.add(unit(merge("Page", "page-3", Map.of("editor", "new"))));
    Model page = engine.schema().require("Page");
    units.add(unit(new Command.Delete(page, "page-4", Precondition.NONE)));
    units.add(unit(merge("Page", "page-4", Map.of("text", "gone"))));
    units.add(unit(create("Page", "page-4", Map.of("name", "page 4"))));

    assertThat(groups.submitWork(units))
        .extracting(answer -> answer instanceof Groups.Answer.Written)
        .containsExactly(true, true, true, false, true, true, true, false, true);
    assertThat(engine.verify().findings()).isEmpty();
  }
}
