package dev.varve.store.state;

import dev.varve.schema.Field;
import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.evolution.Plan;
import dev.varve.schema.evolution.SchemaChange;
import dev.varve.store.sql.SqlType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An index that a plan adds, by the names that its model and fields have in the tables now.
///
/// @param added the same by its new names
record StoredIndex(Model model, Index index, SchemaChange.AddIndex added) {
  /// Those of fields that have values already. Where a field is new there are none, and what the tables have only gets another name.
  ///
  /// @param stored what the tables have now
  /// @param plan that leads to the new schema, and is refused for nothing
  static List<StoredIndex> all(Schema stored, Plan plan) {
    List<StoredIndex> all = new ArrayList<>();
    for (SchemaChange change : plan.changes()) {
      if (change instanceof SchemaChange.AddIndex added) {
        of(stored, plan, added).ifPresent(all::add);
      }
    }
    return all;
  }

  private static Optional<StoredIndex> of(Schema stored, Plan plan, SchemaChange.AddIndex added) {
    Index index = added.index();
    return before(stored, plan, added.model())
        .flatMap(before ->
            fields(before, plan, added.model(), index)
                .map(fields ->
                    new StoredIndex(
                        before, new Index(fields, index.unique(), index.folding()), added)))
        .filter(found -> found.model().indexes().stream().noneMatch(found.index()::isLike));
  }

  /// What the plan is refused for.
  Plan.Refusal refusal(String message) {
    return new Plan.Refusal(added.model().location(), message);
  }

  private static Optional<Model> before(Schema stored, Plan plan, Model model) {
    String table =
        plan.changes().stream()
            .filter(SchemaChange.RenameModel.class::isInstance)
            .map(SchemaChange.RenameModel.class::cast)
            .filter(rename -> rename.to().table().equals(model.table()))
            .map(rename -> rename.from().table())
            .findFirst()
            .orElse(model.table());
    return stored.models().stream().filter(known -> known.table().equals(table)).findFirst();
  }

  private static Optional<List<Field>> fields(Model before, Plan plan, Model model, Index index) {
    List<Field> fields = new ArrayList<>();
    for (Field field : index.fields()) {
      Optional<Field> found = field(before, plan, model, field);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      fields.add(found.get());
    }
    return Optional.of(fields);
  }

  private static Optional<Field> field(Model before, Plan plan, Model model, Field field) {
    for (SchemaChange change : plan.changes()) {
      if (change instanceof SchemaChange.AddField(Model to, Field added)
          && isSame(to, added, model, field)) {
        return Optional.empty();
      }
      if (change instanceof SchemaChange.RenameField(Model of, Field from, Field to)
          && isSame(of, to, model, field)) {
        return Optional.of(from);
      }
    }
    return before.field(field.name()).filter(known -> SqlType.of(known) == SqlType.of(field));
  }

  private static boolean isSame(Model one, Field ofOne, Model other, Field ofOther) {
    return one.table().equals(other.table()) && ofOne.name().equals(ofOther.name());
  }
}
