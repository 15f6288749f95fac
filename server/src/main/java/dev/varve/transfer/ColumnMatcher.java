package dev.varve.transfer;

import dev.varve.kernel.Nearest;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds the field of a model that a column means: as `--columns` says, else by its name, else by what
/// keys of databases are called.
final class ColumnMatcher {
  private static final String KEY_ENDING = "id";

  private final Model model;
  private final ColumnNames names;

  ColumnMatcher(Model model, ColumnNames names) {
    this.model = model;
    this.names = names;
  }

  /// What became of the name of a column.
  sealed interface Match {
    record Found(ColumnTarget target) implements Match {}

    record Mistake(String message) implements Match {}
  }

  Match match(String column) {
    return names
        .find(model, column)
        .map(this::explicit)
        .orElseGet(() ->
            path(column)
                .or(() -> key(column))
                .<Match>map(Match.Found::new)
                .orElseGet(() -> new Match.Mistake(noField(column))));
  }

  private Match explicit(ColumnNames.Entry entry) {
    if (entry.skips()) {
      return new Match.Found(new ColumnTarget.Skip());
    }
    Optional<ColumnTarget> target = path(entry.field());
    if (target.isEmpty()) {
      return new Match.Mistake(
          "--columns %s: '%s' is not a field of %s.%s"
              .formatted(
                  entry.text(),
                  entry.field(),
                  model.name(),
                  Nearest.hint(entry.field(), fieldNames())));
    }
    if (target.get() instanceof ColumnTarget.Kept kept) {
      return new Match.Mistake(
          "--columns %s: '%s' is set by Varve".formatted(entry.text(), kept.field().name()));
    }
    return new Match.Found(target.get());
  }

  /// By the name of a field, or of a member such as `shipTo.city`.
  private Optional<ColumnTarget> path(String text) {
    List<Field> path = new ArrayList<>();
    List<Field> fields = model.fields();
    for (String name : text.split("\\.", -1)) {
      Optional<Field> field = named(fields, name);
      if (field.isEmpty()) {
        return Optional.empty();
      }
      path.add(field.get());
      fields =
          field.get().type() instanceof ValueType type && !field.get().list()
              ? type.fields()
              : List.of();
    }
    Field first = path.getFirst();
    boolean kept = first.system() && !first.name().equals(Model.ID);
    return Optional.of(kept ? new ColumnTarget.Kept(first) : new ColumnTarget.To(path));
  }

  private static Optional<Field> named(List<Field> fields, String name) {
    return fields.stream()
        .filter(field -> field.name().equals(name))
        .findFirst()
        .or(() -> only(fields.stream().filter(field -> plain(field.name()).equals(plain(name)))));
  }

  /// `ArtistId` is the id of an Artist; in another model it refers to one.
  private Optional<ColumnTarget> key(String column) {
    String name = plain(column);
    if (!name.endsWith(KEY_ENDING) || name.length() == KEY_ENDING.length()) {
      return Optional.empty();
    }
    String stem = name.substring(0, name.length() - KEY_ENDING.length());
    if (stem.equals(plain(model.name()))) {
      return Optional.of(new ColumnTarget.To(List.of(model.id())));
    }
    return only(relations().filter(field -> plain(field.name()).equals(stem)))
        .or(() ->
            only(
                relations()
                    .filter(field -> plain(field.relation().orElseThrow().target()).equals(stem))))
        .map(field -> new ColumnTarget.To(List.of(field)));
  }

  private Stream<Field> relations() {
    return model.fields().stream().filter(field -> field.relation().isPresent());
  }

  private static Optional<Field> only(Stream<Field> fields) {
    List<Field> found = fields.limit(2).toList();
    return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
  }

  /// `First Name`, `first_name` and `firstName` are the same.
  private static String plain(String name) {
    return name.replaceAll("[ _-]", "").toLowerCase(Locale.ROOT);
  }

  private String noField(String column) {
    if (column.isEmpty()) {
      return "a column has no name: give it one in the first line";
    }
    String other =
        model
            .hasMany(column)
            .map(many -> "the other side of %s.%s".formatted(many.target(), many.by()))
            .orElse("no field of " + model.name());
    return "the column '%s' is %s.%s Say which field it is with --columns %s=FIELD, or leave it out with --columns %s=-"
        .formatted(column, other, Nearest.hint(column, fieldNames()), column, column);
  }

  private List<String> fieldNames() {
    return model.fields().stream()
        .filter(field -> !field.system() || field.name().equals(Model.ID))
        .map(Field::name)
        .toList();
  }
}
