package dev.varve.schema;

import java.util.List;

/// Fields of a model that are indexed together, in this order; unique when no two records may agree in
/// all of them (records with an absent one are never in conflict).
public record Index(List<Field> fields, boolean unique) {
  public Index {
    fields = List.copyOf(fields);
  }

  public List<String> fieldNames() {
    return fields.stream().map(Field::name).toList();
  }
}
