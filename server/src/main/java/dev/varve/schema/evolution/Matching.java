package dev.varve.schema.evolution;

import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import java.util.Optional;

/// Which model and which field of one schema became which of the next, through renames.
///
/// The same name is the same thing; `@renamedFrom` counts only when the name is new, so that it may stay
/// in the file after it has done its work.
final class Matching {
  private Matching() {}

  /// What `model`, of the schema that followed, was in `earlier`.
  static Optional<Model> before(Schema earlier, Model model) {
    return earlier.model(model.name()).or(() -> model.renamedFrom().flatMap(earlier::model));
  }

  /// What `field`, of the model that followed, was in `earlier`.
  static Optional<Field> before(Model earlier, Field field) {
    return earlier.field(field.name()).or(() -> field.renamedFrom().flatMap(earlier::field));
  }

  /// What `model` of the schema before became in `later`.
  static Optional<Model> after(Schema earlier, Model model, Schema later) {
    return later.models().stream()
        .filter(next -> before(earlier, next).filter(model::equals).isPresent())
        .findFirst();
  }
}
