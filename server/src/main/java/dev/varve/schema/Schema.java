package dev.varve.schema;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// A schema file that was read and found right.
public final class Schema {
  /// What is stored before the first schema file is applied.
  public static final Schema EMPTY = new Schema("", List.of(), List.of(), List.of());

  private final String source;
  private final List<Model> models;
  private final List<EnumType> enums;
  private final List<ValueType> valueTypes;
  private final Map<String, Model> byName = new HashMap<>();
  private final Map<String, Model> byPath = new HashMap<>();
  private final Map<String, List<Reference>> references = new HashMap<>();
  private final Optional<Model> account;

  /// A field of a model that refers to another model.
  public record Reference(Model model, Field field, RelationType relation) {}

  /// @param source the text of the file and of what Varve adds, as [dev.varve.schema.sdl.SchemaParser#stored] reads it
  public Schema(
      String source, List<Model> models, List<EnumType> enums, List<ValueType> valueTypes) {
    this.source = source;
    this.models = List.copyOf(models);
    this.enums = List.copyOf(enums);
    this.valueTypes = List.copyOf(valueTypes);
    this.account = this.models.stream().filter(Model::account).findFirst();
    for (Model model : this.models) {
      byName.put(model.name(), model);
      byPath.put(model.path(), model);
      references.put(model.name(), List.of());
    }
    for (Model model : this.models) {
      for (Field field : model.fields()) {
        field
            .relation()
            .ifPresent(relation ->
                references.merge(
                    relation.target(),
                    List.of(new Reference(model, field, relation)),
                    (a, b) -> java.util.stream.Stream.concat(a.stream(), b.stream()).toList()));
      }
    }
  }

  /// The same schema over other tables.
  ///
  /// @param names of the table of each model, by its number from 0
  public Schema withTables(IntFunction<String> names) {
    return new Schema(
        source,
        IntStream.range(0, models.size())
            .mapToObj(number -> models.get(number).withTable(names.apply(number)))
            .toList(),
        enums,
        valueTypes);
  }

  /// The text of the file and of what Varve adds, as [dev.varve.schema.sdl.SchemaParser#stored] reads it.
  public String source() {
    return source;
  }

  public List<Model> models() {
    return models;
  }

  public List<EnumType> enums() {
    return enums;
  }

  public List<ValueType> valueTypes() {
    return valueTypes;
  }

  public Optional<Model> model(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /// The model served at `/api/{path}`.
  public Optional<Model> modelAt(String path) {
    return Optional.ofNullable(byPath.get(path));
  }

  /// The model of that name, which a checked schema is known to have.
  public Model require(String name) {
    Model model = byName.get(name);
    if (model == null) {
      throw new IllegalArgumentException("No model named " + name);
    }
    return model;
  }

  /// The model whose records are the accounts that sign in.
  ///
  /// @throws IllegalStateException when the schema was stored before there were accounts
  public Model account() {
    return account.orElseThrow(() -> new IllegalStateException("The schema has no accounts yet"));
  }

  /// The fields of all models that refer to records of `model`.
  public List<Reference> referencesTo(Model model) {
    return references.getOrDefault(model.name(), List.of());
  }
}
