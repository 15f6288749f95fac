package dev.varve.proof;

import dev.varve.proof.FieldShape.Kind;
import dev.varve.proof.FieldShape.OnDelete;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What Varve promises, in maps: records, versions and the state at every position. It shares no code
/// with the product, knows no groups, no tables and no cache, and takes units one after the other.
final class World {
  private Shapes shapes;
  private State state = new State(new TreeMap<>(), new TreeMap<>());
  private final List<State> positions = new ArrayList<>(List.of(state));
  private final List<Instant> instants = new ArrayList<>(List.of(Instant.MIN));

  World(Shapes shapes) {
    this.shapes = shapes;
  }

  /// A record as it is at one version. Values are in the form of an answer; absent ones are null.
  record Item(
      String id,
      Map<String, @Nullable Object> values,
      Instant createdAt,
      Instant updatedAt,
      long version) {}

  /// One version of a record.
  ///
  /// @param kind CREATE, UPDATE, DELETE or UNDELETE
  /// @param item afterwards; for a deletion before
  record Version(long number, String kind, long position, Item item) {
    boolean isDeletion() {
      return kind.equals("DELETE");
    }
  }

  /// All records of all models by id, and all versions of each, oldest first.
  record State(
      Map<String, TreeMap<String, Item>> items,
      Map<String, TreeMap<String, List<Version>>> versions) {
    State copy() {
      Map<String, TreeMap<String, Item>> itemsCopy = new TreeMap<>();
      items.forEach((model, byId) -> itemsCopy.put(model, new TreeMap<>(byId)));
      Map<String, TreeMap<String, List<Version>>> versionsCopy = new TreeMap<>();
      versions.forEach((model, byId) -> {
        TreeMap<String, List<Version>> copied = new TreeMap<>();
        byId.forEach((id, list) -> copied.put(id, new ArrayList<>(list)));
        versionsCopy.put(model, copied);
      });
      return new State(itemsCopy, versionsCopy);
    }

    TreeMap<String, Item> of(String model) {
      return items.computeIfAbsent(model, name -> new TreeMap<>());
    }

    TreeMap<String, List<Version>> versionsOf(String model) {
      return versions.computeIfAbsent(model, name -> new TreeMap<>());
    }
  }

  /// What becomes of a unit.
  sealed interface Result {
    /// @param items the record that each operation left; absent where it was deleted
    record Accepted(long position, List<Optional<Item>> items) implements Result {}

    /// @param index the operation that is refused
    /// @param codes any of them may be told: the order in which rules are looked at is no promise
    record Refused(int index, Set<String> codes) implements Result {}
  }

  private static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Set<String> codes;

