package dev.varve.schema;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One stored field of a model or of a value type.
///
/// @param ordinal the place of its value in [dev.varve.schema.record.Entity], or in the list of fields of a value type
/// @param list whether it holds a list of its type; lists hold scalars, enums or values
/// @param required whether a value must be there (`!`)
/// @param elementsRequired whether the elements of a list must be there
/// @param scale digits after the point of a Decimal, 0 for other types
/// @param defaultValue the value that a new record gets when none is given, in the field's Java type
/// @param immutable whether it keeps the value it was created with
/// @param readonly whether callers cannot set it
/// @param system whether Varve keeps it: `id`, `createdAt`, `updatedAt`, `version`
/// @param rules who may read and write it; absent when only the rules of the model count
/// @param renamedFrom the name it had in an earlier schema file
public record Field(
    String name,
    int ordinal,
    FieldType type,
    boolean list,
    boolean required,
    boolean elementsRequired,
    int scale,
    Constraints constraints,
    Optional<Object> defaultValue,
    boolean immutable,
    boolean readonly,
    boolean system,
    Optional<List<AuthRule>> rules,
    Optional<String> renamedFrom,
    String description,
    SourceLocation location) {
  public Field {
    rules = rules.map(List::copyOf);
  }

  // the other parts tell little more, and take long to look through
  @Override
  public int hashCode() {
    return 31 * name.hashCode() + ordinal;
  }

  /// The relation that this field is, if it is one.
  public Optional<RelationType> relation() {
    return type instanceof RelationType relation ? Optional.of(relation) : Optional.empty();
  }

  /// Whether its texts can be compared without regard to case.
  public boolean foldable() {
    return !list && type instanceof ScalarType scalar && scalar.foldable();
  }

  /// A text as it is kept: the domain of an e-mail address in lower case (RFC 1035, section 2.3.3), or all of it.
  public String kept(String text) {
    return constraints.lowerCase() || type != ScalarType.EMAIL
        ? constraints.kept(text)
        : EmailAddress.withPlainDomain(text);
  }

  /// Whether a value is the one that a new record gets when none is given; without a default that is null.
  public boolean isDefault(@Nullable Object value) {
    return Objects.equals(value, defaultValue.orElse(null));
  }

  /// The type as the schema file writes it, such as `[String!]!`.
  public String typeText() {
    String element = type.schemaName() + (list && elementsRequired ? "!" : "");
    return (list ? "[" + element + "]" : element) + (required ? "!" : "");
  }
}
