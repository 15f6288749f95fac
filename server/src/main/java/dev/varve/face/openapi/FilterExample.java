package dev.varve.face.openapi;

import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.ValueType;
import java.util.Optional;

/// A filter that a list of a model takes, for whoever reads its description.
final class FilterExample {
  private FilterExample() {}

  /// By the first field that the schema file declares and that says something; by the time of creation where there is
  /// none.
  static String of(Model model) {
    return model.fields().stream()
        .filter(field -> !field.system() && !field.list())
        .flatMap(field -> condition(field).stream())
        .findFirst()
        .orElse(model.createdAt().name() + " >= '2026-01-31T09:30:00Z'");
  }

  private static Optional<String> condition(Field field) {
    return test(field).map(test -> field.name() + test);
  }

  private static Optional<String> test(Field field) {
    return switch (field.type()) {
      case EnumType type -> Optional.of(" == '%s'".formatted(type.values().getFirst()));
      case ScalarType type ->
          switch (type) {
            case STRING, EMAIL -> Optional.of(".startsWith('a')");
            case URL -> Optional.of(".startsWith('https://')");
            case INT, LONG, DECIMAL -> Optional.of(" >= 1");
            case FLOAT -> Optional.of(" >= 1.5");
            case BOOLEAN -> Optional.of(" == true");
            case DATE -> Optional.of(" >= '2026-01-31'");
            case DATE_TIME -> Optional.of(" >= '2026-01-31T09:30:00Z'");
            case ID, UUID, JSON -> Optional.empty();
          };
      case RelationType _, ValueType _ -> Optional.empty();
    };
  }
}
