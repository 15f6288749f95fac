package dev.varve.lane.access;

import dev.varve.kernel.Nearest;
import dev.varve.schema.AuthRule;
import dev.varve.schema.AuthRule.Allow;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.ScalarType;
import dev.varve.schema.Schema;
import dev.varve.schema.SourceLocation;
import java.util.List;
import java.util.Optional;

/// Finds the field that names the owner of a record.
final class OwnerFields {
  private final Schema schema;
  private final List<RuleMistake> mistakes;

  OwnerFields(Schema schema, List<RuleMistake> mistakes) {
    this.schema = schema;
    this.mistakes = mistakes;
  }

  /// Absent when there is none, which is reported.
  Optional<Field> find(Model model, AuthRule rule, Allow.Owner owner) {
    return owner.field().isPresent()
        ? named(model, owner.field().get(), owner.fieldLocation())
        : onlyOne(model, rule.location());
  }

  private Optional<Field> named(Model model, String name, SourceLocation location) {
    Optional<Field> field = model.field(name);
    if (field.isEmpty()) {
      mistakes.add(
          new RuleMistake(
              location,
              "%s has no field '%s'.%s"
                  .formatted(
                      model.name(),
                      name,
                      Nearest.hint(name, model.fields().stream().map(Field::name).toList()))));
      return field;
    }
    if (!canName(field.get())) {
      mistakes.add(
          new RuleMistake(
              location,
              "'%s' is %s and cannot name the owner: write a relation to %s, or an ID that holds the id of one"
                  .formatted(name, field.get().typeText(), account())));
      return Optional.empty();
    }
    return field;
  }

  private boolean canName(Field field) {
    boolean id = field.type() == ScalarType.ID || field.type() == ScalarType.UUID;
    return !field.list() && (id || refersToAccount(field));
  }

  private boolean refersToAccount(Field field) {
    return field.relation().filter(relation -> relation.target().equals(account())).isPresent();
  }

  private Optional<Field> onlyOne(Model model, SourceLocation location) {
    List<Field> relations = model.fields().stream().filter(this::refersToAccount).toList();
    if (relations.isEmpty() && model.account()) {
      return Optional.of(model.id());
    }
    if (relations.size() == 1 && !model.account()) {
      return Optional.of(relations.getFirst());
    }
    List<String> names = relations.stream().map(Field::name).toList();
    mistakes.add(
        new RuleMistake(
            location,
            relations.isEmpty()
                ? "%s does not say who owns a record: add a field 'owner: %s!', or name an ID that holds the id of one with ownerField"
                    .formatted(model.name(), account())
                : "%s may be owned by several: write ownerField: \"%s\""
                    .formatted(
                        model.name(),
                        String.join(
                            "\", or ownerField: \"", model.account() ? withId(names) : names))));
    return Optional.empty();
  }

  private static List<String> withId(List<String> names) {
    return java.util.stream.Stream.concat(java.util.stream.Stream.of(Model.ID), names.stream())
        .toList();
  }

  private String account() {
    return schema.account().name();
  }
}
