package dev.varve.schema.sdl;

import dev.varve.kernel.DurationText;
import dev.varve.schema.CachePolicy;
import dev.varve.schema.CachePolicy.Strategy;
import dev.varve.schema.Declaration;
import dev.varve.schema.Field;
import dev.varve.schema.HasMany;
import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.schema.ModelNames;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.SourceLocation;
import dev.varve.schema.sdl.DirectiveReader.Directives;
import dev.varve.schema.sdl.KnownDirective.Place;
import dev.varve.schema.sdl.TypeReader.Shape;
import graphql.language.FieldDefinition;
import graphql.language.NonNullType;
import graphql.language.ObjectTypeDefinition;
import graphql.language.TypeName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads one type with `@model`.
final class ModelReader {
  private static final Set<String> GIVEN =
      Set.of(Model.CREATED_AT, Model.UPDATED_AT, Model.VERSION);
  static final List<String> CACHE_MEMBERS = List.of("strategy", "ttl", "max");
  private static final Pattern PLURAL = Pattern.compile("[a-z][A-Za-z0-9]*");
  private static final Duration TTL_MAX = Duration.ofDays(365);
  private static final int RECORDS_MAX = 10_000_000;

  private final SourceText source;
  private final Mistakes mistakes;
  private final DirectiveReader directives;
  private final FieldReader fieldReader;
  private final HasManyReader hasManyReader;
  private final AccountFields accountFields;

  /// @param added whose fields every account has
  ModelReader(
      Declarations declarations,
      TypeReader types,
      BuiltIn added,
      SourceText source,
      Mistakes mistakes) {
    this.source = source;
    this.mistakes = mistakes;
    this.directives = new DirectiveReader(source, mistakes);
    this.fieldReader = new FieldReader(types, source, mistakes);
    this.hasManyReader = new HasManyReader(declarations, source, mistakes);
    this.accountFields = new AccountFields(accountFields(types, added), source, mistakes);
  }

  private List<FieldReader.Read> accountFields(TypeReader types, BuiltIn added) {
    FieldReader reader = new FieldReader(types, SourceText.unplaced(), mistakes);
    return added.accountFields().stream()
        .flatMap(field -> reader.read(field, reader.shape(Model.ID, field), 0).stream())
        .toList();
  }

  /// The type of the ids of a model.
  static ScalarType idType(ObjectTypeDefinition model) {
    return model.getFieldDefinitions().stream()
            .filter(field -> field.getName().equals(Model.ID))
            .anyMatch(field ->
                field.getType() instanceof NonNullType required
                    && required.getType() instanceof TypeName type
                    && type.getName().equals(ScalarType.UUID.schemaName()))
        ? ScalarType.UUID
        : ScalarType.ID;
  }

  Model read(ObjectTypeDefinition definition) {
    Directives found = directives.read(definition, Place.MODEL);
    Optional<Arguments> model = found.one(KnownDirective.MODEL);
    Members members = new Members(found.has(KnownDirective.ACCOUNT));
    members.fields.add(id(definition));
    definition.getFieldDefinitions().forEach(field -> add(definition.getName(), field, members));
    if (members.account) {
      addAccountFields(definition, members);
    }
    addSystemFields(members.fields);
    SourceLocation location = source.ofType(definition);
    String plural = model.flatMap(this::plural).orElse(ModelNames.plural(definition.getName()));
    return new Model(
        new Model.Names(
            definition.getName(), plural, ModelNames.path(plural), ModelNames.table(plural)),
        members.fields,
        members.hasMany,
        new IndexReader(definition.getName(), members.fields, mistakes)
            .read(found, members.unique, location),
        RuleReader.read(found).orElse(List.of()),
        new Model.Keeping(
            model.map(ModelReader::cache).orElse(CachePolicy.DEFAULT),
            model.flatMap(given -> given.bool("history")).orElse(true)),
        members.account,
        removed(definition, found),
        new Declaration(
            FieldReader.renamedFrom(found),
            TypeReader.text(definition.getDescription()),
            location));
  }

  private static final class Members {
    final List<Field> fields = new ArrayList<>();
    final List<Index> unique = new ArrayList<>();
    final List<HasMany> hasMany = new ArrayList<>();
    final boolean account;

    Members(boolean account) {
      this.account = account;
    }

    void add(FieldReader.Read read) {
      fields.add(read.field());
      read.uniqueBy()
          .ifPresent(folding -> unique.add(new Index(List.of(read.field()), true, folding)));
    }
  }

  private Field id(ObjectTypeDefinition definition) {
    return definition.getFieldDefinitions().stream()
        .filter(field -> field.getName().equals(Model.ID))
        .findFirst()
        .map(this::declaredId)
        .orElse(SystemFields.id(ScalarType.ID, "", SourceLocation.NONE));
  }

