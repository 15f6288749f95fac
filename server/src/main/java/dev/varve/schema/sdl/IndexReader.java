package dev.varve.schema.sdl;

import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.Index;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.SourceLocation;
import dev.varve.schema.ValueType;
import dev.varve.schema.sdl.DirectiveReader.Directives;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads `@unique` and `@index` into the indexes of a model, and adds one for every relation.
final class IndexReader {
  // an index is written with every record
  private static final int INDEXES_MAX = 64;
  private static final int FIELDS_MAX = 8;

  private final String model;
  private final List<Field> fields;
  private final Mistakes mistakes;
  private final List<Index> indexes = new ArrayList<>();

  IndexReader(String model, List<Field> fields, Mistakes mistakes) {
    this.model = model;
    this.fields = fields;
    this.mistakes = mistakes;
  }

  /// @param uniqueFields those that have `@unique` themselves
  List<Index> read(Directives directives, List<Field> uniqueFields, SourceLocation location) {
    for (Field field : uniqueFields) {
      indexes.add(new Index(List.of(field), true));
    }
    directives.all(KnownDirective.UNIQUE).forEach(found -> add(found, "unique"));
    directives.all(KnownDirective.INDEX).forEach(found -> add(found, "index"));
    for (Field field : fields) {
      if (field.relation().isPresent() && !isFirstOfOne(field)) {
        indexes.add(new Index(List.of(field), false));
      }
    }
    if (indexes.size() > INDEXES_MAX) {
      mistakes.add(
          location,
          "%s has %d indexes (relations have one each), at most %d are possible: keep those that queries need."
              .formatted(model, indexes.size(), INDEXES_MAX));
    }
    return List.copyOf(indexes);
  }

  private boolean isFirstOfOne(Field field) {
    return indexes.stream().anyMatch(index -> index.fields().getFirst().equals(field));
  }

  private void add(Arguments found, String directive) {
    found.require("fields", "@" + directive + "(fields: [\"name\"])");
    List<SourceText.Content> names = found.contents("fields", "name");
    List<Field> named = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (SourceText.Content name : names) {
      if (!seen.add(name.text())) {
        mistakes.add(name.location(), "@%s names '%s' twice.".formatted(directive, name.text()));
        continue;
      }
      field(name, directive).ifPresent(named::add);
    }
    if (names.isEmpty() || named.size() < names.size()) {
      return;
    }
    if (named.size() > FIELDS_MAX) {
      found.refuse(
          "fields",
          "@%s names %d fields, at most %d are possible."
              .formatted(directive, named.size(), FIELDS_MAX));
      return;
    }
    Index index = new Index(named, directive.equals("unique"));
    if (indexes.contains(index)) {
      found.refuse("fields", "This @%s is there already: remove it.".formatted(directive));
      return;
    }
    indexes.add(index);
  }

  private Optional<Field> field(SourceText.Content name, String directive) {
    Optional<Field> field =
        fields.stream().filter(each -> each.name().equals(name.text())).findFirst();
    if (field.isEmpty()) {
      mistakes.add(
          name.location(),
          "%s has no field '%s'.%s"
              .formatted(
                  model,
                  name.text(),
                  Mistakes.suggestion(name.text(), fields.stream().map(Field::name).toList())));
      return field;
    }
    if (!isIndexable(field.get())) {
      mistakes.add(
          name.location(),
          "'%s' is %s, which has no order: @%s takes scalars other than JSON, enums and relations."
              .formatted(name.text(), field.get().typeText(), directive));
      return Optional.empty();
    }
    return field;
  }

  static boolean isIndexable(Field field) {
    return !field.list()
        && switch (field.type()) {
          case ScalarType scalar -> scalar != ScalarType.JSON;
          case EnumType _, RelationType _ -> true;
          case ValueType _ -> false;
        };
  }
}
