package dev.varve.face.graphql.operation;

import dev.varve.face.graphql.document.RequestRefused;
import dev.varve.face.graphql.type.RootField;
import dev.varve.face.graphql.type.TypeSystem;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.OlderVersion;
import dev.varve.lane.access.Precondition;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.lane.query.FoundRecord;
import dev.varve.lane.query.Item;
import dev.varve.lane.query.Query;
import dev.varve.lane.query.ReadResult;
import dev.varve.lane.query.SnapshotResult;
import dev.varve.lane.write.Idempotency;
import dev.varve.lane.write.Outcome;
import dev.varve.lane.write.Sequencer;
import dev.varve.lane.write.UnitOfWork;
import dev.varve.lane.write.WriteResult;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.InputReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Carries out operations that change: all their fields are one unit of work, in order, and what was asked for of
/// the records is then read at the position of the unit. A record shows the state in which its own field left it.
public final class Mutations {
  // statuses from here on are the server's fault
  private static final int OURS = 500;

  private final Schema schema;
  private final Access access;
  private final Query query;
  private final Sequencer sequencer;
  private final Supplier<String> ids;
  private final boolean requireVersion;

  /// @param requireVersion whether a record is changed only by whoever names its version
  public Mutations(
      Schema schema,
      Access access,
      Query query,
      Sequencer sequencer,
      Supplier<String> ids,
      boolean requireVersion) {
    this.schema = schema;
    this.access = access;
    this.query = query;
    this.sequencer = sequencer;
    this.ids = ids;
    this.requireVersion = requireVersion;
  }

  /// A request that says how it is known when it comes again.
  public record KeyedRequest(String key, byte[] digest) {
    Idempotency idempotency() {
      return new Idempotency(key, digest, KeptOutcome::write);
    }
  }

  /// A field at the root with its command, and what is wanted of the record.
  private record Planned(CollectedField field, Authorized<Command> command, Selection selection) {
    boolean related() {
      return !selection.expansions().isEmpty();
    }
  }

  /// @param fields at the root, in order
  /// @throws RequestRefused when an argument cannot be used or too much is asked for
  Queries.RootResults carry(
      Caller caller,
      String requestId,
      Optional<KeyedRequest> key,
      Queries.Roots roots,
      List<CollectedField> fields,
      Queries.CostLimit limit) {
    Planner planner = new Planner(schema, Moment.NOW);
    Map<CollectedField, Selection> selections = new HashMap<>();
    List<CollectedField> changing = fields.stream().filter(field -> !field.isTypename()).toList();
    for (CollectedField field : changing) {
      Model model = ((RootField.Changing) roots.of(field)).model();
      selections.put(field, planner.selection(model, field.children(), 1));
    }
    limit.require(planner.cost());
    Queries.RootResults results = new Queries.RootResults(planner.cost());
    List<Planned> planned = new ArrayList<>(changing.size());
    MutationReferences references = new MutationReferences();
    for (CollectedField field : changing) {
      try {
        RootField.Changing root = (RootField.Changing) roots.of(field);
        Command command = command(caller, root, field, references);
        references.add(field.key(), command.id());
        planned.add(planned(caller, field, command, Objects.requireNonNull(selections.get(field))));
      } catch (Problem problem) {
        results.refuse(field, problem);
        return results;
      }
    }
    if (!planned.isEmpty()) {
      submit(requestId, key, planned, results);
    }
    return results;
  }

  private Planned planned(
      Caller caller, CollectedField field, Command command, Selection selection) {
    Authorized<Command> authorized = access.authorize(caller, command);
    if (!selection.expansions().isEmpty()) {
      // refused before anything is written, not after
      access.authorize(caller, new Read.One(command.model(), command.id(), Moment.NOW, selection));
    }
    return new Planned(field, authorized, selection);
  }

  private Command command(
      Caller caller, RootField.Changing root, CollectedField field, MutationReferences references) {
    return switch (root) {
      case RootField.Create(Model model) ->
          access.creation(caller, model, references.input(model, field), ids);
      case RootField.Update(Model model) ->
          new Command.Merge(
              model,
              references.id(field),
              InputReader.read(model, references.input(model, field), InputReader.Mode.MERGE),
              precondition(field));
      case RootField.Delete(Model model) ->
          new Command.Delete(model, references.id(field), precondition(field));
      case RootField.Restore(Model model) ->
          new Command.Restore(
              model, references.id(field), olderVersion(field), precondition(field));
    };
  }