  private Field declaredId(FieldDefinition definition) {
    SourceLocation location = source.ofMember(definition);
    if (!definition.getDirectives().isEmpty()) {
      mistakes.add(
          SourceText.of(definition.getDirectives().getFirst()),
          "The id takes no directives: it is unique and does not change as it is.");
    }
    Optional<Shape> shape = fieldReader.shape(Model.ID, definition);
    boolean fits =
        shape.isPresent()
            && (shape.get().type() == ScalarType.ID || shape.get().type() == ScalarType.UUID)
            && shape.get().required()
            && !shape.get().list();
    if (shape.isPresent() && !fits) {
      mistakes.add(shape.get().location(), "The id is an ID! or a UUID!: write 'id: ID!'.");
    }
    ScalarType type =
        shape.isPresent() && shape.get().type() == ScalarType.UUID
            ? ScalarType.UUID
            : ScalarType.ID;
    return SystemFields.id(type, TypeReader.text(definition.getDescription()), location);
  }

  private void add(String model, FieldDefinition definition, Members members) {
    String name = definition.getName();
    if (name.equals(Model.ID)) {
      return;
    }
    if (GIVEN.contains(name)) {
      mistakes.add(
          source.ofMember(definition),
          "'%s' comes with every model: remove this line.".formatted(name));
      return;
    }
    Optional<Shape> shape = fieldReader.shape(model, definition);
    if (shape.isPresent()
        && shape.get().list()
        && shape.get().type() instanceof RelationType relation) {
      hasManyReader.read(model, definition, relation.target()).ifPresent(members.hasMany::add);
      if (members.account) {
        accountFields.refuseList(definition);
      }
      return;
    }
    fieldReader
        .read(definition, shape, members.fields.size())
        .ifPresent(read -> members.add(members.account ? accountFields.complete(read) : read));
  }

  private void addAccountFields(ObjectTypeDefinition definition, Members members) {
    List<String> declared =
        definition.getFieldDefinitions().stream().map(FieldDefinition::getName).toList();
    accountFields.missing(declared, members.fields.size()).forEach(members::add);
  }

  private static void addSystemFields(List<Field> fields) {
    fields.add(SystemFields.createdAt(fields.size()));
    fields.add(SystemFields.updatedAt(fields.size()));
    fields.add(SystemFields.version(fields.size()));
  }

  private Optional<String> plural(Arguments model) {
    Optional<String> plural = model.text("plural", "orderLines");
    if (plural.isPresent() && !PLURAL.matcher(plural.get()).matches()) {
      model.refuse(
          "plural",
          "@model(plural:) must be letters and digits in camel case, such as \"orderLines\".");
      return Optional.empty();
    }
    return plural;
  }

  private static CachePolicy cache(Arguments model) {
    Optional<Arguments> cache = model.object("cache", CACHE_MEMBERS);
    if (cache.isEmpty()) {
      return CachePolicy.DEFAULT;
    }
    Arguments given = cache.get();
    return new CachePolicy(
        given.choice("strategy", Strategy.class).orElse(CachePolicy.DEFAULT.strategy()),
        given
            .text("ttl", "1h")
            .flatMap(ttl -> duration(given, ttl))
            .orElse(CachePolicy.DEFAULT.ttl()),
        given
            .whole("max", 1, RECORDS_MAX)
            .map(max -> OptionalLong.of(max))
            .orElse(CachePolicy.DEFAULT.recordsMax()));
  }

  private static Optional<Duration> duration(Arguments cache, String text) {
    Optional<Duration> duration = DurationText.parse(text);
    if (duration.isEmpty()) {
      cache.refuse(
          "ttl", "'ttl' must be a number with s, m, h or d, such as \"30s\", \"10m\" or \"1h\".");
      return Optional.empty();
    }
    if (duration.get().compareTo(TTL_MAX) > 0) {
      cache.refuse("ttl", "'ttl' is longer than \"365d\": write less.");
      return Optional.empty();
    }
    return duration;
  }

  private List<String> removed(ObjectTypeDefinition definition, Directives found) {
    Optional<Arguments> directive = found.one(KnownDirective.REMOVED);
    if (directive.isEmpty()) {
      return List.of();
    }
    directive.get().require("fields", "@removed(fields: [\"name\"])");
    List<SourceText.Content> names = directive.get().contents("fields", "name");
    for (SourceText.Content name : names) {
      boolean there =
          definition.getFieldDefinitions().stream()
              .anyMatch(field -> field.getName().equals(name.text()));
      if (there) {
        mistakes.add(
            name.location(),
            "'%s' is still a field of %s: remove the field, or take it off @removed."
                .formatted(name.text(), definition.getName()));
      }
    }
    return names.stream().map(SourceText.Content::text).toList();
  }
}
