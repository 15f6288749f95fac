package dev.varve.schema.sdl;

import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.ModelNames;
import dev.varve.schema.RestNames;
import dev.varve.schema.SourceLocation;
import graphql.language.EnumTypeDefinition;
import graphql.language.EnumValueDefinition;
import graphql.language.FieldDefinition;
import graphql.language.ObjectTypeDefinition;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Finds names that are taken, reserved or too long, and files that are too large.
final class Linter {
  private static final int MODELS_MAX = 500;
  private static final int TYPES_MAX = 500;
  private static final int FIELDS_MAX = 500;
  private static final int NAME_LENGTH_MAX = 60;
  // PostgreSQL keeps 63 characters of a name, and `_history` follows
  private static final int TABLE_LENGTH_MAX = 55;

  private static final Set<String> PATHS_RESERVED = Set.of(RestNames.BATCH, RestNames.EVENTS);
  private static final List<String> TABLE_PREFIXES_RESERVED = List.of("varve_", "sqlite_", "pg_");
  private static final String TABLE_SUFFIX_RESERVED = "_history";
  private static final Set<String> COLUMNS_RESERVED = Set.of("position_from", "position_to");
  // kept free beside those that lists have
  private static final String IDEMPOTENCY_KEY = "idempotencyKey";
  private static final Set<String> EXPRESSION_WORDS =
      Set.of("now", "me", "in", "true", "false", "null");
  private static final String NEXT_CURSOR = "NextCursor";

  private final Declarations declarations;
  private final SourceText source;
  private final Mistakes mistakes;

  Linter(Declarations declarations, SourceText source, Mistakes mistakes) {
    this.declarations = declarations;
    this.source = source;
    this.mistakes = mistakes;
  }

  void check(List<Model> models) {
    checkSizes();
    declarations.ownModels().values().forEach(this::checkModelFields);
    declarations.valueTypes().values().forEach(this::checkValueType);
    declarations.enums().values().forEach(this::checkEnum);
    Map<String, Model> byTable = new HashMap<>();
    for (Model model : models) {
      checkNames(model);
      checkRenames(model, models);
      Model other = byTable.putIfAbsent(model.table(), model);
      if (other != null) {
        mistakes.add(
            model.builtIn() ? other.location() : model.location(), sameTable(other, model));
      }
    }
  }

  private static String sameTable(Model one, Model other) {
    return other.builtIn()
        ? "%s would be served at /api/%s, where Varve serves %s: give it another @model(plural:)."
            .formatted(one.name(), one.path(), other.name())
        : "%s and %s would both be served at /api/%s: give one of them another @model(plural:)."
            .formatted(one.name(), other.name(), one.path());
  }

  private void checkSizes() {
    if (declarations.ownModels().isEmpty() && mistakes.isEmpty()) {
      mistakes.add(
          new SourceLocation(1, 1),
          "There is no type with @model, so nothing would be stored: add @model to one.");
    }
    checkSize(declarations.ownModels(), MODELS_MAX, "models");
    checkSize(declarations.valueTypes(), TYPES_MAX, "types without @model");
    checkSize(declarations.enums(), TYPES_MAX, "enums");
  }

  private void checkSize(Map<String, ?> declared, int max, String noun) {
    if (declared.size() > max) {
      String firstBeyond = List.copyOf(declared.keySet()).get(max);
      mistakes.add(
          declarations.place(firstBeyond),
          "The file has %d %s, at most %d are possible: split the application."
              .formatted(declared.size(), noun, max));
    }
  }

  private void checkModelFields(ObjectTypeDefinition type) {
    checkFields(type);
    Map<String, FieldDefinition> byLowerCase = new HashMap<>();
    for (FieldDefinition field : type.getFieldDefinitions()) {
      modelFieldMistake(type.getName(), field.getName())
          .ifPresent(message -> mistakes.add(source.ofMember(field), message));
      checkNextCursor(type, field);
      String lowerCase = field.getName().toLowerCase(Locale.ROOT);
      FieldDefinition other = byLowerCase.putIfAbsent(lowerCase, field);
      if (other == null) {
        systemFieldLike(field.getName())
            .ifPresent(system ->
                mistakes.add(
                    source.ofMember(field),
                    "'%s' differs from '%s', which every model has, by case only: choose another name."
                        .formatted(field.getName(), system)));
      } else if (!other.getName().equals(field.getName())) {
        mistakes.add(
            source.ofMember(field),
            "'%s' and '%s' differ by case only, which no database column can: choose another name."
                .formatted(other.getName(), field.getName()));
      }
    }
  }

  private static Optional<String> systemFieldLike(String name) {
    return Stream.of(Model.ID, Model.CREATED_AT, Model.UPDATED_AT, Model.VERSION)
        .filter(system -> system.equalsIgnoreCase(name) && !system.equals(name))
        .findFirst();
  }

  private static Optional<String> modelFieldMistake(String type, String name) {
    if (RestNames.LIST_PARAMETERS.contains(name) || name.equals(IDEMPOTENCY_KEY)) {
      return Optional.of(
          "'%s' would be taken for the query parameter of that name: choose another, such as '%s'."
              .formatted(name, another(type, name)));
    }
    if (EXPRESSION_WORDS.contains(name)) {
      return Optional.of(
          "'%s' would be taken for the word of filters and rules: choose another name, such as '%s'."
              .formatted(name, another(type, name)));
    }
    if (COLUMNS_RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
      return Optional.of(
          "'%s' is a column that Varve keeps in history tables: choose another name."
              .formatted(name));
    }
    return Optional.empty();
  }

  private static String another(String type, String name) {
    return ModelNames.camelCase(type) + Character.toUpperCase(name.charAt(0)) + name.substring(1);
  }

