package dev.varve.lane.expression;

import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.ValueType;
import java.util.Optional;

/// What can be compared with what. Within an expression a value has the form that it has in a column:
/// text, date and enum as `String`, whole numbers, decimals (unscaled) and instants (microseconds) as
/// `Long`, `Double`, `Boolean`.
enum Kind {
  TEXT("text in quotes"),
  ENUM("one of its values in quotes"),
  WHOLE("a number"),
  DECIMAL("a number"),
  FLOAT("a number"),
  BOOLEAN("true or false"),
  INSTANT("now, timestamp('2026-01-31T09:30:00Z') or another DateTime"),
  DATE("a date such as '2026-01-31'");

  private final String partner;

  Kind(String partner) {
    this.partner = partner;
  }

  /// What a value of this kind is compared with, for messages.
  String partner() {
    return partner;
  }

  boolean ordered() {
    return this != ENUM && this != BOOLEAN;
  }

  /// The kind of a field's values; none for lists, values and JSON.
  static Optional<Kind> of(Field field) {
    return field.list() ? Optional.empty() : ofElement(field);
  }

  /// The kind of the elements of a list field.
  static Optional<Kind> ofElement(Field list) {
    return switch (list.type()) {
      case EnumType _ -> Optional.of(ENUM);
      case RelationType _ -> Optional.of(TEXT);
      case ValueType _ -> Optional.empty();
      case ScalarType scalar ->
          switch (scalar) {
            case ID, STRING, UUID, EMAIL, URL -> Optional.of(TEXT);
            case INT, LONG -> Optional.of(WHOLE);
            case FLOAT -> Optional.of(FLOAT);
            case BOOLEAN -> Optional.of(BOOLEAN);
            case DECIMAL -> Optional.of(DECIMAL);
            case DATE_TIME -> Optional.of(INSTANT);
            case DATE -> Optional.of(DATE);
            case JSON -> Optional.empty();
          };
    };
  }
}
