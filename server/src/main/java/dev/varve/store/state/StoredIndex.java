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

/// An index of a new schema, by the names that its model and fields have in the tables now.
record StoredIndex(Model model, Index index) {
  /// Nothing where a field is new, or the tables have the index already.
  ///
  /// @param stored what the tables have now
  /// @param plan that leads to the new schema, and is refused for nothing
  static Optional<StoredIndex> of(Schema stored, Plan plan, Model model, Index index) {
    return before(stored, plan, model)
        .flatMap(before ->
            fields(before, plan, model, index)
                .map(fields ->
                    new StoredIndex(before, new Index(fields, index.unique(), index.folding()))))
        .filter(found -> found.model().indexes().stream().noneMatch(found.index()::isLike));
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
