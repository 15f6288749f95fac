package dev.varve.schema;

import dev.varve.kernel.Folding;
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

  private final Names names;
  private final List<Field> fields;
  private final List<HasMany> hasMany;
  private final List<Index> indexes;
  // asked for with every write
  private final List<Index> uniques;
  private final List<AuthRule> rules;
  private final Keeping keeping;
  private final boolean account;
  private final List<String> removedFields;
  private final Declaration declaration;
  private final Map<String, Field> fieldByName;
  private final SerializableString[] encodedNames;
  private final List<TextForm> foldedForms;

  /// What it is called.
  ///
  /// @param plural in camel case, such as `orderLines`
  /// @param path in kebab case, such as `order-lines`
  /// @param table in snake case, such as `order_lines`
  public record Names(String name, String plural, String path, String table) {}

  /// How its records are kept.
  ///
  /// @param cache what of them is held in memory
  /// @param history whether earlier versions are kept, so that the model can be read as of a moment
  public record Keeping(CachePolicy cache, boolean history) {}

  /// @param indexes those of `@unique` and `@index`, and one for every relation
  /// @param account whether its records are the accounts that sign in
  /// @param removedFields names of earlier fields that the file says may go
  public Model(
      Names names,
      List<Field> fields,
      List<HasMany> hasMany,
      List<Index> indexes,
      List<AuthRule> rules,
      Keeping keeping,
      boolean account,
      List<String> removedFields,
      Declaration declaration) {
    this.names = names;
    this.fields = List.copyOf(fields);
    this.hasMany = List.copyOf(hasMany);
    this.indexes = List.copyOf(indexes);
    this.uniques = this.indexes.stream().filter(Index::unique).toList();
    this.rules = List.copyOf(rules);
    this.keeping = keeping;
    this.account = account;
    this.removedFields = List.copyOf(removedFields);
    this.declaration = declaration;
    this.fieldByName = new HashMap<>();
    for (Field field : this.fields) {
      fieldByName.put(field.name(), field);
    }
    this.encodedNames =
        this.fields.stream()
            .map(field -> new SerializedString(field.name()))
            .toArray(SerializableString[]::new);
    this.foldedForms =
        this.indexes.stream()
            .flatMap(index -> index.forms().stream())
            .filter(TextForm::isFolded)
            .distinct()
            .toList();
  }

  /// The same model over other tables.
  Model withTable(String otherTable) {
    return new Model(
        new Names(names.name(), names.plural(), names.path(), otherTable),
        fields,
        hasMany,
        indexes,
        rules,
        keeping,
        account,
        removedFields,
        declaration);
  }

  public String name() {
    return names.name();
  }

  public String plural() {
    return names.plural();
  }

  public String path() {
    return names.path();
  }

  public String table() {
    return names.table();
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

  /// The folded texts that are stored beside the fields, because an index asks for them.
  public List<TextForm> foldedForms() {
    return foldedForms;
  }

  /// Whether the text of the field is stored folded too.
  public boolean storesFolded(Field field, Folding folding) {
    return !foldedForms.isEmpty() && foldedForms.contains(new TextForm(field, folding));
  }

  public List<AuthRule> rules() {
    return rules;
  }

  public CachePolicy cache() {
    return keeping.cache();
  }

  /// Whether earlier versions are kept, so that the model can be read as of a moment.
  public boolean history() {
    return keeping.history();
  }

  /// Whether its records are the accounts that sign in.
  public boolean account() {
    return account;
  }

  /// Whether Varve brings it, so that the schema file does not declare it.
  public boolean builtIn() {
    return location().equals(SourceLocation.NONE);
  }

  public Optional<String> renamedFrom() {
    return declaration.renamedFrom();
  }

  public List<String> removedFields() {
    return removedFields;
  }

  public String description() {
    return declaration.description();
  }

  public SourceLocation location() {
    return declaration.location();
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
    return names.name();
  }
}
