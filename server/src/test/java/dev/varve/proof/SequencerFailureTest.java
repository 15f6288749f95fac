package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.write.Idempotency;
import dev.varve.lane.write.UnitOfWork;
import dev.varve.lane.write.WriteResult;
import dev.varve.node.OpenEngine;
import dev.varve.schema.Model;
import dev.varve.schema.record.InputReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What goes wrong under the write lane costs the group that it hits, and nobody after it.
class SequencerFailureTest {
  private static final String SCHEMA =
      """
      type Page @model @auth(rules: [{allow: public}]) {
        name: String! @unique
        text: String
      }
      """;

  @TempDir Path data;
  private final GatedClock clock = new GatedClock(new Random(1));
  private OpenEngine engine;

  @BeforeEach
  void open() {
    engine = OpenEngine.at(data, SCHEMA, clock);
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private static List<Operation> create(String id, String name, String text) {
    return List.of(
        new Operation(
            Operation.Verb.CREATE,
            "Page",
            id,
            Map.of("name", value(name), "text", value(text)),
            0,
            Set.of(),
            0));
  }

  private static Operation.Given value(String text) {
    return new Operation.Given.Value(Choice.same(text));
  }

  private static ErrorCode code(Groups.Answer answer) {
    return switch (answer) {
      case Groups.Answer.Refused(int _, Problem problem) -> problem.code();
      case Groups.Answer.NotTaken(Problem problem) -> problem.code();
      case Groups.Answer.Written _, Groups.Answer.Replayed _ ->
          throw new AssertionError("It was written: " + answer);
    };
  }

  @Test
  void nobodyIsRefusedForWhatWasNeverWritten() throws Exception {
    Groups groups = new Groups(engine, clock);
    assertThat(groups.submit(List.of(create("a", "a", "")))).hasSize(1);
    limitPages();

    List<Groups.Answer> answers =
        groups.submit(
            List.of(
                create("b", "b", ""),
                create("c", "c", "x".repeat(900_000)),
                create("d", "c", "the name is taken, if the one before is kept")));

    assertThat(code(answers.get(1))).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
    assertThat(code(answers.get(2))).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
    assertThat(groups.submit(List.of(create("d", "c", "the name is free"))).getFirst())
        .isInstanceOf(Groups.Answer.Written.class);
    assertThat(engine.verify().findings()).isEmpty();
  }

  /// The database of the writer's connection may not grow; the next connection knows nothing of it.
  private void limitPages() throws Exception {
    long pages =
        engine
            .database()
            .writer()
            .first("PRAGMA page_count", List.of(), row -> row.getLong(1))
            .orElseThrow();
    engine.database().writer().execute("PRAGMA max_page_count = " + (pages + 20));
  }

  @Test
  void anErrorInOneUnitLeavesTheWriterAlive() {
    Model page = engine.schema().require("Page");
    Command command =
        new Command.Create(
            page, "a", true, InputReader.read(page, Map.of("name", "a"), InputReader.Mode.CREATE));
    Authorized<Command> authorized = engine.access().authorize(Caller.ANONYMOUS, command);
    Idempotency spoilt =
        new Idempotency(
            "key",
            new byte[] {1},
            outcome -> {
              throw new StackOverflowError("too deep");
            });

    assertThatThrownBy(() ->
            engine
                .sequencer()
                .submit(new UnitOfWork(List.of(authorized), "request", Optional.of(spoilt))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("The write failed");
    assertThat(
            engine
                .sequencer()
                .submit(new UnitOfWork(List.of(authorized), "request", Optional.empty())))
        .isInstanceOf(WriteResult.Written.class);
    assertThat(engine.verify().findings()).isEmpty();
  }
}
