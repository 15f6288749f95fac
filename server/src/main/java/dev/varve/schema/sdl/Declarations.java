package dev.varve.schema.sdl;

import dev.varve.schema.ModelNames;
import dev.varve.schema.ScalarType;
import dev.varve.schema.SourceLocation;
import graphql.language.Definition;
import graphql.language.DirectiveDefinition;
import graphql.language.Document;
import graphql.language.EnumTypeDefinition;
import graphql.language.EnumTypeExtensionDefinition;
import graphql.language.InputObjectTypeDefinition;
import graphql.language.InterfaceTypeDefinition;
import graphql.language.NamedNode;
import graphql.language.ObjectTypeDefinition;
import graphql.language.ObjectTypeExtensionDefinition;
import graphql.language.OperationDefinition;
import graphql.language.ScalarTypeDefinition;
import graphql.language.SchemaDefinition;
import graphql.language.StringValue;
import graphql.language.UnionTypeDefinition;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// What a schema file declares, by name and in its order. Declarations of other kinds are reported.
final class Declarations {
  static final List<String> SCALARS =
      Arrays.stream(ScalarType.values()).map(ScalarType::schemaName).toList();

  private static final Set<String> ROOTS = Set.of("Query", "Mutation", "Subscription");

  private final Map<String, ObjectTypeDefinition> models = new LinkedHashMap<>();
  private final Map<String, ObjectTypeDefinition> valueTypes = new LinkedHashMap<>();
  private final Map<String, EnumTypeDefinition> enums = new LinkedHashMap<>();
  private final Map<String, SourceLocation> places = new HashMap<>();
  private final Set<String> builtIn = new LinkedHashSet<>();
  private boolean strayBraces;
  private final SourceText source;
  private final Mistakes mistakes;

  private Declarations(SourceText source, Mistakes mistakes) {
    this.source = source;
    this.mistakes = mistakes;
  }

  /// @param added the models that Varve adds
  static Declarations of(Document document, BuiltIn added, SourceText source, Mistakes mistakes) {
    Declarations declarations = new Declarations(source, mistakes);
    for (Definition<?> definition : document.getDefinitions()) {
      declarations.add(definition);
    }
    declarations.complete(added);
    return declarations;
  }

  private void complete(BuiltIn added) {
    checkOneAccount();
    boolean accountMissing = models.values().stream().noneMatch(BuiltIn::isAccount);
    if (accountMissing) {
      added.account().ifPresent(account -> addAccount(account, added));
    }
    for (ObjectTypeDefinition type : added.everywhere()) {
      if (declares(type.getName())) {
        mistakes.add(
            place(type.getName()),
            "'%s' is a model that Varve brings: choose another name.".formatted(type.getName()));
      } else {
        addBuiltIn(type);
      }
    }
  }

  private void checkOneAccount() {
    List<ObjectTypeDefinition> accounts =
        models.values().stream().filter(BuiltIn::isAccount).toList();
    for (ObjectTypeDefinition second : accounts.stream().skip(1).toList()) {
      mistakes.add(
          SourceText.of(second.getDirectives(KnownDirective.ACCOUNT.directiveName()).getFirst()),
          "%s is the model of accounts already, in line %d, and there is one only: remove this @account."
              .formatted(
                  accounts.getFirst().getName(), place(accounts.getFirst().getName()).line()));
    }
  }

  private void addAccount(ObjectTypeDefinition account, BuiltIn added) {
    ObjectTypeDefinition free = isTaken(account) ? added.renamedAccount().orElseThrow() : account;
    if (isTaken(free)) {
      mistakes.add(
          declares(free.getName()) ? place(free.getName()) : new SourceLocation(1, 1),
          "Nobody could sign in: write @account on the model whose records are the accounts, or call '%s' otherwise, so that Varve can add one of that name."
              .formatted(free.getName()));
    } else {
      addBuiltIn(free);
    }
  }

  /// Whether the name, or the plural that follows from it, is one of the file's.
  private boolean isTaken(ObjectTypeDefinition type) {
    String plural = ModelNames.plural(type.getName());
    return declares(type.getName())
        || models.values().stream().anyMatch(model -> plural(model).equals(plural));
  }

  private static String plural(ObjectTypeDefinition model) {
    return model.getDirectives(KnownDirective.MODEL.directiveName()).stream()
        .flatMap(directive -> Stream.ofNullable(directive.getArgument("plural")))
        .flatMap(argument ->
            argument.getValue() instanceof StringValue text
                ? Stream.of(SourceText.value(text))
                : Stream.empty())
        .findFirst()
        .orElseGet(() -> ModelNames.plural(model.getName()));
  }

