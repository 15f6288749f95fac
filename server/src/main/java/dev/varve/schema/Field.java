package dev.varve.schema;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One stored field of a model or of a value type.
///
/// @param ordinal the place of its value in [dev.varve.schema.record.Entity], or in the list of fields of a value type
/// @param defaultValue the value that a new record gets when none is given, in the field's Java type
/// @param rules who may read and write it; absent when only the rules of the model count
public record Field(
    String name,
    int ordinal,
    Shape shape,
    Constraints constraints,
    Optional<Object> defaultValue,
    Setting setting,
    Optional<List<AuthRule>> rules,
    Declaration declaration) {

  /// What it holds: `[String!]!` and the like.
  ///
  /// @param list whether it holds a list of its type; lists hold scalars, enums or values
  /// @param required whether a value must be there (`!`)
  /// @param elementsRequired whether the elements of a list must be there
  /// @param scale digits after the point of a Decimal, 0 for other types
  public record Shape(
      FieldType type, boolean list, boolean required, boolean elementsRequired, int scale) {
    /// `type!`
    public static Shape one(FieldType type) {
      return new Shape(type, false, true, false, 0);
    }
  }

  /// Who sets it, and when.
  ///
  /// @param immutable whether it keeps the value it was created with
  /// @param readonly whether callers cannot set it
  /// @param system whether Varve keeps it: `id`, `createdAt`, `updatedAt`, `version`
  public record Setting(boolean immutable, boolean readonly, boolean system) {
    /// By callers, at any time.
    public static final Setting FREE = new Setting(false, false, false);
  }

  public Field {
    rules = rules.map(List::copyOf);
  }

  /// A value of a type by itself, such as a literal: it must be there, and nothing else is asked of it. A Decimal has no
  /// digits after the point; where it may have some, give it a shape.
  public static Field plain(String name, FieldType type) {
    return plain(name, Shape.one(type));
  }

  /// A value of a shape by itself.
  public static Field plain(String name, Shape shape) {
    return new Field(
        name,
        0,
        shape,
        Constraints.NONE,
        Optional.empty(),
        Setting.FREE,
        Optional.empty(),
        Declaration.NONE);
  }

  /// The same with a default.
  public Field withDefault(Object value) {
    return new Field(
        name, ordinal, shape, constraints, Optional.of(value), setting, rules, declaration);
  }

  public FieldType type() {
    return shape.type();
  }

  /// Whether it holds a list of its type.
  public boolean list() {
    return shape.list();
  }

  /// Whether a value must be there.
  public boolean required() {
    return shape.required();
  }

  /// Whether records may lack a value.
  public boolean nullable() {
    return !required() && !system();
  }

  /// Whether the elements of a list must be there.
  public boolean elementsRequired() {
    return shape.elementsRequired();
  }

  /// Digits after the point of a Decimal.
  public int scale() {
    return shape.scale();
  }

  /// Whether it keeps the value it was created with.
  public boolean immutable() {
    return setting.immutable();
  }

  /// Whether callers cannot set it.
  public boolean readonly() {
    return setting.readonly();
  }

  /// Whether Varve keeps it.
  public boolean system() {
    return setting.system();
  }

  /// The name it had in an earlier schema file.
  public Optional<String> renamedFrom() {
    return declaration.renamedFrom();
  }

  public String description() {
    return declaration.description();
  }

  public SourceLocation location() {
    return declaration.location();
  }

  // the other parts tell little more, and take long to look through
  @Override
  public int hashCode() {
    return 31 * name.hashCode() + ordinal;
  }

  /// The relation that this field is, if it is one.
  public Optional<RelationType> relation() {
    return type() instanceof RelationType relation ? Optional.of(relation) : Optional.empty();
  }

  /// Whether its texts can be compared without regard to case.
  public boolean foldable() {
    return !list() && type() instanceof ScalarType scalar && scalar.foldable();
  }

  /// A text as it is kept: the domain of an e-mail address in lower case (RFC 1035, section 2.3.3), or all of it.
  public String kept(String text) {
    return constraints.lowerCase() || type() != ScalarType.EMAIL
        ? constraints.kept(text)
        : EmailAddress.withPlainDomain(text);
  }

  /// Whether a value is the one that a new record gets when none is given; without a default that is null.
  public boolean isDefault(@Nullable Object value) {
    return Objects.equals(value, defaultValue.orElse(null));
  }

  /// The type as the schema file writes it, such as `[String!]!`.
  public String typeText() {
    String element = type().schemaName() + (list() && elementsRequired() ? "!" : "");
    return (list() ? "[" + element + "]" : element) + (required() ? "!" : "");
  }
}