  private OlderVersion olderVersion(CollectedField field) {
    Object version = field.argument(TypeSystem.VERSION);
    Object asOf = field.argument(TypeSystem.AS_OF);
    if ((version == null) == (asOf == null)) {
      throw Problem.invalid(
          asOf == null ? TypeSystem.VERSION : TypeSystem.AS_OF,
          "give one of version and asOf: the version to write back, or the moment to go back to");
    }
    return version instanceof Integer number
        ? new OlderVersion.Numbered(number)
        : new OlderVersion.AtPosition(position(field, String.valueOf(asOf)));
  }

  private long position(CollectedField field, String asOf) {
    try {
      return query.positionOf(moment(asOf));
    } catch (Problem problem) {
      throw problem.parts().isEmpty()
          ? problem
          : problem.said("Invalid argument of " + field.name(), _ -> TypeSystem.AS_OF);
    }
  }

  private static Moment moment(String asOf) {
    return Moment.of(asOf)
        .orElseThrow(() ->
            new Problem(
                ErrorCode.INVALID_INSTANT,
                Moment.WANTED,
                List.of(new FieldError(TypeSystem.AS_OF, Moment.WANTED))));
  }

  private Precondition precondition(CollectedField field) {
    Object given = field.argument(TypeSystem.EXPECTED_VERSION);
    Optional<Precondition> expected =
        given instanceof Integer version
            ? Optional.of(new Precondition.Versions(Set.of((long) version)))
            : Optional.empty();
    return Precondition.of(expected, requireVersion);
  }

  private void submit(
      String requestId,
      Optional<KeyedRequest> key,
      List<Planned> planned,
      Queries.RootResults results) {
    List<Authorized<Command>> commands = planned.stream().map(Planned::command).toList();
    try {
      UnitOfWork unit = new UnitOfWork(commands, requestId, key.map(KeyedRequest::idempotency));
      switch (sequencer.submit(unit)) {
        case WriteResult.Written(Outcome outcome) -> show(planned, outcome, results);
        case WriteResult.Refused(int index, Problem problem) ->
            results.refuse(planned.get(index).field(), problem);
        case WriteResult.Replayed(byte[] kept, long position) -> {
          results.replayed();
          show(planned, KeptOutcome.read(schema, kept, position), results);
        }
      }
    } catch (Problem problem) {
      if (problem.code().status() >= OURS) {
        // nobody's field is wrong: the unit was not taken at all
        throw RequestRefused.of(problem);
      }
      // of the key, which all of them share
      results.refuse(planned.getFirst().field(), problem);
    }
  }

  private void show(List<Planned> planned, Outcome outcome, Queries.RootResults results) {
    results.at(outcome.position(), 0);
    Map<CollectedField, Item> related = new HashMap<>();
    related.putAll(related(planned, outcome, results, false));
    related.putAll(related(planned, outcome, results, true));
    for (int i = 0; i < planned.size(); i++) {
      CollectedField field = planned.get(i).field();
      Item item = related.getOrDefault(field, alone(outcome.results().get(i)));
      results.give(field, (completion, place) -> completion.record(field, item, place));
    }
  }

  private static Item alone(Outcome.Result result) {
    return new Item(entity(result), result.visible(), Map.of());
  }

  private static Entity entity(Outcome.Result result) {
    return result.entity().or(result::removed).orElseThrow();
  }

  /// The records whose related ones are wanted too.
  ///
  /// @param removed those that are gone are shown with what they had before
  private Map<CollectedField, Item> related(
      List<Planned> planned, Outcome outcome, Queries.RootResults results, boolean removed) {
    List<CollectedField> fields = new ArrayList<>();
    List<Authorized<Read.Written>> reads = new ArrayList<>();
    for (int i = 0; i < planned.size(); i++) {
      Planned one = planned.get(i);
      Outcome.Result result = outcome.results().get(i);
      if (one.related() && result.removed().isPresent() == removed) {
        fields.add(one.field());
        reads.add(
            access.authorize(
                one.command().caller(), new Read.Written(entity(result), one.selection())));
      }
    }
    if (reads.isEmpty()) {
      return Map.of();
    }
    SnapshotResult together = query.written(outcome.position() - (removed ? 1 : 0), reads);
    results.at(outcome.position(), together.statements());
    return items(fields, together);
  }

  private static Map<CollectedField, Item> items(
      List<CollectedField> fields, SnapshotResult together) {
    Map<CollectedField, Item> items = new HashMap<>();
    for (int i = 0; i < fields.size(); i++) {
      ReadResult seen = together.seen().get(i);
      if (seen instanceof FoundRecord found) {
        items.put(fields.get(i), found.item());
      }
    }
    return items;
  }
}
