package dev.varve.lane.query;

import dev.varve.lane.access.Read;
import dev.varve.lane.expression.FieldRead;
import dev.varve.lane.expression.Predicate;
import dev.varve.schema.Field;
import dev.varve.schema.Index;
import dev.varve.schema.Model;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// How a list is read. Entries of an index are small and lie side by side; a row costs a look-up in the
/// table, also where it is then thrown away.
enum AccessPath {
  /// From the table, along whichever index the database chooses.
  TABLE,
  /// Along an index that has the order and all that the filter asks for, looking up in the table what passes.
  INDEX_THEN_TABLE,
  /// The page is found in an index alone, then its rows are looked up.
  INDEX_ALONE;

  /// @param past whether the index also holds versions of other moments
  /// @param idsAlone whether the rows are not looked up here
  static AccessPath of(
      Model model,
      Optional<Predicate> filter,
      List<Read.Sort> sorts,
      Predicate rule,
      boolean past,
      boolean idsAlone) {
    Set<Field> filtered = new HashSet<>();
    filter.ifPresent(of -> addReads(of, model, filtered));
    Set<Field> asked = new HashSet<>(filtered);
    sorts.forEach(sort -> asked.add(sort.field()));
    List<Index> covering = covering(model, asked);
    if (idsAlone || asked.isEmpty() || covering.isEmpty()) {
      return TABLE;
    }
    if (covering.stream().anyMatch(index -> isOrdered(index, model, sorts, filtered))) {
      return past ? INDEX_THEN_TABLE : TABLE;
    }
    // the records of one owner are asked for by the rule as by a filter
    Set<Field> single = new HashSet<>(filtered);
    single.addAll(rule.pinned());
    if (!past && covering.stream().anyMatch(index -> isOrdered(index, model, sorts, single))) {
      return TABLE;
    }
    addReads(rule, model, asked);
    return covering(model, asked).isEmpty() ? TABLE : INDEX_ALONE;
  }

  private static void addReads(Predicate predicate, Model model, Set<Field> fields) {
    for (FieldRead read : predicate.reads()) {
      if (read.model().equals(model)) {
        fields.add(read.field());
      }
    }
  }

  private static List<Index> covering(Model model, Set<Field> asked) {
    // every index has the id
    asked.remove(model.id());
    return model.indexes().stream().filter(index -> index.fields().containsAll(asked)).toList();
  }

  /// Whether the index gives the order, if the filter asks for single values of the fields before.
  private static boolean isOrdered(
      Index index, Model model, List<Read.Sort> sorts, Set<Field> filtered) {
    List<Field> order = new ArrayList<>();
    for (Read.Sort sort : sorts) {
      if (sort.field().equals(model.id())) {
        break;
      }
      order.add(sort.field());
    }
    int before = index.fields().size() - order.size();
    return before >= 0
        && sorts.stream().map(Read.Sort::descending).distinct().count() <= 1
        && index.fields().subList(before, index.fields().size()).equals(order)
        && filtered.containsAll(index.fields().subList(0, before));
  }
}
