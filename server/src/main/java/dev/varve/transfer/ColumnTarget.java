package dev.varve.transfer;

import dev.varve.schema.Field;
import java.util.List;
import java.util.stream.Collectors;

/// Where the values of a column go.
sealed interface ColumnTarget {
  /// Into a field of the record.
  ///
  /// @param path the field, and the members of value types on the way into it
  record To(List<Field> path) implements ColumnTarget {
    public To {
      path = List.copyOf(path);
    }

    Field field() {
      return path.getFirst();
    }

    Field last() {
      return path.getLast();
    }

    String text() {
      return path.stream().map(Field::name).collect(Collectors.joining("."));
    }
  }

  /// Nowhere, because Varve sets that field itself.
  record Kept(Field field) implements ColumnTarget {}

  /// Nowhere, because the caller said so.
  record Skip() implements ColumnTarget {}
}
