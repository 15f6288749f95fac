package dev.varve.schema.sdl;

import dev.varve.schema.AuthRule;
import dev.varve.schema.HasMany;
import dev.varve.schema.ModelNames;
import dev.varve.schema.SourceLocation;
import dev.varve.schema.sdl.DirectiveReader.Directives;
import dev.varve.schema.sdl.KnownDirective.Place;
import graphql.language.FieldDefinition;
import graphql.language.NonNullType;
import graphql.language.ObjectTypeDefinition;
import graphql.language.Type;
import graphql.language.TypeName;
import java.util.List;
import java.util.Optional;

/// Reads a list of another model: the other side of a relation.
final class HasManyReader {
  private final Declarations declarations;
  private final SourceText source;
  private final Mistakes mistakes;
  private final DirectiveReader directives;

  HasManyReader(Declarations declarations, SourceText source, Mistakes mistakes) {
    this.declarations = declarations;
    this.source = source;
    this.mistakes = mistakes;
    this.directives = new DirectiveReader(source, mistakes);
  }

  /// @param model the name of the model that has the list
  /// @param target the name of the model that it lists
  Optional<HasMany> read(String model, FieldDefinition definition, String target) {
    Directives found = directives.read(definition, Place.HAS_MANY);
    Optional<List<AuthRule>> rules = RuleReader.read(found);
    SourceLocation location = source.ofMember(definition);
    List<String> candidates = relations(target, model);
    String example = candidates.isEmpty() ? ModelNames.camelCase(model) : candidates.getFirst();
    Optional<Arguments> directive = found.one(KnownDirective.HAS_MANY);
    if (directive.isEmpty()) {
      mistakes.add(
          location,
          "A list of %s is not stored in %s: write @hasMany(by: \"%s\"), naming the field of %s that refers to %s."
              .formatted(target, model, example, target, model));
      return Optional.empty();
    }
    directive.get().require("by", "@hasMany(by: \"" + example + "\")");
    Optional<String> by = directive.get().text("by", example);
    if (by.isEmpty()) {
      return Optional.empty();
    }
    if (!candidates.contains(by.get())) {
      directive.get().refuse("by", wrongField(model, target, by.get(), candidates));
      return Optional.empty();
    }
    return Optional.of(
        new HasMany(
            definition.getName(),
            target,
            by.get(),
            rules,
            TypeReader.text(definition.getDescription()),
            location));
  }

  private String wrongField(String model, String target, String by, List<String> candidates) {
    boolean exists = fields(target).stream().anyMatch(field -> field.getName().equals(by));
    String problem =
        exists
            ? "'%s' of %s does not refer to %s.".formatted(by, target, model)
            : "%s has no field '%s'.".formatted(target, by);
    if (candidates.isEmpty()) {
      return problem
          + " Add '%s: %s!' to %s.".formatted(ModelNames.camelCase(model), model, target);
    }
    return problem + Mistakes.suggestion(by, candidates);
  }

  /// The fields of `target` that refer to `model`.
  private List<String> relations(String target, String model) {
    return fields(target).stream()
        .filter(
            field -> bare(field.getType()) instanceof TypeName name && name.getName().equals(model))
        .map(FieldDefinition::getName)
        .toList();
  }

  private List<FieldDefinition> fields(String model) {
    ObjectTypeDefinition definition = declarations.models().get(model);
    return definition == null ? List.of() : definition.getFieldDefinitions();
  }

  private static Type<?> bare(Type<?> type) {
    return type instanceof NonNullType nonNull ? nonNull.getType() : type;
  }
}
