package dev.varve.lane.expression;

import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.TextForm;
import dev.varve.store.sql.ModelTable;
import dev.varve.store.sql.SqlFunctions;
import java.util.Optional;
import java.util.OptionalLong;
import org.jooq.Condition;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;

/// The rows that a condition speaks of: a table under an alias, now or as of a position.
///
/// @param asOf the position whose state is read, as a value of the query; empty for the state as it is
/// @param filter which of the related rows there are for the condition
public record SqlScope(
    Model model, String alias, Optional<org.jooq.Field<Long>> asOf, RowFilter filter) {
  /// Narrows the rows of a related model, such as to those that a caller may see.
  @FunctionalInterface
  public interface RowFilter {
    /// All of them.
    RowFilter ALL = _ -> DSL.noCondition();

    Condition of(SqlScope related);
  }

  /// Rows whose related rows are all there: what a rule speaks of.
  public SqlScope(Model model, String alias, OptionalLong asOf) {
    this(
        model,
        alias,
        asOf.isPresent() ? Optional.of(DSL.val(asOf.getAsLong())) : Optional.empty(),
        RowFilter.ALL);
  }

  /// The table to select from: current rows, or history rows.
  public Table<Record> table() {
    Table<Record> table = asOf.isPresent() ? ModelTable.history(model) : ModelTable.current(model);
    return table.as(DSL.name(alias));
  }

  /// Selects the rows of the moment: true of every current row; of a history row when it holds then.
  public Condition moment() {
    if (asOf.isEmpty()) {
      return DSL.noCondition();
    }
    return ModelTable.positionFrom(alias)
        .le(asOf.get())
        .and(ModelTable.positionTo(alias).gt(asOf.get()));
  }

  /// Selects the rows of the moment that are there for the condition.
  Condition visible() {
    return moment().and(filter.of(this));
  }

  public org.jooq.Field<?> column(Field field) {
    return ModelTable.column(alias, field);
  }

  /// The text of a field, folded: from its own column where there is one.
  public org.jooq.Field<?> column(TextForm form) {
    return form.isFolded() && !model.storesFolded(form.field(), form.folding())
        ? SqlFunctions.folded(column(form.field()), form.folding())
        : ModelTable.column(alias, form);
  }

  /// Rows of a related model at the same moment.
  ///
  /// @param number tells apart the related rows of one condition
  public SqlScope related(Model target, int number) {
    return new SqlScope(target, alias + "_" + number, asOf, filter);
  }
}
