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
  static AccessPath of(Read.Page page, Predicate rule, boolean past) {
    Set<Field> filtered = new HashSet<>();
    page.filter().ifPresent(filter -> addReads(filter, page.model(), filtered));
    Set<Field> asked = new HashSet<>(filtered);
    page.sort().forEach(sort -> asked.add(sort.field()));
    List<Index> covering = covering(page.model(), asked);
    if (asked.isEmpty() || covering.isEmpty()) {
      return TABLE;
    }
    if (covering.stream().anyMatch(index -> isOrdered(index, page, filtered))) {
      return past ? INDEX_THEN_TABLE : TABLE;
    }
    // the records of one owner are asked for by the rule as by a filter
    Set<Field> single = new HashSet<>(filtered);
    single.addAll(rule.pinned());
    if (!past && covering.stream().anyMatch(index -> isOrdered(index, page, single))) {
      return TABLE;
    }
    addReads(rule, page.model(), asked);
    return covering(page.model(), asked).isEmpty() ? TABLE : INDEX_ALONE;
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
  private static boolean isOrdered(Index index, Read.Page page, Set<Field> filtered) {
    List<Field> order = new ArrayList<>();
    for (Read.Sort sort : page.sort()) {
      if (sort.field().equals(page.model().id())) {
        break;
      }
      order.add(sort.field());
    }
    int before = index.fields().size() - order.size();
    return before >= 0
        && page.sort().stream().map(Read.Sort::descending).distinct().count() <= 1
        && index.fields().subList(before, index.fields().size()).equals(order)
        && filtered.containsAll(index.fields().subList(0, before));
  }
}
