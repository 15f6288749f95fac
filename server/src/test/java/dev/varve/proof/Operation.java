package dev.varve.proof;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One operation of a random unit of work.
///
/// @param version what a restore asks for
/// @param ifMatch the versions that the record may have; empty for any
/// @param sentVersion the version that the body names; 0 when it names none
record Operation(
    Verb verb,
    String model,
    String id,
    Map<String, Given> fields,
    long version,
    Set<Long> ifMatch,
    long sentVersion) {
  enum Verb {
    CREATE,
    CREATE_WITHOUT_ID,
    REPLACE,
    MERGE,
    DELETE,
    RESTORE
  }

  /// What is given for one field.
  sealed interface Given {
    /// A value in place of what is there.
    record Value(Choice choice) implements Given {}

    /// Members to merge into what is there (RFC 7396).
    record Members(Map<String, @Nullable Object> members) implements Given {}

    default @Nullable Object plain() {
      return switch (this) {
        case Value value -> value.choice().given();
        case Members patch -> patch.members();
      };
    }
  }

  /// The body of the request, as JSON is read.
  Map<String, @Nullable Object> body() {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    fields.forEach((name, given) -> body.put(name, given.plain()));
    if (sentVersion > 0) {
      body.put("version", sentVersion);
    }
    return body;
  }

  Operation withId(String other) {
    return new Operation(verb, model, other, fields, version, ifMatch, sentVersion);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(verb + " " + id);
    if (verb == Verb.RESTORE) {
      text.append(" version ").append(version);
    }
    if (!ifMatch.isEmpty()) {
      text.append(" if ").append(ifMatch);
    }
    if (!body().isEmpty()) {
      text.append(' ')
          .append(body().toString().replaceAll("(a very long text )+", "a very long text"));
    }
    return text.toString();
  }

  static List<Operation> unit(Shapes shapes, RandomGenerator random) {
    List<Operation> unit = new ArrayList<>();
    int size = random.nextInt(3) == 0 ? 1 + random.nextInt(5) : 1;
    for (int i = 0; i < size; i++) {
      unit.add(of(shapes, random));
    }
    return unit;
  }

  private static Operation of(Shapes shapes, RandomGenerator random) {
    ModelShape model = shapes.models().get(random.nextInt(shapes.models().size()));
    String id = model.idPrefix() + random.nextInt(4);
    Verb verb =
        switch (random.nextInt(20)) {
          case 0, 1, 2, 3, 4, 5, 6 -> Verb.CREATE;
          case 7 -> Verb.CREATE_WITHOUT_ID;
          case 8, 9 -> Verb.REPLACE;
          case 10, 11, 12, 13 -> Verb.MERGE;
          case 14, 15, 16 -> Verb.DELETE;
          default -> Verb.RESTORE;
        };
    boolean creates = verb == Verb.CREATE || verb == Verb.CREATE_WITHOUT_ID;
    Set<Long> ifMatch = new TreeSet<>();
    if (!creates && random.nextInt(6) == 0) {
      ifMatch.add(1L + random.nextInt(3));
      ifMatch.add(1L + random.nextInt(5));
    }
    boolean sendsVersion = (verb == Verb.REPLACE || verb == Verb.MERGE) && random.nextInt(8) == 0;
    return new Operation(
        verb,
        model.name(),
        id,
        fields(model, verb, random),
        1L + random.nextInt(5),
        ifMatch,
        sendsVersion ? 1L + random.nextInt(3) : 0);
  }

  private static Map<String, Given> fields(ModelShape model, Verb verb, RandomGenerator random) {
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
        fields.put(field.name(), given(field, verb, random));
      }
    }
    return fields;
  }

  private static Given given(FieldShape field, Verb verb, RandomGenerator random) {
    if (!field.required() && random.nextInt(6) == 0) {
      return new Given.Value(Choice.same(null));
    }
    boolean hasMembers =
        field.kind() == FieldShape.Kind.ADDRESS || field.kind() == FieldShape.Kind.JSON;
    if (verb == Verb.MERGE && hasMembers) {
      return new Given.Members(Choice.patch(field.kind(), random));
    }
    return new Given.Value(Choice.of(field, random));
  }
}
