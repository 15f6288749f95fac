package dev.varve.schema.evolution;

import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.FieldType;
import dev.varve.schema.Model;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.Schema;
import dev.varve.schema.SourceLocation;
import dev.varve.schema.ValueType;
import dev.varve.schema.evolution.Plan.Refusal;
import dev.varve.schema.evolution.SchemaChange.NothingStored;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Compares the type of a field with the one it had: whether every stored value is one of the new type,
/// in the same stored form.
final class TypeEvolution {
  private final Schema stored;
  private final Schema next;
  private final List<SchemaChange> unstored;
  private final List<Refusal> refusals;
  private final Set<Pair> compared = new HashSet<>();

  TypeEvolution(Schema stored, Schema next, List<SchemaChange> unstored, List<Refusal> refusals) {
    this.stored = stored;
    this.next = next;
    this.unstored = unstored;
    this.refusals = refusals;
  }

  private record Pair(String before, String after) {}

  /// What became of a type.
  enum Outcome {
    SAME,
    WIDER,
    REFUSED
  }

  /// @param path of the field, for messages
  Outcome compare(String path, Field before, Field field) {
    if (before.list() != field.list()) {
      return refuse(
          field,
          "%s cannot turn from %s to %s: stored values %s. Keep it, and add a field of another name for the new type."
              .formatted(
                  path,
                  before.typeText(),
                  field.typeText(),
                  before.list() ? "are lists" : "are no lists"));
    }
    if (!before.elementsRequired() && field.elementsRequired()) {
      return refuse(
          field,
          "%s cannot turn from %s to %s: stored lists may have empty elements. Keep %s."
              .formatted(path, before.typeText(), field.typeText(), before.typeText()));
    }
    Outcome outcome = compareTypes(path, before, field);
    if (outcome != Outcome.REFUSED && before.scale() != field.scale()) {
      return refuse(
          field,
          "%s cannot turn from @scale(digits: %d) to %d: stored values have %d decimal places. Keep @scale(digits: %d), and add a field of another name for the new scale."
              .formatted(path, before.scale(), field.scale(), before.scale(), before.scale()));
    }
    return outcome;
  }

  private Outcome compareTypes(String path, Field before, Field field) {
    boolean same =
        switch (before.type()) {
          case ScalarType scalar -> scalar == field.type();
          case RelationType relation -> isSameTarget(relation, field.type());
          case EnumType earlier ->
              field.type() instanceof EnumType later && isSameEnum(path, field, earlier, later);
          case ValueType earlier ->
              field.type() instanceof ValueType later && isSameValue(earlier, later);
        };
    if (same) {
      return Outcome.SAME;
    }
    if (isWider(before.type(), field.type())) {
      return Outcome.WIDER;
    }
    return refuse(
        field,
        "%s cannot turn from %s to %s: stored values would be misread. Keep %s, and add a field of another name for the new type."
            .formatted(
                path,
                before.type().schemaName(),
                field.type().schemaName(),
                before.type().schemaName()));
  }

  private boolean isSameTarget(RelationType before, FieldType type) {
    if (!(type instanceof RelationType relation)) {
      return false;
    }
    Optional<Model> target = next.model(relation.target());
    return target
        .flatMap(model -> Matching.before(stored, model))
        .filter(model -> model.name().equals(before.target()))
        .isPresent();
  }

  private static boolean isWider(FieldType before, FieldType type) {
    if (!(type instanceof ScalarType wide)) {
      return false;
    }
    return switch (before) {
      case EnumType _ -> wide == ScalarType.STRING;
      case RelationType _, ValueType _ -> false;
      case ScalarType scalar ->
          switch (scalar) {
            case INT -> wide == ScalarType.LONG;
            case UUID -> wide == ScalarType.ID || wide == ScalarType.STRING;
            case ID, EMAIL, URL -> wide == ScalarType.STRING;
            case STRING, LONG, FLOAT, BOOLEAN, DECIMAL, DATE_TIME, DATE, JSON -> false;
          };
    };
  }

  /// Reports values that are gone; still the same type.
  private boolean isSameEnum(String path, Field field, EnumType before, EnumType type) {
    if (!compared.add(new Pair(before.schemaName(), type.schemaName()))) {
      return true;
    }
    for (String value : before.values()) {
      if (!type.values().contains(value)) {
        refuse(
            field,
            "%s has lost the value %s, which %s may hold in stored records. Keep it."
                .formatted(type.schemaName(), value, path));
      }
    }
    for (String value : type.values()) {
      if (!before.values().contains(value)) {
        unstored.add(
            new NothingStored("Adds the value %s to %s.".formatted(value, type.schemaName())));
      }
    }
    return true;
  }

  /// Reports what differs inside; still the same type.
  private boolean isSameValue(ValueType before, ValueType type) {
    if (!compared.add(new Pair(before.schemaName(), type.schemaName()))) {
      return true;
    }
    for (Field member : type.fields()) {
      String path = type.schemaName() + "." + member.name();
      before
          .field(member.name())
          .ifPresentOrElse(
              earlier -> compareMember(path, earlier, member), () -> addMember(path, member));
    }
    for (Field member : before.fields()) {
      if (type.field(member.name()).isEmpty()) {
        SourceLocation place =
            type.fields().isEmpty() ? SourceLocation.NONE : type.fields().getFirst().location();
        refusals.add(
            new Refusal(
                place,
                "%s.%s is gone, but stored values may hold it. Keep it; it may be optional."
                    .formatted(type.schemaName(), member.name())));
      }
    }
    return true;
  }

  private void compareMember(String path, Field before, Field member) {
    if (compare(path, before, member) == Outcome.WIDER) {
      unstored.add(
          new NothingStored(
              "Turns %s from %s to %s; stored values stay as they are."
                  .formatted(path, before.type().schemaName(), member.type().schemaName())));
    }
    if (!before.required() && member.required()) {
      refuse(
          member,
          "%s becomes required, but stored values may lack it. Write %s."
              .formatted(path, FieldEvolution.withoutRequired(member.typeText())));
    }
    if (before.required() && !member.required()) {
      unstored.add(new NothingStored("Makes %s optional.".formatted(path)));
    }
    if (!SchemaEquality.constraints(before.constraints(), member.constraints())) {
      unstored.add(
          new NothingStored(
              "Checks %s otherwise, from the next write on; stored values stay as they are."
                  .formatted(path)));
    }
  }

  private void addMember(String path, Field member) {
    if (member.required()) {
      refuse(
          member,
          "%s is new and required, but stored values lack it. Write %s."
              .formatted(path, FieldEvolution.withoutRequired(member.typeText())));
      return;
    }
    unstored.add(
        new NothingStored("Adds %s; it is empty in values that are there.".formatted(path)));
  }

  private Outcome refuse(Field field, String message) {
    refusals.add(new Refusal(field.location(), message));
    return Outcome.REFUSED;
  }
}
