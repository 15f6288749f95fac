package dev.varve.proof;

import dev.varve.proof.FieldShape.Kind;
import dev.varve.proof.Operation.Given;
import dev.varve.proof.Operation.Verb;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/// Makes up units of work that mostly make sense in a world, so that a good part of them is accepted, and
/// now and then do not. The same world and the same random numbers give the same unit.
final class Inventor {
  private static final int IDS = 6;
  private static final int NONSENSE = 12;

  private final World world;
  private final RandomGenerator random;
  // which records there will be when the operations invented so far have been accepted
  private final Map<String, Set<String>> there = new TreeMap<>();

  Inventor(World world, RandomGenerator random) {
    this.world = world;
    this.random = random;
    for (ModelShape model : world.shapes().models()) {
      there.put(model.name(), new TreeSet<>(world.at(world.position()).of(model.name()).keySet()));
    }
  }

  List<Operation> unit() {
    List<Operation> unit = new ArrayList<>();
    int size = random.nextInt(3) == 0 ? 2 + random.nextInt(4) : 1;
    for (int i = 0; i < size; i++) {
      unit.add(operation());
    }
    return unit;
  }

  private Operation operation() {
    ModelShape model = world.shapes().models().get(random.nextInt(4));
    Verb verb = verb(model);
    String id = id(model, verb);
    if (verb == Verb.CREATE) {
      there(model.name()).add(id);
    } else if (verb == Verb.DELETE) {
      there(model.name()).remove(id);
    }
    List<World.Version> versions =
        world.at(world.position()).versionsOf(model.name()).getOrDefault(id, List.of());
    long last = versions.isEmpty() ? 1 : versions.getLast().number();
    Set<Long> ifMatch = new TreeSet<>();
    if (verb != Verb.CREATE && verb != Verb.CREATE_WITHOUT_ID && random.nextInt(8) == 0) {
      ifMatch.add(last);
      ifMatch.add(last + random.nextInt(3));
      if (random.nextInt(4) == 0) {
        ifMatch.remove(last);
        ifMatch.add(last + 7);
      }
    }
    boolean sendsVersion = (verb == Verb.REPLACE || verb == Verb.MERGE) && random.nextInt(8) == 0;
    return new Operation(
        verb,
        model.name(),
        id,
        fields(model, verb),
        1 + random.nextLong(last + (random.nextInt(NONSENSE) == 0 ? 2 : 0)),
        ifMatch,
        sendsVersion ? last + random.nextInt(NONSENSE) / (NONSENSE - 1) : 0);
  }

  private Set<String> there(String model) {
    return there.getOrDefault(model, Set.of());
  }

  private Verb verb(ModelShape model) {
    // a small world fills up first
    boolean few = there(model.name()).size() < 2;
    if (random.nextInt(10) < (few ? 8 : 2)) {
      return random.nextInt(6) == 0 ? Verb.CREATE_WITHOUT_ID : Verb.CREATE;
    }
    return switch (random.nextInt(10)) {
      case 0, 1 -> Verb.REPLACE;
      case 2, 3, 4, 5 -> Verb.MERGE;
      case 6, 7 -> Verb.DELETE;
      default -> Verb.RESTORE;
    };
  }

  private String id(ModelShape model, Verb verb) {
    List<String> known =
        new ArrayList<>(world.at(world.position()).versionsOf(model.name()).keySet());
    List<String> present = new ArrayList<>(there(model.name()));
    boolean nonsense = random.nextInt(NONSENSE) == 0;
    String any = model.idPrefix() + random.nextInt(IDS);
    return switch (verb) {
      case CREATE -> {
        String free = any;
        for (int i = 0; i < IDS && there(model.name()).contains(free); i++) {
          free = model.idPrefix() + i;
        }
        yield nonsense ? any : free;
      }
      case CREATE_WITHOUT_ID -> any;
      case REPLACE, MERGE, DELETE -> nonsense || present.isEmpty() ? any : pick(present);
      case RESTORE -> nonsense || known.isEmpty() ? any : pick(known);
    };
  }

  private String pick(List<String> ids) {
    return ids.get(random.nextInt(ids.size()));
  }

  private Map<String, Given> fields(ModelShape model, Verb verb) {
    Map<String, Given> fields = new LinkedHashMap<>();
    if (verb == Verb.DELETE || verb == Verb.RESTORE) {
      return fields;
    }
    for (FieldShape field : model.fields()) {
      boolean wanted =
          verb == Verb.MERGE
              ? random.nextInt(5) == 0
              : field.mustBeGiven() || random.nextInt(3) == 0;
      if (wanted) {
        fields.put(field.name(), given(field, verb));
      }
    }
    return fields;
  }

  private Given given(FieldShape field, Verb verb) {
    if (!field.required() && random.nextInt(6) == 0) {
      return new Given.Value(Choice.same(null));
    }
    if (field.kind() == Kind.REFERENCE) {
      return new Given.Value(reference(field));
    }
    boolean hasMembers = field.kind() == Kind.ADDRESS || field.kind() == Kind.JSON;
    if (verb == Verb.MERGE && hasMembers) {
      return new Given.Members(Choice.patch(field.kind(), random));
    }
    return new Given.Value(Choice.of(field, random));
  }

  private Choice reference(FieldShape field) {
    List<String> present = new ArrayList<>(there(field.target()));
    if (random.nextInt(2 * NONSENSE) == 0 || (present.isEmpty() && field.required())) {
      return Choice.same("nowhere");
    }
    return Choice.same(present.isEmpty() ? null : pick(present));
  }
}
