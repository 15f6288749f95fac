package dev.varve.proof;

import java.util.List;

/// A model as the world of the model-based test knows it.
///
/// @param idPrefix its ids are this and a digit, so that they meet often
/// @param uniques names of fields that no two records agree in
record ModelShape(
    String name,
    String idPrefix,
    boolean history,
    List<FieldShape> fields,
    List<List<String>> uniques) {

  FieldShape field(String fieldName) {
    return fields.stream()
        .filter(field -> field.name().equals(fieldName))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(name + " has no " + fieldName));
  }

  boolean has(String fieldName) {
    return fields.stream().anyMatch(field -> field.name().equals(fieldName));
  }
}
