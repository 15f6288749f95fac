package dev.varve.store.state;

import dev.varve.schema.Field;
import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.evolution.Plan;
import dev.varve.schema.evolution.SchemaChange;
import dev.varve.store.sql.SqlType;

/// Which fields of a new schema have their values in the tables already, under the same names.
final class StoredFields {
  private StoredFields() {}

  /// Whether all fields of an index have. Where one is new, or takes the name of another, there is nothing to look at yet.
  static boolean has(Schema stored, Plan plan, Model model, Index index) {
    return stored.models().stream()
        .filter(before -> before.table().equals(model.table()))
        .anyMatch(before ->
            index.fields().stream()
                .allMatch(field -> isStored(before, field) && !isMade(plan, model, field)));
  }

  private static boolean isStored(Model before, Field field) {
    return before
        .field(field.name())
        .filter(known -> SqlType.of(known) == SqlType.of(field))
        .isPresent();
  }

  private static boolean isMade(Plan plan, Model model, Field field) {
    return plan.changes().stream()
        .anyMatch(change ->
            switch (change) {
              case SchemaChange.AddField add -> isSame(add.model(), add.field(), model, field);
              case SchemaChange.RenameField rename ->
                  isSame(rename.model(), rename.to(), model, field);
              default -> false;
            });
  }

  private static boolean isSame(Model one, Field ofOne, Model other, Field ofOther) {
    return one.table().equals(other.table()) && ofOne.name().equals(ofOther.name());
  }
}
