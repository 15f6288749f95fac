package dev.varve.lane.query;

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
/// @param columns the ordinals of the fields that are read; empty when the ids alone are
/// @param flags conditions that are answered for each record
/// @param rule which records may be read
/// @param related which records of the models that the filter looks at may be read
/// @param order for each field to sort by, its ordinal and whether it is descending
/// @param asOf the position that is asked about
/// @param behind the values of the record that the page goes on behind, those absent that it has not, then its id
/// @param until when the first record was written at the latest
/// @param limit of rows
/// @param count whether the records of the whole list are counted too
record ListShape(
    Model model,
    List<Integer> columns,
    List<Predicate> flags,
    Predicate rule,
    Optional<Predicate> filter,
    Map<Model, Predicate> related,
    List<Order> order,
    Optional<BoundValues.Place> asOf,
    Optional<List<Optional<BoundValues.Place>>> behind,
    Optional<BoundValues.Place> until,
    BoundValues.Place limit,
    boolean count) {

  /// A field to sort by, known by its ordinal: that is compared fast.
  record Order(int ordinal, boolean descending) {
    static List<Order> of(List<Read.Sort> sorts) {
      return sorts.stream()
          .map(sort -> new Order(sort.field().ordinal(), sort.descending()))
          .toList();
    }
  }

  boolean idsAlone() {
    return columns.isEmpty();
  }

  List<Read.Sort> sorts() {
    return order.stream()
        .map(by -> new Read.Sort(model.fields().get(by.ordinal()), by.descending()))
        .toList();
  }
}
