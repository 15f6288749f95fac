package dev.varve.lane.query;

import dev.varve.lane.access.Read;
import dev.varve.lane.expression.FieldRead;
import dev.varve.lane.expression.Predicate;
import dev.varve.schema.Field;
import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.schema.TextForm;
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
    Set<TextForm> filtered = new HashSet<>();
    page.filter().ifPresent(filter -> addReads(filter, page.model(), filtered));
    Set<TextForm> asked = new HashSet<>(filtered);
    page.sort().forEach(sort -> asked.add(stored(page.model(), sort)));
    List<Index> covering = covering(page.model(), asked);
    if (asked.isEmpty() || covering.isEmpty()) {
      return TABLE;
    }
    if (covering.stream().anyMatch(index -> isOrdered(index, page, filtered))) {
      return past ? INDEX_THEN_TABLE : TABLE;
    }
    // the records of one owner are asked for by the rule as by a filter
    Set<TextForm> single = new HashSet<>(filtered);
    rule.pinned().forEach(field -> single.add(TextForm.exact(field)));
    if (!past && covering.stream().anyMatch(index -> isOrdered(index, page, single))) {
      return TABLE;
    }
    addReads(rule, page.model(), asked);
    return covering(page.model(), asked).isEmpty() ? TABLE : INDEX_ALONE;
  }

  /// What is read to sort: texts that are not stored folded are folded then.
  private static TextForm stored(Model model, Read.Sort sort) {
    return model.storesFolded(sort.field(), sort.folding())
        ? sort.form()
        : TextForm.exact(sort.field());
  }

  private static void addReads(Predicate predicate, Model model, Set<TextForm> forms) {
    for (FieldRead read : predicate.reads()) {
      if (read.model().equals(model)) {
        forms.add(read.form());
      }
    }
  }

  private static List<Index> covering(Model model, Set<TextForm> asked) {
    // every index has the id
    asked.remove(TextForm.exact(model.id()));
    return model.indexes().stream().filter(index -> index.forms().containsAll(asked)).toList();
  }

  /// Whether the index gives the order, if the filter asks for single values of the fields before.
  private static boolean isOrdered(Index index, Read.Page page, Set<TextForm> filtered) {
    List<TextForm> order = new ArrayList<>();
    for (Read.Sort sort : page.sort()) {
      if (sort.field().equals(page.model().id())) {
        break;
      }
      order.add(sort.form());
    }
    List<TextForm> forms = index.forms();
    int before = forms.size() - order.size();
    return before >= 0
        && page.sort().stream().map(Read.Sort::descending).distinct().count() <= 1
        && forms.subList(before, forms.size()).equals(order)
        && filtered.containsAll(forms.subList(0, before));
  }
}
