package dev.varve.schema.evolution;

import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.SourceLocation;
import dev.varve.schema.evolution.Plan.Refusal;
import dev.varve.schema.evolution.SchemaChange.AddIndex;
import dev.varve.schema.evolution.SchemaChange.AddModel;
import dev.varve.schema.evolution.SchemaChange.DropIndex;
import dev.varve.schema.evolution.SchemaChange.NothingStored;
import dev.varve.schema.evolution.SchemaChange.RenameModel;
import dev.varve.schema.evolution.SchemaChange.RetireModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Compares the schema that data are stored under with the next one.
///
/// Whatever would lose or misread stored data is refused. Stricter constraints are no danger to what is
/// stored: they are checked at the next write.
public final class Evolution {
  private final Schema stored;
  private final Schema next;
  // one list for each step of applying: indexes go first and come last, when names and columns are
  // new
  private final List<SchemaChange> dropped = new ArrayList<>();
  private final List<SchemaChange> renamed = new ArrayList<>();
  private final List<SchemaChange> added = new ArrayList<>();
  private final List<SchemaChange> altered = new ArrayList<>();
  private final List<SchemaChange> indexed = new ArrayList<>();
  private final List<SchemaChange> unstored = new ArrayList<>();
  private final List<Refusal> refusals = new ArrayList<>();
  private final FieldEvolution fields;

  private Evolution(Schema stored, Schema next) {
    this.stored = stored;
    this.next = next;
    this.fields = new FieldEvolution(stored, next, altered, unstored, refusals);
  }

  /// @param stored the schema that was last applied; [Schema#EMPTY] before the first
  public static Plan plan(Schema stored, Schema next) {
    return new Evolution(stored, next).plan();
  }

  private Plan plan() {
    stored.models().forEach(this::checkKept);
    for (Model model : next.models()) {
      checkTable(model);
      Optional<Model> before = Matching.before(stored, model);
      if (before.isPresent()) {
        compare(before.get(), model);
      } else {
        added.add(new AddModel(model));
      }
    }
    List<SchemaChange> changes =
        Stream.of(dropped, renamed, added, altered, indexed, unstored)
            .flatMap(List::stream)
            .distinct()
            .toList();
    return new Plan(
        changes,
        refusals.stream()
            .distinct()
            .sorted(
                Comparator.comparing(
                    Refusal::location,
                    Comparator.comparingInt(SourceLocation::line)
                        .thenComparingInt(SourceLocation::column)))
            .toList());
  }

  private void checkKept(Model before) {
    if (Matching.after(stored, before, next).isPresent()) {
      return;
    }
    if (before.builtIn() && before.account()) {
      dropped.add(new RetireModel(before, next.account()));
    } else {
      refusals.add(
          new Refusal(
              SourceLocation.NONE,
              "The model %s is gone, but its records are stored. Keep the type without @auth, so that nobody sees it, or write @renamedFrom(name: \"%s\") on the model that it became."
                  .formatted(before.name(), before.name())));
    }
  }

  /// A table can only be taken over from a model that has left it before.
  private void checkTable(Model model) {
    Optional<Model> before = Matching.before(stored, model);
    stored.models().stream()
        .filter(other -> other.table().equals(model.table()))
        .filter(other -> !before.equals(Optional.of(other)))
        .findFirst()
        .ifPresent(other ->
            refusals.add(
                new Refusal(
                    model.location(),
                    "%s would take over /api/%s from %s in the same step. Give it another @model(plural:), or apply the file twice: first without %s."
                        .formatted(model.name(), model.path(), other.name(), model.name()))));
  }

  private void compare(Model before, Model model) {
    if (before.builtIn() && before.account() && !model.account()) {
      refuse(
          model,
          "%s has been the model of accounts, which Varve brought. Write @account on it, so that they stay what they are, or choose another name."
              .formatted(model.name()));
      return;
    }
    if (!before.name().equals(model.name()) || !before.plural().equals(model.plural())) {
      renamed.add(new RenameModel(before, model));
    }
    compareHistory(before, model);
    if (before.account() != model.account()) {
      unstored.add(
          new NothingStored(
              model.account()
                  ? "Signs users in with the records of %s.".formatted(model.name())
                  : "Signs users in with the records of %s no more.".formatted(model.name())));
    }
    fields.compare(before, model);
    compareIndexes(before, model);
    compareFaces(before, model);
  }

  /// Switching it off would take back answers about the past that were promised; switching it on would
  /// promise a past that was not kept.
  private void compareHistory(Model before, Model model) {
    if (before.history() && !model.history()) {
      refuse(
          model,
          "%s keeps its history, and reads of the past rely on it. Remove history: false."
              .formatted(model.name()));
    }
    if (!before.history() && model.history()) {
      refuse(
          model,
          "%s has kept no history so far, and reads of the past would be wrong. Keep history: false; a new model can have a history from its start."
              .formatted(model.name()));
    }
  }

  private void refuse(Model model, String message) {
    refusals.add(new Refusal(model.location(), message));
  }

  /// An index is made anew when a name in it changes, so that its own name always follows from the
  /// schema in force.
  private void compareIndexes(Model before, Model model) {
    boolean sameTable = before.table().equals(model.table());
    for (Index index : before.indexes()) {
      if (!sameTable || !has(model, index)) {
        dropped.add(new DropIndex(before, index));
      }
    }
    for (Index index : model.indexes()) {
      if (!sameTable || !has(before, index)) {
        indexed.add(new AddIndex(model, index));
      }
    }
  }

  private static boolean has(Model model, Index index) {
    return model.indexes().stream()
        .anyMatch(other ->
            other.unique() == index.unique() && other.fieldNames().equals(index.fieldNames()));
  }

  private void compareFaces(Model before, Model model) {
    if (!SchemaEquality.rules(before.rules(), model.rules())) {
      unstored.add(new NothingStored("Changes who may do what with %s.".formatted(model.name())));
    }
    if (!before.cache().equals(model.cache())) {
      unstored.add(new NothingStored("Changes how %s is cached.".formatted(model.name())));
    }
    if (!SchemaEquality.lists(before.hasMany(), model.hasMany())) {
      unstored.add(new NothingStored("Changes the lists that %s shows.".formatted(model.name())));
    }
    if (!before.description().equals(model.description())) {
      unstored.add(new NothingStored("Describes %s anew.".formatted(model.name())));
    }
  }
}
