package dev.varve.lane.query;

import dev.varve.kernel.Folding;
import dev.varve.lane.access.Read;
import dev.varve.lane.expression.Predicate;
import dev.varve.schema.Model;
import dev.varve.store.sql.BoundValues;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All that the text of a list's queries depends on. Values are places in it, so two requests that differ in values
/// alone have equal shapes.
///
/// @param columns the ordinals of the fields that are read, in the order of the columns; empty when the ids alone are
/// @param flags conditions that are answered for each record, in columns of 0 or 1 behind those
/// @param rule which records may be read
/// @param related which records of the models that the filter looks at may be read
/// @param order for each field to sort by, its ordinal, whether it is descending, and how text is folded
/// @param window which part of the list is asked for
/// @param count whether the records of the whole list are counted too
record ListShape(
    Model model,
    List<Integer> columns,
    List<Predicate> flags,
    Predicate rule,
    Optional<Predicate> filter,
    Map<Model, Predicate> related,
    List<Order> order,
    Window window,
    boolean count) {

  /// The part of a list that is asked for: of which moment, from where, and how much.
  ///
  /// @param asOf the log position that is asked about; absent for the state as it is
  /// @param behind where the page before ended: the sort values of its last record, as [Keyset#places] gives them, then
  ///     its id; absent for the first page
  /// @param until the instant (microseconds) at which the first record of the list was written at the latest, where that
  ///     is known: rows written later are not looked at
  /// @param limit how many rows are read at most, one more than the page has
  record Window(
      Optional<BoundValues.Place> asOf,
      Optional<List<Optional<BoundValues.Place>>> behind,
      Optional<BoundValues.Place> until,
      BoundValues.Place limit) {}

  /// A field to sort by, known by its ordinal: that is compared fast.
  record Order(int ordinal, boolean descending, Folding folding) {
    static List<Order> of(List<Read.Sort> sorts) {
      return sorts.stream()
          .map(sort -> new Order(sort.field().ordinal(), sort.descending(), sort.folding()))
          .toList();
    }
  }

  boolean idsAlone() {
    return columns.isEmpty();
  }

  List<Read.Sort> sorts() {
    return order.stream()
        .map(by -> new Read.Sort(model.fields().get(by.ordinal()), by.descending(), by.folding()))
        .toList();
  }
}
