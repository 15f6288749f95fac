package dev.varve.store.sql;

import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.TextForm;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jooq.Name;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/// The two tables that records of a model are stored in: `orders` as they are, `orders_history` as they were.
///
/// Both have a column for every field, named like the field, and one for each folded text that an index asks for,
/// `name$case` or `name$accents`. A history row holds from position
/// `position_from` up to, not including, `position_to`; the row that still holds ends at [#OPEN].
public final class ModelTable {
  /// `position_to` of a version that still holds.
  public static final long OPEN = Long.MAX_VALUE;

  public static final Name POSITION_FROM = DSL.name("position_from");
  public static final Name POSITION_TO = DSL.name("position_to");

  private static final String SUFFIX = "$";

  private ModelTable() {}

  public static Table<Record> current(Model model) {
    return DSL.table(DSL.name(model.table()));
  }

  public static Table<Record> history(Model model) {
    return DSL.table(DSL.name(model.table() + "_history"));
  }

  /// The tables that a model has.
  public static List<Table<Record>> all(Model model) {
    return model.history() ? List.of(current(model), history(model)) : List.of(current(model));
  }

  /// The column of a field, unqualified.
  public static org.jooq.Field<?> column(Field field) {
    return DSL.field(DSL.name(field.name()), SqlType.of(field).dataType());
  }

  /// The column of a field in the table known by `alias`.
  public static org.jooq.Field<?> column(String alias, Field field) {
    return DSL.field(DSL.name(alias, field.name()), SqlType.of(field).dataType());
  }

  /// The column of a field in the form that an index has it in, unqualified.
  public static org.jooq.Field<?> column(TextForm form) {
    return form.isFolded()
        ? DSL.field(DSL.name(name(form)), SqlType.of(form.field()).dataType())
        : column(form.field());
  }

  /// The same in the table known by `alias`.
  public static org.jooq.Field<?> column(String alias, TextForm form) {
    return form.isFolded()
        ? DSL.field(DSL.name(alias, name(form)), SqlType.of(form.field()).dataType())
        : column(alias, form.field());
  }

  /// No field can be named like this: `$` is not in the names of GraphQL.
  private static String name(TextForm form) {
    return Names.of(form.field().name(), SUFFIX, form.folding().name().toLowerCase(Locale.ROOT));
  }

  /// What the column of a folded text was called before names had a bound; nothing when that is what it is called.
  public static Optional<String> longerName(TextForm form) {
    String name = form.field().name() + SUFFIX + form.folding().name().toLowerCase(Locale.ROOT);
    return Optional.of(name).filter(longer -> !longer.equals(name(form)));
  }

  /// Whether the column of that name holds folded text.
  public static boolean isFoldedColumn(String name) {
    return name.contains(SUFFIX);
  }

  public static org.jooq.Field<Long> positionFrom(String alias) {
    return DSL.field(DSL.name(DSL.name(alias), POSITION_FROM), SQLDataType.BIGINT);
  }

  public static org.jooq.Field<Long> positionTo(String alias) {
    return DSL.field(DSL.name(DSL.name(alias), POSITION_TO), SQLDataType.BIGINT);
  }
}
