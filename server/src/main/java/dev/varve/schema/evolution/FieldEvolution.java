package dev.varve.schema.evolution;

import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.RelationType;
import dev.varve.schema.Schema;
import dev.varve.schema.evolution.Plan.Refusal;
import dev.varve.schema.evolution.SchemaChange.AddField;
import dev.varve.schema.evolution.SchemaChange.Loosen;
import dev.varve.schema.evolution.SchemaChange.LowerCase;
import dev.varve.schema.evolution.SchemaChange.NothingStored;
import dev.varve.schema.evolution.SchemaChange.RemoveField;
import dev.varve.schema.evolution.SchemaChange.RenameField;
import dev.varve.schema.evolution.SchemaChange.Require;
import dev.varve.schema.evolution.SchemaChange.Widen;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// Compares the fields of a model with those that it had.
final class FieldEvolution {
  private final List<SchemaChange> altered;
  private final List<SchemaChange> unstored;
  private final List<Refusal> refusals;
  private final TypeEvolution types;

  /// The lists get what is found.
  FieldEvolution(
      Schema stored,
      Schema next,
      List<SchemaChange> altered,
      List<SchemaChange> unstored,
      List<Refusal> refusals) {
    this.altered = altered;
    this.unstored = unstored;
    this.refusals = refusals;
    this.types = new TypeEvolution(stored, next, unstored, refusals);
  }

  void compare(Model before, Model model) {
    List<SchemaChange> renames = new ArrayList<>();
    List<SchemaChange> removals = new ArrayList<>();
    List<SchemaChange> rest = new ArrayList<>();
    for (Field field : before.fields()) {
      if (isGone(before, field, model)) {
        removal(model, field).ifPresent(removals::add);
      }
    }
    for (Field field : model.fields()) {
      Optional<Field> earlier = Matching.before(before, field);
      if (earlier.isEmpty()) {
        addition(model, field).ifPresent(rest::add);
        continue;
      }
      if (!earlier.get().name().equals(field.name())) {
        renames.add(new RenameField(model, earlier.get(), field));
      }
      compare(model, earlier.get(), field, rest);
    }
    Stream.of(removals, renames, rest).forEach(altered::addAll);
  }

  private static boolean isGone(Model before, Field field, Model model) {
    return model.fields().stream()
        .noneMatch(next -> Matching.before(before, next).filter(field::equals).isPresent());
  }

  private Optional<SchemaChange> removal(Model model, Field field) {
    if (model.removedFields().contains(field.name())) {
      return Optional.of(new RemoveField(model, field));
    }
    refusals.add(
        new Refusal(
            model.location(),
            "%s.%s is gone, and its stored values would be too. Write @removed(fields: [\"%s\"]) on %s to let them go, or @renamedFrom(name: \"%s\") on the field that it became."
                .formatted(model.name(), field.name(), field.name(), model.name(), field.name())));
    return Optional.empty();
  }

  private Optional<SchemaChange> addition(Model model, Field field) {
    if (!field.required() || field.defaultValue().isPresent()) {
      return Optional.of(new AddField(model, field));
    }
    String wayOut =
        field.relation().isPresent()
            ? "Write %s without '!' and fill it in.".formatted(field.type().schemaName())
            : "Add a @default, which they get, or write %s."
                .formatted(withoutRequired(field.typeText()));
    refuse(
        field,
        "%s.%s is new and required, but records that are stored have none. %s"
            .formatted(model.name(), field.name(), wayOut));
    return Optional.empty();
  }

  private void compare(Model model, Field before, Field field, List<SchemaChange> found) {
    String path = model.name() + "." + field.name();
    TypeEvolution.Outcome outcome = types.compare(path, before, field);
    if (outcome == TypeEvolution.Outcome.WIDER) {
      found.add(new Widen(model, before, field));
    }
    if (before.required() && !field.required()) {
      found.add(new Loosen(model, field));
    }
    if (!before.required() && field.required()) {
      if (field.defaultValue().isPresent()) {
        found.add(new Require(model, field));
      } else {
        refuse(
            field,
            "%s becomes required, but records that are stored may have none. Add a @default, which they get, or write %s."
                .formatted(path, withoutRequired(field.typeText())));
      }
    }
    if (!before.constraints().lowerCase() && field.constraints().lowerCase()) {
      found.add(new LowerCase(model, field));
    }
    compareChecks(path, before, field);
  }

  /// What is looked at when a value is written or read, and not in what is stored.
  private void compareChecks(String path, Field before, Field field) {
    if (!SchemaEquality.constraints(before.constraints(), field.constraints())) {
      note("Checks %s otherwise, from the next write on; stored values stay as they are.", path);
    }
    boolean backfilled = !before.required() && field.required();
    if (!before.defaultValue().equals(field.defaultValue()) && !backfilled) {
      note("Changes the default of %s for new records.", path);
    }
    if (before.immutable() != field.immutable() || before.readonly() != field.readonly()) {
      note("Changes when %s may be set.", path);
    }
    if (!SchemaEquality.rules(before.rules(), field.rules())) {
      note("Changes who may do what with %s.", path);
    }
    if (!Objects.equals(onDelete(before), onDelete(field))) {
      note("Changes what a deletion means for %s.", path);
    }
    if (!before.description().equals(field.description())) {
      note("Describes %s anew.", path);
    }
  }

  private static Optional<RelationType.OnDelete> onDelete(Field field) {
    return field.relation().map(RelationType::onDelete);
  }

  private void note(String sentence, String path) {
    unstored.add(new NothingStored(sentence.formatted(path)));
  }

  private void refuse(Field field, String message) {
    refusals.add(new Refusal(field.location(), message));
  }

  static String withoutRequired(String typeText) {
    return typeText.endsWith("!") ? typeText.substring(0, typeText.length() - 1) : typeText;
  }
}
