package dev.varve.transfer;

import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// Puts the files whose records others refer to before the files of those.
final class LoadOrder {
  private LoadOrder() {}

  /// In the order given as far as relations allow it. Where they form a circle, it is cut at a relation that
  /// may be filled in later.
  static List<ImportFile> of(List<ImportFile> files) {
    List<ImportFile> left = new ArrayList<>(files);
    List<ImportFile> ordered = new ArrayList<>();
    while (!left.isEmpty()) {
      ImportFile next =
          left.stream()
              .filter(file -> refersToNone(file, left, _ -> true))
              .findFirst()
              .or(() ->
                  left.stream()
                      .filter(file -> refersToNone(file, left, field -> !mayWait(field)))
                      .findFirst())
              .orElseGet(left::getFirst);
      left.remove(next);
      ordered.add(next);
    }
    return ordered;
  }

  private static boolean refersToNone(
      ImportFile file, List<ImportFile> others, Predicate<Field> counts) {
    String self = file.model().name();
    return file.model().fields().stream()
        .filter(counts)
        .flatMap(field -> field.relation().stream())
        .map(relation -> relation.target())
        .filter(target -> !target.equals(self))
        .noneMatch(
            target -> others.stream().anyMatch(other -> other.model().name().equals(target)));
  }

  /// Whether a record can be made without a value of the field, which it gets by a later change.
  private static boolean mayWait(Field field) {
    return !field.required() && !field.immutable() && !field.readonly();
  }

  /// The relations of a model that lead back to it, so that a record may come before the one it refers to,
  /// and that may be filled in later.
  static List<Field> waiting(Schema schema, Model model) {
    List<Field> waiting = new ArrayList<>();
    for (Field field : model.fields()) {
      if (field.relation().isPresent()
          && mayWait(field)
          && leadsTo(schema, field.relation().get().target(), model.name(), new HashSet<>())) {
        waiting.add(field);
      }
    }
    return waiting;
  }

  private static boolean leadsTo(Schema schema, String from, String to, Set<String> seen) {
    if (from.equals(to)) {
      return true;
    }
    return seen.add(from)
        && schema.require(from).fields().stream()
            .flatMap(field -> field.relation().stream())
            .anyMatch(relation -> leadsTo(schema, relation.target(), to, seen));
  }
}
