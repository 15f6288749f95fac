package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.OlderVersion;
import dev.varve.lane.access.Precondition;
import dev.varve.lane.access.Read;
import dev.varve.lane.query.Versions;
import dev.varve.lane.write.Outcome;
import dev.varve.lane.write.UnitOfWork;
import dev.varve.lane.write.WriteResult;
import dev.varve.lane.write.WrittenOutcome;
import dev.varve.node.OpenEngine;
import dev.varve.schema.Model;
import dev.varve.schema.record.InputReader;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Deletions that reach one record on several ways.
class DeletionTest {
  private static final String SCHEMA =
      """
      type Person @model @auth(rules: [{allow: public}]) {
        mentor: Person @relation(onDelete: SET_NULL)
        family: Person @relation(onDelete: CASCADE)
      }
      type Task @model @auth(rules: [{allow: public}]) {
        owner: Person
        parent: Task @relation(onDelete: CASCADE)
        root: Task @relation(onDelete: CASCADE)
      }
      """;

  @TempDir Path data;
  private OpenEngine engine;

  @BeforeEach
  void open() {
    engine = OpenEngine.at(data, SCHEMA, Clock.systemUTC());
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private Command create(String model, String id, @Nullable String... fields) {
    return new Command.Create(
        model(model),
        id,
        true,
        InputReader.read(model(model), Choice.object((Object[]) fields), InputReader.Mode.CREATE));
  }

  private Command merge(String model, String id, @Nullable String... fields) {
    return new Command.Merge(
        model(model),
        id,
        InputReader.read(model(model), Choice.object((Object[]) fields), InputReader.Mode.MERGE),
        Precondition.NONE);
  }

  private Command delete(String model, String id) {
    return new Command.Delete(model(model), id, Precondition.NONE);
  }

  private Model model(String name) {
    return engine.schema().require(name);
  }

  private Outcome submit(Command... commands) {
    return submit(Arrays.asList(commands));
  }

  private Outcome submit(List<Command> commands) {
    return WrittenOutcome.of(result(commands));
  }

  private WriteResult result(List<Command> commands) {
    List<Authorized<Command>> authorized = new ArrayList<>();
    for (Command command : commands) {
      authorized.add(engine.access().authorize(Caller.ANONYMOUS, command));
    }
    UnitOfWork unit = new UnitOfWork(authorized, "request", Optional.empty());
    return engine.sequencer().submit(unit);
  }

  private List<String> history(String model, String id) {
    Read.Versions read = new Read.Versions(model(model), id, 100, Optional.empty());
    Versions versions =
        engine.query().versions(engine.access().authorize(Caller.ANONYMOUS, read)).orElseThrow();
    return versions.versions().stream()
        .map(version -> version.version() + " " + version.kind())
        .toList();
  }

  private void assertSound() {
    assertThat(engine.verify().findings()).isEmpty();
  }

  @Test
  void aRecordThatIsReachedTwiceIsDeletedOnce() {
    submit(
        create("Task", "a"),
        create("Task", "b", "root", "a"),
        create("Task", "c", "root", "a", "parent", "b"));

    submit(delete("Task", "a"));

    assertThat(history("Task", "c")).containsExactly("2 DELETE", "1 CREATE");
    assertSound();
  }

  @Test
  void aRecordThatLosesAReferenceAndFollowsHasAVersionForEach() {
    submit(
        create("Person", "head"),
        create("Person", "x", "family", "head"),
        create("Person", "y", "family", "head", "mentor", "x"));

    submit(delete("Person", "head"));

    assertThat(history("Person", "y")).containsExactly("3 DELETE", "2 UPDATE", "1 CREATE");
    submit(create("Person", "y"));
    assertThat(history("Person", "y").getFirst()).isEqualTo("4 CREATE");
    assertSound();
  }

  @Test
  void referencesThatTheUnitTakesAwayHideNoneThatStays() {
    submit(
        create("Person", "ada"),
        create("Person", "bob"),
        create("Task", "a", "owner", "ada"),
        create("Task", "b", "owner", "ada"),
        create("Task", "c", "owner", "ada"));

    WriteResult result =
        result(
            List.of(
                merge("Task", "a", "owner", "bob"),
                merge("Task", "b", "owner", "bob"),
                delete("Person", "ada")));
    assertThat(result)
        .isInstanceOfSatisfying(
            WriteResult.Refused.class,
            refused -> {
              assertThat(refused.index()).isEqualTo(2);
              assertThat(refused.problem())
                  .hasMessage(
                      "Person is still referred to by Task.owner: delete or change those records first");
            });
    assertSound();
  }

  @Test
  void aChainOfThousandsIsDeletedAsOne() {
    List<Command> chain = new ArrayList<>(List.of(create("Task", "t0")));
    for (int i = 1; i < 9_999; i++) {
      chain.add(create("Task", "t" + i, "parent", "t" + (i - 1)));
    }
    submit(chain);

    submit(delete("Task", "t0"));

    assertThat(history("Task", "t9998")).containsExactly("2 DELETE", "1 CREATE");
    submit(create("Task", "after"));
    assertSound();
  }

  @Test
  void aRecordThatIsMadeAnewInTheSameInstantIsNotOneThatCameBack() {
    submit(create("Task", "a"), delete("Task", "a"), create("Task", "a"));
    assertThat(history("Task", "a")).containsExactly("3 CREATE", "2 DELETE", "1 CREATE");

    submit(
        create("Task", "b"),
        delete("Task", "b"),
        new Command.Restore(model("Task"), "b", new OlderVersion.Numbered(1), Precondition.NONE));
    assertThat(history("Task", "b")).containsExactly("3 UNDELETE", "2 DELETE", "1 CREATE");
  }
}
