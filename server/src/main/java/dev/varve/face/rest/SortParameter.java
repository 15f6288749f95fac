package dev.varve.face.rest;

import dev.varve.kernel.Folding;
import dev.varve.kernel.Nearest;
import dev.varve.lane.access.Read;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.RestNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `sort=-createdAt,name[ignoreCase]`: the fields to sort by, with `-` for descending.
public final class SortParameter {
  public static final String NAME = RestNames.SORT;
  // each field makes the condition of the next page longer
  public static final int FIELDS_MAX = 5;

  private SortParameter() {}

  /// @return the fields; nothing when the parameter is wrong, so that no cursor is held against it
  static Optional<List<Read.Sort>> take(Model model, Parameters parameters) {
    Optional<String> text = parameters.take(NAME);
    if (text.isEmpty()) {
      return Optional.of(List.of());
    }
    List<Read.Sort> sorts = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    for (String part : text.get().split(",", -1)) {
      String message = add(model, part.strip(), sorts);
      if (message != null) {
        wrong.add(message);
      }
    }
    if (sorts.size() > FIELDS_MAX) {
      wrong.add("sorts by more than " + FIELDS_MAX + " fields");
    }
    wrong.forEach(message -> parameters.errors().add(NAME, message));
    return wrong.isEmpty() ? Optional.of(sorts) : Optional.empty();
  }

  private static @Nullable String add(Model model, String part, List<Read.Sort> sorts) {
    boolean descending = part.startsWith("-");
    String named = descending ? part.substring(1) : part;
    Folding folding = folding(named);
    String name = named.substring(0, named.length() - suffix(folding).length());
    Field field = model.fieldOrNull(name);
    if (name.isEmpty()) {
      return "has an empty name; write it like -createdAt,name";
    }
    if (field == null) {
      return unknown(model, name);
    }
    if (!Read.Sort.isPossible(field)) {
      return "'%s' is of type %s and cannot be sorted by".formatted(name, field.typeText());
    }
    if (folding != Folding.EXACT && !field.foldable()) {
      return "'%s' is of type %s: only text can be sorted without regard to case"
          .formatted(name, field.typeText());
    }
    if (sorts.stream().anyMatch(sort -> sort.field().equals(field))) {
      return "'%s' is there twice".formatted(name);
    }
    sorts.add(new Read.Sort(field, descending, folding));
    return null;
  }

  private static Folding folding(String named) {
    for (Folding folding : List.of(Folding.CASE, Folding.ACCENTS)) {
      if (named.endsWith(suffix(folding))) {
        return folding;
      }
    }
    return Folding.EXACT;
  }

  private static String suffix(Folding folding) {
    return switch (folding) {
      case EXACT -> "";
      case CASE -> "[ignoreCase]";
      case ACCENTS -> "[ignoreAccents]";
    };
  }

  private static String unknown(Model model, String name) {
    String hint = Nearest.hint(name, sortable(model));
    return "'%s' is not a field of %s%s"
        .formatted(
            name,
            model.name(),
            hint.isEmpty() ? "; there are " + String.join(", ", sortable(model)) : "." + hint);
  }

  public static List<String> sortable(Model model) {
    return model.fields().stream().filter(Read.Sort::isPossible).map(Field::name).toList();
  }

  /// All that can be sorted by, in the direction of the smallest first.
  public static List<String> sorts(Model model) {
    return model.fields().stream()
        .filter(Read.Sort::isPossible)
        .flatMap(field ->
            Stream.of(Folding.values())
                .filter(folding -> folding == Folding.EXACT || field.foldable())
                .map(folding -> field.name() + suffix(folding)))
        .toList();
  }
}
