package dev.varve.schema.sdl;

import dev.varve.kernel.Folding;
import dev.varve.schema.AuthRule;
import dev.varve.schema.Declaration;
import dev.varve.schema.Field;
import dev.varve.schema.FieldType;
import dev.varve.schema.RelationType;
import dev.varve.schema.RelationType.OnDelete;
import dev.varve.schema.sdl.DirectiveReader.Directives;
import dev.varve.schema.sdl.KnownDirective.Place;
import dev.varve.schema.sdl.TypeReader.Shape;
import graphql.language.FieldDefinition;
import java.util.List;
import java.util.Optional;

/// Reads one stored field of a model.
final class FieldReader {
  private final TypeReader types;
  private final SourceText source;
  private final Mistakes mistakes;
  private final DirectiveReader directives;
  private final ConstraintReader constraints;

  FieldReader(TypeReader types, SourceText source, Mistakes mistakes) {
    this.types = types;
    this.source = source;
    this.mistakes = mistakes;
    this.directives = new DirectiveReader(source, mistakes);
    this.constraints = new ConstraintReader(mistakes);
  }

  /// @param uniqueBy how its values are compared, where it has `@unique`
  record Read(Field field, Optional<Folding> uniqueBy) {
    boolean unique() {
      return uniqueBy.isPresent();
    }
  }

  /// The field at `ordinal`, unless its type is reported as wrong.
  ///
  /// @param shape absent when the type is wrong
  Optional<Read> read(FieldDefinition definition, Optional<Shape> shape, int ordinal) {
    Directives found = directives.read(definition, Place.FIELD);
    ConstraintReader.Read constraint = constraints.read(found, shape);
    Optional<List<AuthRule>> rules = RuleReader.read(found);
    Optional<String> renamedFrom = renamedFrom(found);
    if (shape.isEmpty()) {
      return Optional.empty();
    }
    Shape fit = shape.get();
    Field bare =
        new Field(
            definition.getName(),
            ordinal,
            new Field.Shape(
                type(fit, found),
                fit.list(),
                fit.required(),
                fit.elementsRequired(),
                constraint.scale()),
            constraint.constraints(),
            Optional.empty(),
            new Field.Setting(
                found.has(KnownDirective.IMMUTABLE), found.has(KnownDirective.READONLY), false),
            rules,
            new Declaration(
                renamedFrom,
                TypeReader.text(definition.getDescription()),
                source.ofMember(definition)));
    checkReadonly(bare, found);
    return Optional.of(new Read(DefaultReader.withDefault(bare, found), unique(bare, found)));
  }

  /// The name given by `@renamedFrom` on a type or a field.
  static Optional<String> renamedFrom(Directives found) {
    return found
        .one(KnownDirective.RENAMED_FROM)
        .flatMap(given -> {
          given.require("name", "@renamedFrom(name: \"oldName\")");
          return given.text("name", "oldName");
        });
  }

  private FieldType type(Shape shape, Directives found) {
    Optional<Arguments> directive = found.one(KnownDirective.RELATION);
    if (!(shape.type() instanceof RelationType relation)) {
      directive.ifPresent(given ->
          mistakes.add(
              given.location(),
              "@relation is for a field whose type has @model, not for %s: remove it."
                  .formatted(shape.type().schemaName())));
      return shape.type();
    }
    OnDelete onDelete =
        directive
            .flatMap(given -> given.choice("onDelete", OnDelete.class))
            .orElse(OnDelete.RESTRICT);
    if (onDelete == OnDelete.SET_NULL && shape.required()) {
      directive.ifPresent(given ->
          given.refuse(
              "onDelete",
              "SET_NULL cannot empty a required field: write %s without '!', or RESTRICT or CASCADE."
                  .formatted(relation.target())));
    }
    return new RelationType(relation.target(), relation.id(), onDelete);
  }

  private void checkReadonly(Field field, Directives found) {
    if (field.readonly() && field.required() && !found.has(KnownDirective.DEFAULT)) {
      mistakes.add(
          field.location(),
          "'%s' is required, but nobody may set it: add a @default, or write %s without the last '!'."
              .formatted(field.name(), field.typeText()));
    }
  }

  private Optional<Folding> unique(Field field, Directives found) {
    Optional<Arguments> directive = found.one(KnownDirective.UNIQUE);
    if (directive.isEmpty()) {
      return Optional.empty();
    }
    if (directive.get().has("fields")) {
      directive
          .get()
          .refuse(
              "fields",
              "@unique on a field is for that field: write @unique alone, or move @unique(fields:) to the type.");
    }
    if (!IndexReader.isIndexable(field)) {
      mistakes.add(
          directive.get().location(),
          "'%s' is %s, which has no order: @unique takes scalars other than JSON, enums and relations."
              .formatted(field.name(), field.typeText()));
      return Optional.empty();
    }
    return Optional.of(IndexReader.folding(directive.get(), "unique", List.of(field)));
  }

  /// The type of a field of a model, unless it is reported as wrong.
  Optional<Shape> shape(String model, FieldDefinition definition) {
    return types.shape(model, definition);
  }
}
