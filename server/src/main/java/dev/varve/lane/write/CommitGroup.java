package dev.varve.lane.write;

import dev.varve.kernel.Problem;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Command;
import dev.varve.schema.Schema;
import dev.varve.store.log.Append;
import dev.varve.store.log.Change;
import dev.varve.store.state.Projection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Units that are decided one after another and written in one transaction. Used by the writer thread alone.
final class CommitGroup {
  // held until all of it is written
  private static final long BYTES_MAX = 16L * 1024 * 1024;

  private final Schema schema;
  private final Append append;
  private final Instant at;
  private final WorkingState state;
  private final Projection.Group rows;
  private final IdempotencyKeys.Group keys;
  private final UnitTrigger trigger;
  private boolean unlogged;
  private long bytes;

  CommitGroup(
      Schema schema,
      Append append,
      Instant at,
      WorkingState state,
      Projection.Group rows,
      IdempotencyKeys.Group keys,
      UnitTrigger trigger) {
    this.schema = schema;
    this.append = append;
    this.at = at;
    this.state = state;
    this.rows = rows;
    this.keys = keys;
    this.trigger = trigger;
  }

  /// Reads at once what units are going to ask for one by one, in the place of what was read for those before. Nothing comes of it but time.
  void prefetch(List<UnitOfWork> units) throws SQLException {
    keys.prefetch(
        units.stream()
            .flatMap(unit ->
                unit.idempotency().stream()
                    .map(request -> new IdempotencyKeys.Key(actor(unit), request.key())))
            .collect(Collectors.toSet()));
    state.prefetch(schema, units);
  }

  /// Decides one unit of work.
  ///
  /// @return what became of it; when it is refused it leaves no trace
  /// @throws Problem when its key came with another request
  WriteResult decide(UnitOfWork unit) throws SQLException {
    state.startUnit();
    String actor = actor(unit);
    Optional<WriteResult.Replayed> earlier = keys.earlier(actor, unit.idempotency());
    if (earlier.isPresent()) {
      return earlier.get();
    }
    Decision decision = new Decision(schema, state, at);
    List<Outcome.Result> results = new ArrayList<>(unit.commands().size());
    for (Authorized<Command> command : unit.commands()) {
      try {
        results.add(decision.decide(command));
      } catch (Problem problem) {
        return new WriteResult.Refused(results.size(), problem);
      }
    }
    long position = append.head().position() + (decision.changes().isEmpty() ? 0 : 1);
    Outcome outcome = new Outcome(position, at, results);
    keys.keep(actor, unit.idempotency(), outcome);
    // from here on nothing refuses the unit
    accept(decision, actor, unit.requestId());
    return new WriteResult.Written(outcome);
  }

  private static String actor(UnitOfWork unit) {
    Authorized<Command> first = unit.commands().getFirst();
    return first.caller().actor();
  }

  /// Decides one piece of work.
  ///
  /// @throws Problem when it refuses; it leaves no trace then
  <T> T decide(WriterTask<T> work, String actor, String requestId) throws SQLException {
    state.startUnit();
    Decision decision = new Decision(schema, state, at);
    append.session().transaction("SAVEPOINT work");
    try {
      T result = work.run(new WriteContext(append.session(), at, state, decision));
      accept(decision, actor, requestId);
      append.session().transaction("RELEASE work");
      unlogged = true;
      return result;
    } catch (Problem problem) {
      append.session().transaction("ROLLBACK TO work");
      append.session().transaction("RELEASE work");
      throw problem;
    }
  }

  private void accept(Decision decision, String actor, String requestId) throws SQLException {
    if (!decision.changes().isEmpty()) {
      decision.startTrigger();
      trigger.after(
          List.copyOf(decision.changes()), new WriteContext(append.session(), at, state, decision));
      long position = append.add(at, actor, requestId, decision.changes());
      for (Change change : decision.changes()) {
        rows.add(change, position);
      }
    }
    bytes += decision.bytes();
    state.acceptUnit();
  }

  /// Whether it holds so much that further units are for the next group.
  boolean isFull() {
    return bytes > BYTES_MAX;
  }

  /// Whether nothing is to be written.
  boolean isEmpty() {
    return append.isEmpty() && keys.isEmpty() && !unlogged;
  }

  /// Writes what follows from the units beside the log. The log itself is written with the commit.
  void write() throws SQLException {
    rows.write(append.session());
    keys.write();
  }
}
