package dev.varve.proof;

import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.OlderVersion;
import dev.varve.lane.access.Precondition;
import dev.varve.lane.write.Idempotency;
import dev.varve.lane.write.Outcome;
import dev.varve.lane.write.UnitOfWork;
import dev.varve.lane.write.WriteResult;
import dev.varve.node.OpenEngine;
import dev.varve.schema.Model;
import dev.varve.schema.record.InputReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Hands units to the sequencer so that they are committed in a known order and in a known group.
final class Groups {
  private final OpenEngine engine;
  private final GatedClock clock;

  Groups(OpenEngine engine, GatedClock clock) {
    this.engine = engine;
    this.clock = clock;
  }

  /// What became of a unit.
  sealed interface Answer {
    record Written(Outcome outcome) implements Answer {}

    record Refused(int index, Problem problem) implements Answer {}

    /// Its key was known.
    record Replayed(byte[] answer) implements Answer {}

    /// The unit was not taken at all.
    record NotTaken(Problem problem) implements Answer {}
  }

  /// Submits the units in order: the first alone, all others in one group behind it.
  List<Answer> submit(List<List<Operation>> units) throws InterruptedException {
    return submitWork(units.stream().map(this::work).toList());
  }

  /// The same of units that are made already.
  List<Answer> submitWork(List<UnitOfWork> units) throws InterruptedException {
    List<FutureTask<Answer>> tasks = new ArrayList<>();
    clock.shut();
    for (UnitOfWork unit : units) {
      FutureTask<Answer> task = new FutureTask<>(() -> submitOne(unit));
      Thread thread = Thread.ofPlatform().name("submitter").start(task);
      if (tasks.isEmpty()) {
        clock.awaitWaiting();
      }
      awaitParked(thread);
      tasks.add(task);
    }
    clock.open();
    List<Answer> answers = new ArrayList<>();
    for (FutureTask<Answer> task : tasks) {
      answers.add(result(task));
    }
    return answers;
  }

  /// The unit is in the queue once its thread waits for the answer; nobody else contends for the queue.
  private static void awaitParked(Thread thread) throws InterruptedException {
    while (thread.getState() != Thread.State.WAITING && thread.isAlive()) {
      Thread.sleep(0, 100_000);
    }
  }

  private static Answer result(FutureTask<Answer> task) throws InterruptedException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw new AssertionError("A unit failed instead of being refused", e.getCause());
    }
  }

  private UnitOfWork work(List<Operation> unit) {
    return work(unit.stream().map(this::command).toList(), Optional.empty());
  }

  /// What nobody in particular asks for.
  UnitOfWork work(List<Command> commands, Optional<Idempotency> idempotency) {
    return new UnitOfWork(
        commands.stream()
            .map(command -> engine.access().authorize(Caller.ANONYMOUS, command))
            .toList(),
        "request",
        idempotency);
  }

  private Answer submitOne(UnitOfWork work) {
    try {
      return switch (engine.sequencer().submit(work)) {
        case WriteResult.Written(Outcome outcome) -> new Answer.Written(outcome);
        case WriteResult.Refused(int index, Problem problem) -> new Answer.Refused(index, problem);
        case WriteResult.Replayed(byte[] answer, long _) -> new Answer.Replayed(answer);
      };
    } catch (Problem problem) {
      return new Answer.NotTaken(problem);
    }
  }

  private Command command(Operation operation) {
    Model model = engine.schema().require(operation.model());
    Precondition precondition =
        operation.ifMatch().isEmpty()
            ? Precondition.NONE
            : new Precondition.Versions(operation.ifMatch());
    String id = operation.id();
    return switch (operation.verb()) {
      case CREATE ->
          new Command.Create(
              model, id, true, InputReader.read(model, operation.body(), InputReader.Mode.CREATE));
      case CREATE_WITHOUT_ID ->
          new Command.Create(
              model, id, false, InputReader.read(model, operation.body(), InputReader.Mode.CREATE));
      case REPLACE ->
          new Command.Replace(
              model,
              id,
              InputReader.read(model, operation.body(), InputReader.Mode.REPLACE),
              precondition);
      case MERGE ->
          new Command.Merge(
              model,
              id,
              InputReader.read(model, operation.body(), InputReader.Mode.MERGE),
              precondition);
      case DELETE -> new Command.Delete(model, id, precondition);
      case RESTORE ->
          new Command.Restore(
              model, id, new OlderVersion.Numbered(operation.version()), precondition);
    };
  }
}
