package dev.varve.schema;

/// The scalar types of a schema file, each with the Java type that its values have inside Varve.
public enum ScalarType implements FieldType {
  /// `String`, 1 to 128 characters.
  ID("ID"),
  /// `String`.
  STRING("String"),
  /// `Long` within 32 bits.
  INT("Int"),
  /// `Long`.
  LONG("Long"),
  /// `Double`, finite.
  FLOAT("Float"),
  /// `Boolean`.
  BOOLEAN("Boolean"),
  /// `BigDecimal` whose scale is the field's [Field#scale()], at most 18 digits in all.
  DECIMAL("Decimal"),
  /// `Instant` with microseconds.
  DATE_TIME("DateTime"),
  /// `LocalDate`, years 0001 to 9999.
  DATE("Date"),
  /// `String`, canonical lower case.
  UUID("UUID"),
  /// `String`.
  EMAIL("Email"),
  /// `String`.
  URL("Url"),
  /// Any JSON: unmodifiable `Map`, `List`, `String`, `Long`, `BigDecimal`, `Boolean`.
  JSON("JSON");

  private final String schemaName;

  ScalarType(String schemaName) {
    this.schemaName = schemaName;
  }

  /// The name as the schema file writes it.
  @Override
  public String schemaName() {
    return schemaName;
  }

  /// Whether values are text that can be compared without regard to case; ids are the same in one spelling alone.
  public boolean foldable() {
    return switch (this) {
      case STRING, EMAIL, URL -> true;
      case ID, UUID, INT, LONG, FLOAT, BOOLEAN, DECIMAL, DATE_TIME, DATE, JSON -> false;
    };
  }

  /// Whether values are kept as text as they are.
  public boolean textual() {
    return switch (this) {
      case ID, STRING, UUID, EMAIL, URL -> true;
      case INT, LONG, FLOAT, BOOLEAN, DECIMAL, DATE_TIME, DATE, JSON -> false;
    };
  }
}