  private void addBuiltIn(ObjectTypeDefinition type) {
    builtIn.add(type.getName());
    models.put(type.getName(), type);
  }

  private void add(Definition<?> definition) {
    switch (definition) {
      case ObjectTypeExtensionDefinition type -> refuseExtension(type, type.getName());
      case EnumTypeExtensionDefinition type -> refuseExtension(type, type.getName());
      case ObjectTypeDefinition type -> addType(type);
      case EnumTypeDefinition type -> {
        if (isFree(type, type.getName())) {
          enums.put(type.getName(), type);
        }
      }
      default -> {
        strayBraces |= definition instanceof OperationDefinition;
        mistakes.add(source.ofKeyword(definition), refusal(definition));
      }
    }
  }

  private void refuseExtension(Definition<?> definition, String name) {
    mistakes.add(
        source.ofKeyword(definition),
        "Types are not extended: write this into '%s' itself.".formatted(name));
  }

  private void addType(ObjectTypeDefinition type) {
    if (ROOTS.contains(type.getName())) {
      mistakes.add(
          source.ofType(type),
          "Varve makes queries, mutations and subscriptions from the models: remove type '%s'."
              .formatted(type.getName()));
      return;
    }
    if (isFree(type, type.getName())) {
      boolean model = type.hasDirective(KnownDirective.MODEL.directiveName());
      (model ? models : valueTypes).put(type.getName(), type);
    }
  }

  private boolean isFree(NamedNode<?> type, String name) {
    SourceLocation place = source.ofType(type);
    if (SCALARS.contains(name)) {
      mistakes.add(
          place, "'%s' is a scalar that Varve brings: choose another name.".formatted(name));
      return false;
    }
    SourceLocation first = places.putIfAbsent(name, place);
    if (first != null) {
      mistakes.add(
          place,
          "'%s' is declared twice, first in line %d: choose another name."
              .formatted(name, first.line()));
    }
    return first == null;
  }

  private static String refusal(Definition<?> definition) {
    return switch (definition) {
      case InterfaceTypeDefinition type ->
          "Interfaces are not supported: write the fields of '%s' into each type."
              .formatted(type.getName());
      case UnionTypeDefinition type ->
          "Unions are not supported: instead of '%s' write one type with optional fields."
              .formatted(type.getName());
      case InputObjectTypeDefinition type ->
          "Varve makes input types from the models: remove input '%s'.".formatted(type.getName());
      case ScalarTypeDefinition type when SCALARS.contains(type.getName()) ->
          "Varve brings the scalar '%s': remove this line.".formatted(type.getName());
      case ScalarTypeDefinition type ->
          "There are no scalars of your own: instead of '%s' use one of %s."
              .formatted(type.getName(), String.join(", ", SCALARS));
      case DirectiveDefinition directive ->
          "Varve brings its directives: remove the definition of '@%s'."
              .formatted(directive.getName());
      case SchemaDefinition _ -> "Varve makes the schema element from the models: remove it.";
      case OperationDefinition _ ->
          "Expected 'name: Type' for every field, or names other than true, false and null for enum values.";
      default -> "A schema file holds types and enums only: remove this.";
    };
  }

  /// Types with `@model` that the file itself declares.
  Map<String, ObjectTypeDefinition> ownModels() {
    Map<String, ObjectTypeDefinition> own = new LinkedHashMap<>(models);
    own.keySet().removeAll(builtIn);
    return own;
  }

  /// Whether Varve added the model.
  boolean isBuiltIn(ObjectTypeDefinition type) {
    return builtIn.contains(type.getName());
  }

  /// Types with `@model`, those that Varve adds last.
  Map<String, ObjectTypeDefinition> models() {
    return models;
  }

  /// Types without `@model`.
  Map<String, ObjectTypeDefinition> valueTypes() {
    return valueTypes;
  }

  Map<String, EnumTypeDefinition> enums() {
    return enums;
  }

  /// Where the name of a declared type stands.
  SourceLocation place(String name) {
    return places.getOrDefault(name, SourceLocation.NONE);
  }

  /// Whether braces were taken for a query because what stands in them is neither fields nor values, so
  /// that the type before them seems empty.
  boolean strayBraces() {
    return strayBraces;
  }

  boolean declares(String name) {
    return places.containsKey(name);
  }

  /// What can stand as the type of a field.
  Collection<String> typeNames() {
    return Stream.of(ownModels().keySet(), valueTypes.keySet(), enums.keySet(), builtIn, SCALARS)
        .flatMap(Collection::stream)
        .toList();
  }
}