    Refusal(Set<String> codes) {
      super(codes.toString(), null, false, false);
      this.codes = codes;
    }
  }

  Shapes shapes() {
    return shapes;
  }

  long position() {
    return positions.size() - 1L;
  }

  State at(long position) {
    return positions.get((int) position);
  }

  Instant instantOf(long position) {
    return instants.get((int) position);
  }

  /// The position that an instant names.
  long positionAt(Instant instant) {
    int position = 0;
    while (position + 1 < instants.size() && !instants.get(position + 1).isAfter(instant)) {
      position++;
    }
    return position;
  }

  /// Takes a unit.
  ///
  /// @param at when it is committed
  Result apply(List<Operation> unit, Instant at) {
    Step step = new Step(state.copy(), position() + 1, at);
    List<Optional<Item>> items = new ArrayList<>();
    for (int i = 0; i < unit.size(); i++) {
      try {
        items.add(step.apply(unit.get(i)));
      } catch (Refusal refusal) {
        return new Result.Refused(i, refusal.codes);
      }
    }
    if (step.changed) {
      state = step.state;
      positions.add(state);
      instants.add(at);
    }
    return new Result.Accepted(position(), items);
  }

  /// One unit on its way.
  private final class Step {
    private final State state;
    private final long position;
    private final Instant at;
    private boolean changed;

    Step(State state, long position, Instant at) {
      this.state = state;
      this.position = position;
      this.at = at;
    }

    Optional<Item> apply(Operation operation) {
      ModelShape model = shapes.model(operation.model());
      return switch (operation.verb()) {
        case CREATE, CREATE_WITHOUT_ID -> Optional.of(create(model, operation));
        case REPLACE, MERGE -> Optional.of(update(model, operation));
        case DELETE -> {
          Item before = there(model, operation);
          requireMatch(operation, before);
          delete(model, before.id());
          yield Optional.empty();
        }
        case RESTORE -> Optional.of(restore(model, operation));
      };
    }

    private Item there(ModelShape model, Operation operation) {
      Item item = state.of(model.name()).get(operation.id());
      if (item == null) {
        throw new Refusal(Set.of("NOT_FOUND"));
      }
      return item;
    }

    private void requireMatch(Operation operation, Item item) {
      if (!operation.ifMatch().isEmpty() && !operation.ifMatch().contains(item.version())) {
        throw new Refusal(Set.of("PRECONDITION_FAILED"));
      }
    }

    private Item create(ModelShape model, Operation operation) {
      Set<String> codes = new TreeSet<>();
      if (state.of(model.name()).containsKey(operation.id())) {
        codes.add("ALREADY_EXISTS");
      }
      Map<String, @Nullable Object> values = new LinkedHashMap<>();
      for (FieldShape field : model.fields()) {
        Operation.Given given = operation.fields().get(field.name());
        values.put(
            field.name(),
            given instanceof Operation.Given.Value value
                ? value.choice().kept()
                : field.fallback());
      }
      Item item = new Item(operation.id(), values, at, at, nextVersion(model, operation.id()));
      return write(model, null, item, "CREATE", codes);
    }

    private long nextVersion(ModelShape model, String id) {
      List<Version> versions = state.versionsOf(model.name()).get(id);
      return versions == null || !model.history() ? 1 : versions.getLast().number() + 1;
    }

    private Item update(ModelShape model, Operation operation) {
      Item before = there(model, operation);
      requireMatch(operation, before);
      Set<String> codes = new TreeSet<>();
      if (operation.sentVersion() > 0 && operation.sentVersion() != before.version()) {
        codes.add("PRECONDITION_FAILED");
      }
      boolean replaces = operation.verb() == Operation.Verb.REPLACE;
      Map<String, @Nullable Object> values = new LinkedHashMap<>(before.values());
      for (FieldShape field : model.fields()) {
        Operation.Given given = operation.fields().get(field.name());
        switch (given) {
          case null -> {
            if (replaces && !field.immutable()) {
              values.put(field.name(), field.fallback());
            }
          }
          case Operation.Given.Value value -> values.put(field.name(), value.choice().kept());
          case Operation.Given.Members patch -> {
            Object merged = Choice.mergePatch(values.get(field.name()), patch.members());
            if (field.kind() == Kind.ADDRESS && ((Map<?, ?>) merged).get("street") == null) {
              codes.add("VALIDATION_ERROR");
            }
            values.put(field.name(), merged);
          }
        }
      }
      return change(model, before, values, codes);
    }

    private Item change(
        ModelShape model, Item before, Map<String, @Nullable Object> values, Set<String> codes) {
      if (values.equals(before.values())) {
        if (!codes.isEmpty()) {
          throw new Refusal(codes);
        }
        return before;
      }
      for (FieldShape field : model.fields()) {
        boolean differs =
            !Objects.equals(before.values().get(field.name()), values.get(field.name()));
        if (field.immutable() && differs) {
          codes.add("RULE_VIOLATION");
        }
      }
      Item after = new Item(before.id(), values, before.createdAt(), at, before.version() + 1);
      return write(model, before, after, "UPDATE", codes);
    }

    private Item restore(ModelShape model, Operation operation) {
      Optional<Version> old =
          state.versionsOf(model.name()).getOrDefault(operation.id(), List.of()).stream()
              .filter(version -> model.history() && !version.isDeletion())
              .filter(version -> version.number() == operation.version())
              .findFirst();
      if (old.isEmpty()) {
        throw new Refusal(Set.of("NOT_FOUND"));
      }
      Item item = old.get().item();
      Item current = state.of(model.name()).get(operation.id());
      if (current != null) {
        requireMatch(operation, current);
        return change(model, current, item.values(), new TreeSet<>());
      }
      if (!operation.ifMatch().isEmpty()) {
        throw new Refusal(Set.of("PRECONDITION_FAILED"));
      }
      Item back =
          new Item(
              item.id(), item.values(), item.createdAt(), at, nextVersion(model, operation.id()));
      return write(model, null, back, "UNDELETE", new TreeSet<>());
    }

    private Item write(
        ModelShape model, @Nullable Item before, Item after, String kind, Set<String> codes) {
      for (FieldShape field : model.fields()) {
        Object value = after.values().get(field.name());
        boolean refers = field.kind() == Kind.REFERENCE && value != null;
        boolean kept = before != null && Objects.equals(value, before.values().get(field.name()));
        boolean toItself = field.target().equals(model.name()) && after.id().equals(value);
        if (refers && !kept && !toItself && !state.of(field.target()).containsKey(value)) {
          codes.add("REFERENCE_NOT_FOUND");
        }
      }
      if (model.uniques().stream().anyMatch(unique -> isTaken(model, unique, after))) {
        codes.add("ALREADY_EXISTS");
      }
      if (!codes.isEmpty()) {
        throw new Refusal(codes);
      }
      keep(model, new Version(after.version(), kind, position, after));
      return after;
    }

    private boolean isTaken(ModelShape model, List<String> unique, Item item) {
      List<@Nullable Object> values = values(model, unique, item);
      return !values.contains(null)
          && state.of(model.name()).values().stream()
              .filter(other -> !other.id().equals(item.id()))
              .anyMatch(other -> values(model, unique, other).equals(values));
    }

    /// Codes are unique without regard to case.
    private static @Nullable Object compared(FieldShape field, @Nullable Object value) {
      return field.kind() == FieldShape.Kind.CODE && value instanceof String text
          ? text.toLowerCase(java.util.Locale.ROOT)
          : value;
    }

    private static List<@Nullable Object> values(ModelShape model, List<String> unique, Item item) {
      List<@Nullable Object> values = new ArrayList<>();
      unique.forEach(field -> values.add(compared(model.field(field), item.values().get(field))));
      return values;
    }

    private void keep(ModelShape model, Version version) {
      changed = true;
      String id = version.item().id();
      if (version.isDeletion()) {
        state.of(model.name()).remove(id);
      } else {
        state.of(model.name()).put(id, version.item());
      }
      state.versionsOf(model.name()).computeIfAbsent(id, absent -> new ArrayList<>()).add(version);
    }

    /// Refused when somebody refers to it who restricts; the others follow or let go, relation by relation
    /// in the order of the schema file, record by record in the order of ids.
    private void delete(ModelShape model, String id) {
      Item item = Objects.requireNonNull(state.of(model.name()).get(id));
      if (!referring(model, id, OnDelete.RESTRICT).isEmpty()) {
        throw new Refusal(Set.of("CONFLICT"));
      }
      keep(model, new Version(item.version() + 1, "DELETE", position, item));
      for (ModelShape other : shapes.models()) {
        for (FieldShape field : other.fields()) {
          if (field.kind() == Kind.REFERENCE && field.target().equals(model.name())) {
            follow(other, field, id);
          }
        }
      }
    }

    private List<String> referring(ModelShape model, String id, OnDelete onDelete) {
      List<String> found = new ArrayList<>();
      for (ModelShape other : shapes.models()) {
        for (FieldShape field : other.fields()) {
          if (field.onDelete() == onDelete && field.target().equals(model.name())) {
            state.of(other.name()).values().stream()
                .filter(item -> id.equals(item.values().get(field.name())))
                .filter(item -> !(field.target().equals(other.name()) && item.id().equals(id)))
                .forEach(item -> found.add(item.id()));
          }
        }
      }
      return found;
    }

    private void follow(ModelShape model, FieldShape field, String gone) {
      for (String id : List.copyOf(state.of(model.name()).keySet())) {
        Item item = state.of(model.name()).get(id);
        if (item == null || !gone.equals(item.values().get(field.name()))) {
          continue;
        }
        if (field.onDelete() == OnDelete.CASCADE) {
          delete(model, id);
        } else {
          Map<String, @Nullable Object> values = new LinkedHashMap<>(item.values());
          values.put(field.name(), null);
          Item after = new Item(id, values, item.createdAt(), at, item.version() + 1);
          keep(model, new Version(after.version(), "UPDATE", position, after));
        }
      }
    }
  }

  /// Changes the schema: what was, is seen through the new one.
  void evolve(Shapes next) {
    shapes = next;
    positions.replaceAll(World::evolved);
    state = positions.getLast();
  }

  private static State evolved(State before) {
    State after = new State(new TreeMap<>(), new TreeMap<>());
    before
        .items()
        .forEach((model, byId) ->
            byId.forEach(
                (id, item) -> after.of(Shapes.renamed(model)).put(id, evolved(model, item))));
    before
        .versions()
        .forEach((model, byId) ->
            byId.forEach((id, versions) ->
                after
                    .versionsOf(Shapes.renamed(model))
                    .put(
                        id,
                        new ArrayList<>(
                            versions.stream()
                                .map(version ->
                                    new Version(
                                        version.number(),
                                        version.kind(),
                                        version.position(),
                                        evolved(model, version.item())))
                                .toList()))));
    return after;
  }

  private static Item evolved(String model, Item item) {
    return new Item(
        item.id(),
        Shapes.evolved(model, item.values()),
        item.createdAt(),
        item.updatedAt(),
        item.version());
  }
}
