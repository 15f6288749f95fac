package dev.varve.schema;

import dev.varve.kernel.Folding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Fields of a model that are indexed together, in this order; unique when no two records may agree in
/// all of them (records with an absent one are never in conflict).
///
/// @param folding how those of the fields that hold text are compared
public record Index(List<Field> fields, boolean unique, Folding folding) {
  /// Of all texts of one entry together, in UTF-8: an entry of PostgreSQL has at most 2,704 bytes, an id, positions and what the
  /// database notes among them.
  public static final int TEXT_BYTES_MAX = 2_048;

  /// How many bytes of a folded text may come of one byte, at most: a letter is folded to at most three, of three bytes each.
  public static final int FOLDED_GROWTH_MAX = 9;

  public Index {
    fields = List.copyOf(fields);
  }

  /// An index of values as they are.
  public Index(List<Field> fields, boolean unique) {
    this(fields, unique, Folding.EXACT);
  }

  public List<String> fieldNames() {
    return fields.stream().map(Field::name).toList();
  }

  /// What it compares, in words: `name, city, ignoring case`.
  public String description() {
    String names = String.join(", ", fieldNames());
    return switch (folding) {
      case EXACT -> names;
      case CASE -> names + ", ignoring case";
      case ACCENTS -> names + ", ignoring case and accents";
    };
  }

  /// The fields in the form in which they are compared.
  public List<TextForm> forms() {
    return fields.stream().map(this::form).toList();
  }

  private TextForm form(Field field) {
    return field.foldable() ? new TextForm(field, folding) : TextForm.exact(field);
  }

  /// The values by which a record is found in it, in the form in which they are compared; empty when one is absent.
  public Optional<List<Object>> key(Function<Field, @Nullable Object> values) {
    List<Object> key = new ArrayList<>(fields.size());
    for (Field field : fields) {
      Object value = values.apply(field);
      if (value == null) {
        return Optional.empty();
      }
      key.add(field.foldable() && value instanceof String text ? folding.fold(text) : value);
    }
    return Optional.of(key);
  }

  /// Whether it compares the same fields in the same way, whatever else their schema says of them.
  public boolean isLike(Index other) {
    return unique == other.unique
        && folding == other.folding
        && fieldNames().equals(other.fieldNames());
  }
}
