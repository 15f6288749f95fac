package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Problem;
import dev.varve.kernel.TestFolders;
import dev.varve.node.OpenEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.SkipExecutionHook;

/// Random units of work, in random groups, against the world: the log, the tables, the cache and the read
/// lane on one side, maps on the other. Once on the way the schema changes.
class ModelTest {
  private static final int GROUPS_MAX = 20;
  private static final int ROUNDS_MAX = 10_000;

  // jqwik makes a new instance for each try
  private static int rounds;

  /// Units that are submitted together; each number is the seed of one.
  record Group(List<Long> units) {}

  @Provide
  Arbitrary<List<Group>> groups() {
    return Arbitraries.longs()
        .withDistribution(RandomDistribution.uniform())
        .withoutEdgeCases()
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .map(Group::new)
        .list()
        .ofMaxSize(GROUPS_MAX)
        .withSizeDistribution(RandomDistribution.uniform());
  }

  @Property(tries = 8, edgeCases = EdgeCasesMode.NONE)
  void everyReadAtEveryPositionIsTheFoldOfTheUnitsUpToIt(
      @ForAll("groups") List<Group> before,
      @ForAll("groups") List<Group> after,
      @ForAll Random random)
      throws IOException, InterruptedException {
    run(before, after, random);
  }

  @Property(tries = ROUNDS_MAX, edgeCases = EdgeCasesMode.NONE)
  @AddLifecycleHook(WhenAsked.class)
  void theSameInAsManyRoundsAsAreAskedFor(
      @ForAll("groups") List<Group> before,
      @ForAll("groups") List<Group> after,
      @ForAll Random random)
      throws IOException, InterruptedException {
    if (rounds++ < Rounds.asked()) {
      run(before, after, random);
    }
  }

  /// Runs the long form only when `-Dvarve.proof.rounds` says how long.
  static final class WhenAsked implements SkipExecutionHook {
    @Override
    public SkipResult shouldBeSkipped(LifecycleContext context) {
      return Rounds.asked() > 0
          ? SkipResult.doNotSkip()
          : SkipResult.skip("-Dvarve.proof.rounds does not ask for more");
    }
  }

  private static void run(List<Group> before, List<Group> after, Random random)
      throws IOException, InterruptedException {
    Path data = Files.createTempDirectory("varve-model");
    try {
      run(data, before, after, random);
    } finally {
      TestFolders.delete(data);
    }
  }

  private static void run(Path data, List<Group> before, List<Group> after, Random random)
      throws InterruptedException {
    World world = new World(Shapes.BEFORE);
    GatedClock clock = new GatedClock(random);
    try (OpenEngine engine = OpenEngine.at(data, Shapes.BEFORE.source(), clock)) {
      submit(engine, world, clock, before);
      check(engine, world, clock, random);
    }
    world.evolve(Shapes.AFTER);
    try (OpenEngine engine = OpenEngine.at(data, Shapes.AFTER.source(), clock)) {
      check(engine, world, clock, random);
      submit(engine, world, clock, after);
      check(engine, world, clock, random);
    }
    try (OpenEngine engine = OpenEngine.at(data, Shapes.AFTER.source(), clock)) {
      assertThat(engine.rebuild(() -> false)).isTrue();
    }
    try (OpenEngine engine = OpenEngine.at(data, Shapes.AFTER.source(), clock)) {
      check(engine, world, clock, random);
    }
  }

  private static void check(OpenEngine engine, World world, GatedClock clock, Random random) {
    clock.forward();
    new Agreement(engine, world, random).check();
    assertThat(engine.verify().findings()).isEmpty();
  }

  private static void submit(OpenEngine engine, World world, GatedClock clock, List<Group> groups)
      throws InterruptedException {
    Groups lane = new Groups(engine, clock);
    for (Group group : groups) {
      List<List<Operation>> units = new ArrayList<>();
      for (long seed : group.units()) {
        units.add(withFreshIds(world, units.size(), new Inventor(world, new Random(seed)).unit()));
      }
      List<Groups.Answer> answers = lane.submit(units);
      for (int i = 0; i < units.size(); i++) {
        compare(world, units.get(i), answers.get(i));
      }
    }
  }

  /// An id that nobody gave is one that nobody else has.
  private static List<Operation> withFreshIds(World world, int number, List<Operation> unit) {
    List<Operation> operations = new ArrayList<>();
    for (Operation operation : unit) {
      boolean needsId = operation.verb() == Operation.Verb.CREATE_WITHOUT_ID;
      String id =
          "%s-%d-%d-%d".formatted(operation.id(), world.position(), number, operations.size());
      operations.add(needsId ? operation.withId(id) : operation);
    }
    return operations;
  }

  private static void compare(World world, List<Operation> unit, Groups.Answer answer) {
    Instant at =
        answer instanceof Groups.Answer.Written written ? written.outcome().at() : Instant.EPOCH;
    if (answer instanceof Groups.Answer.Written) {
      assertThat(at).isAfterOrEqualTo(world.instantOf(world.position()));
    }
    World.Result expected = world.apply(unit, at);
    switch (answer) {
      case Groups.Answer.Written written -> {
        assertThat(expected).as("%s", unit).isInstanceOf(World.Result.Accepted.class);
        World.Result.Accepted accepted = (World.Result.Accepted) expected;
        assertThat(written.outcome().position()).isEqualTo(accepted.position());
        for (int i = 0; i < unit.size(); i++) {
          Optional<Long> version =
              written.outcome().results().get(i).entity().map(entity -> entity.version());
          assertThat(version)
              .as("version after %s", unit.get(i))
              .isEqualTo(accepted.items().get(i).map(World.Item::version));
        }
      }
      case Groups.Answer.Replayed _ -> throw new AssertionError("No key was given");
      case Groups.Answer.NotTaken(Problem problem) ->
          throw new AssertionError(unit + " was not taken", problem);
      case Groups.Answer.Refused refused -> {
        assertThat(expected)
            .as("%s: %s", unit, refused.problem().getMessage())
            .isInstanceOf(World.Result.Refused.class);
        World.Result.Refused refusal = (World.Result.Refused) expected;
        assertThat(refusal.codes())
            .as("%s: %s", unit, refused.problem().getMessage())
            .contains(refused.problem().code().name());
        assertThat(refused.index()).as("%s", unit).isEqualTo(refusal.index());
      }
    }
  }
}
