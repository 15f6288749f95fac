package dev.varve.lane.access;

import dev.varve.lane.expression.Predicate;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.ScalarType;
import dev.varve.schema.ValueType;
import dev.varve.schema.record.Entity;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a caller asks to see.
public sealed interface Read {
  Model model();

  Moment moment();

  Selection selection();

  /// One record by its id.
  record One(Model model, String id, Moment moment, Selection selection) implements Read {}

  /// One page of a list.
  ///
  /// @param filter the condition the caller gave; the rule of the model comes on top
  /// @param sort the fields to sort by; the id comes last so that the order is total
  /// @param after the sort values of the last record of the page before
  /// @param count whether to count all records of the list
  record Page(
      Model model,
      Moment moment,
      Selection selection,
      Optional<Predicate> filter,
      List<Sort> sort,
      int limit,
      Optional<Key> after,
      boolean count)
      implements Read {
    public Page {
      sort = List.copyOf(sort);
    }
  }

  /// A record at hand, as a unit of work left it: what of it may be seen, with its related records.
  record Written(Entity entity, Selection selection) implements Read {
    @Override
    public Model model() {
      return entity.model();
    }

    @Override
    public Moment moment() {
      return Moment.NOW;
    }
  }

  /// The versions of one record, newest first.
  ///
  /// @param beforeVersion only versions older than this one
  record Versions(Model model, String id, int limit, Optional<Long> beforeVersion) implements Read {
    @Override
    public Moment moment() {
      return Moment.NOW;
    }

    @Override
    public Selection selection() {
      return Selection.ALL;
    }
  }

  /// A field to sort by.
  record Sort(Field field, boolean descending) {
    /// Whether lists can be sorted by the field.
    public static boolean isPossible(Field field) {
      return !field.list()
          && field.type() != ScalarType.JSON
          && !(field.type() instanceof ValueType);
    }
  }

  /// A place in a sorted list: the values of the sort fields, then the id.

  record Key(List<@Nullable Object> values, String id) {}
}
