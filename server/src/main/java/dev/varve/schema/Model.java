package dev.varve.schema;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.SerializedString;

/// A type with `@model`: what one kind of record looks like and who may do what with it.
///
/// `fields` starts with `id`, then come the declared fields in the order of the file, then `createdAt`,
/// `updatedAt` and `version`.
public final class Model {
  public static final String ID = "id";
  public static final String CREATED_AT = "createdAt";
  public static final String UPDATED_AT = "updatedAt";
  public static final String VERSION = "version";

  private final String name;
  private final String plural;
  private final String path;
  private final String table;
  private final List<Field> fields;
  private final List<HasMany> hasMany;
  private final List<Index> indexes;
  // asked for with every write
  private final List<Index> uniques;
  private final List<AuthRule> rules;
  private final CachePolicy cache;
  private final boolean history;
  private final boolean account;
  private final Optional<String> renamedFrom;
  private final List<String> removedFields;
  private final String description;
  private final SourceLocation location;
  private final Map<String, Field> fieldByName;
  private final SerializableString[] encodedNames;

  /// @param plural in camel case, such as `orderLines`
  /// @param path in kebab case, such as `order-lines`
  /// @param table in snake case, such as `order_lines`
  /// @param indexes those of `@unique` and `@index`, and one for every relation
  /// @param account whether its records are the accounts that sign in
  /// @param removedFields names of earlier fields that the file says may go
  public Model(
      String name,
      String plural,
      String path,
      String table,
      List<Field> fields,
      List<HasMany> hasMany,
      List<Index> indexes,
      List<AuthRule> rules,
      CachePolicy cache,
      boolean history,
      boolean account,
      Optional<String> renamedFrom,
      List<String> removedFields,
      String description,
      SourceLocation location) {
    this.name = name;
    this.plural = plural;
    this.path = path;
    this.table = table;
    this.fields = List.copyOf(fields);
    this.hasMany = List.copyOf(hasMany);
    this.indexes = List.copyOf(indexes);
    this.uniques = this.indexes.stream().filter(Index::unique).toList();
    this.rules = List.copyOf(rules);
    this.cache = cache;
    this.history = history;
    this.account = account;
    this.renamedFrom = renamedFrom;
    this.removedFields = List.copyOf(removedFields);
    this.description = description;
    this.location = location;
    this.fieldByName = new HashMap<>();
    for (Field field : this.fields) {
      fieldByName.put(field.name(), field);
    }
    this.encodedNames =
        this.fields.stream()
            .map(field -> new SerializedString(field.name()))
            .toArray(SerializableString[]::new);
  }

  /// The same model over other tables.
  Model withTable(String otherTable) {
    return new Model(
        name,
        plural,
        path,
        otherTable,
        fields,
        hasMany,
        indexes,
        rules,
        cache,
        history,
        account,
        renamedFrom,
        removedFields,
        description,
        location);
  }

  public String name() {
    return name;
  }

  public String plural() {
    return plural;
  }

  public String path() {
    return path;
  }

  public String table() {
    return table;
  }

  public List<Field> fields() {
    return fields;
  }

  public List<HasMany> hasMany() {
    return hasMany;
  }

  public List<Index> indexes() {
    return indexes;
  }

  public List<AuthRule> rules() {
    return rules;
  }

  public CachePolicy cache() {
    return cache;
  }

  /// Whether earlier versions are kept, so that the model can be read as of a moment.
  public boolean history() {
    return history;
  }

  /// Whether its records are the accounts that sign in.
  public boolean account() {
    return account;
  }

  /// Whether Varve brings it, so that the schema file does not declare it.
  public boolean builtIn() {
    return location.equals(SourceLocation.NONE);
  }

  public Optional<String> renamedFrom() {
    return renamedFrom;
  }

  public List<String> removedFields() {
    return removedFields;
  }

  public String description() {
    return description;
  }

  public SourceLocation location() {
    return location;
  }

  public Field id() {
    return fields.getFirst();
  }

  public Field createdAt() {
    return fields.get(fields.size() - 3);
  }

  public Field updatedAt() {
    return fields.get(fields.size() - 2);
  }

  public Field version() {
    return fields.getLast();
  }

  public Optional<Field> field(String fieldName) {
    return Optional.ofNullable(fieldByName.get(fieldName));
  }

  /// The field of that name, or null: for hot paths.
  public @Nullable Field fieldOrNull(String fieldName) {
    return fieldByName.get(fieldName);
  }

  /// The name of a field as JSON, encoded once: a list writes it for every record.
  public SerializableString encodedName(Field field) {
    return encodedNames[field.ordinal()];
  }

  public Optional<HasMany> hasMany(String manyName) {
    return hasMany.stream().filter(many -> many.name().equals(manyName)).findFirst();
  }

  /// The indexes that allow no two records with the same values.
  public List<Index> uniques() {
    return uniques;
  }

  @Override
  public String toString() {
    return name;
  }
}