  /// An expanded list has its next cursor beside it.
  private void checkNextCursor(ObjectTypeDefinition type, FieldDefinition field) {
    String name = field.getName();
    if (!name.endsWith(NEXT_CURSOR)) {
      return;
    }
    String list = name.substring(0, name.length() - NEXT_CURSOR.length());
    boolean taken =
        type.getFieldDefinitions().stream()
            .anyMatch(other -> other.getName().equals(list) && other.hasDirective("hasMany"));
    if (taken) {
      mistakes.add(
          source.ofMember(field),
          "'%s' is where answers put the cursor of '%s': choose another name."
              .formatted(name, list));
    }
  }

  private void checkValueType(ObjectTypeDefinition type) {
    checkFields(type);
  }

  private void checkFields(ObjectTypeDefinition type) {
    SourceLocation place = declarations.place(type.getName());
    checkName(type.getName(), place);
    List<FieldDefinition> fields = type.getFieldDefinitions();
    if (!type.getImplements().isEmpty()) {
      mistakes.add(
          place,
          "Interfaces are not supported: remove 'implements' from %s.".formatted(type.getName()));
    }
    if (fields.isEmpty() && !declarations.strayBraces()) {
      mistakes.add(
          place, "%s has no fields: write { name: String! } behind it.".formatted(type.getName()));
    }
    if (fields.size() > FIELDS_MAX) {
      mistakes.add(
          source.ofMember(fields.get(FIELDS_MAX)),
          "%s has %d fields, at most %d are possible: move some to a type of their own."
              .formatted(type.getName(), fields.size(), FIELDS_MAX));
    }
    Map<String, SourceLocation> seen = new HashMap<>();
    for (FieldDefinition field : fields) {
      SourceLocation location = source.ofMember(field);
      checkName(field.getName(), location);
      SourceLocation first = seen.putIfAbsent(field.getName(), location);
      if (first != null) {
        mistakes.add(
            location,
            "%s has the field '%s' twice, first in line %d: keep one."
                .formatted(type.getName(), field.getName(), first.line()));
      }
    }
  }

  private void checkEnum(EnumTypeDefinition type) {
    checkName(type.getName(), declarations.place(type.getName()));
    for (EnumValueDefinition value : type.getEnumValueDefinitions()) {
      checkName(value.getName(), source.ofMember(value));
    }
  }

  private void checkName(String name, SourceLocation location) {
    if (name.startsWith("_")) {
      mistakes.add(
          location,
          "'%s' begins with '_', as names inside Varve do: begin with a letter.".formatted(name));
    }
    if (name.length() > NAME_LENGTH_MAX) {
      mistakes.add(
          location,
          "'%s' has %d characters, names have at most %d: shorten it."
              .formatted(name, name.length(), NAME_LENGTH_MAX));
    }
  }

  private void checkNames(Model model) {
    if (PATHS_RESERVED.contains(model.path())) {
      mistakes.add(
          model.location(),
          "/api/%s is Varve's own: give %s another @model(plural:)."
              .formatted(model.path(), model.name()));
    }
    if (model.plural().equals(ModelNames.camelCase(model.name()))) {
      mistakes.add(
          model.location(),
          "One %s and many would both be called '%s': give it another @model(plural:)."
              .formatted(model.name(), model.plural()));
    }
    String table = model.table();
    if (table.endsWith(TABLE_SUFFIX_RESERVED)
        || TABLE_PREFIXES_RESERVED.stream().anyMatch(table::startsWith)) {
      mistakes.add(
          model.location(),
          "The table '%s' of %s would have a reserved name (%s..., ...%s): give it another @model(plural:)."
              .formatted(
                  table,
                  model.name(),
                  String.join("..., ", TABLE_PREFIXES_RESERVED),
                  TABLE_SUFFIX_RESERVED));
    }
    if (table.length() > TABLE_LENGTH_MAX) {
      mistakes.add(
          model.location(),
          "The table '%s' of %s would have a name of %d characters, at most %d are possible: give it a shorter @model(plural:)."
              .formatted(table, model.name(), table.length(), TABLE_LENGTH_MAX));
    }
  }

  /// An old name that is still, or again, in use would make two things of one.
  private void checkRenames(Model model, List<Model> models) {
    if (model.renamedFrom().isPresent()) {
      String from = model.renamedFrom().get();
      boolean claimed =
          models.stream()
              .anyMatch(other -> other != model && other.renamedFrom().equals(model.renamedFrom()));
      if (declarations.declares(from)) {
        mistakes.add(
            model.location(),
            "%s cannot be renamed from '%s', which is a type in this file: remove one of the two."
                .formatted(model.name(), from));
      } else if (claimed) {
        mistakes.add(
            model.location(),
            "'%s' cannot be renamed to several models: keep one @renamedFrom.".formatted(from));
      }
    }
    for (Field field : model.fields()) {
      field.renamedFrom().ifPresent(from -> checkRename(model, field, from));
    }
  }

  private void checkRename(Model model, Field field, String from) {
    boolean claimed =
        model.fields().stream()
            .anyMatch(
                other -> !other.equals(field) && other.renamedFrom().equals(Optional.of(from)));
    if (model.field(from).isPresent() || model.hasMany(from).isPresent()) {
      mistakes.add(
          field.location(),
          "'%s' cannot be renamed from '%s', which is a field of %s: remove one of the two."
              .formatted(field.name(), from, model.name()));
    } else if (claimed) {
      mistakes.add(
          field.location(),
          "'%s' cannot be renamed to several fields of %s: keep one @renamedFrom."
              .formatted(from, model.name()));
    }
  }
}
