package dev.varve.store.state;

import dev.varve.kernel.Folding;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.TextForm;
import dev.varve.store.sql.ModelTable;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlFunctions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The columns of folded text beside the fields of a model: added and filled when an index asks for them, dropped when
/// none does any more.
final class FoldedColumns {
  private static final Logger LOG = LoggerFactory.getLogger(FoldedColumns.class);
  // so many rows change between two lines of the log that tell how far it is
  private static final int PAGE_ROWS = 50_000;

  private final DSLContext dialect;
  private final Session session;

  FoldedColumns(DSLContext dialect, Session session) {
    this.dialect = dialect;
    this.session = session;
  }

  /// Renames the columns of a model that have the name which they had before names had a bound. Their indexes follow.
  void shortenNames(Model model) throws SQLException {
    for (TextForm form : model.foldedForms()) {
      Optional<String> longer = ModelTable.longerName(form);
      if (longer.isPresent()) {
        for (Table<Record> table : ModelTable.all(model)) {
          if (session.dialect().columns(session, table.getName()).contains(longer.get())) {
            session.execute(
                dialect
                    .alterTable(table)
                    .renameColumn(DSL.name(longer.get()))
                    .to(DSL.name(ModelTable.column(form).getName()))
                    .getSQL());
          }
        }
      }
    }
  }

  /// Gives the tables of a model the columns that its indexes ask for, and no others.
  ///
  /// @param rewritten fields whose values have changed since their texts were folded
  void adapt(Model model, Set<Field> rewritten) throws SQLException {
    List<String> wanted =
        model.foldedForms().stream().map(form -> ModelTable.column(form).getName()).toList();
    for (Table<Record> table : ModelTable.all(model)) {
      List<String> present = session.dialect().columns(session, table.getName());
      for (String column : present) {
        if (ModelTable.isFoldedColumn(column) && !wanted.contains(column)) {
          session.execute(dialect.alterTable(table).dropColumn(column).getSQL());
        }
      }
      List<TextForm> open = new ArrayList<>();
      for (TextForm form : model.foldedForms()) {
        boolean missing = !present.contains(ModelTable.column(form).getName());
        if (missing) {
          session.execute(
              dialect
                  .alterTable(table)
                  .addColumn(Tables.declared(dialect, ModelTable.column(form)))
                  .getSQL());
        }
        if (missing || rewritten.contains(form.field())) {
          open.add(form);
        }
      }
      fill(model, table, open);
    }
  }

  /// Folds the texts of a model into their columns.
  void fill(Model model, List<TextForm> forms) throws SQLException {
    for (Table<Record> table : ModelTable.all(model)) {
      fill(model, table, forms);
    }
  }

  private void fill(Model model, Table<Record> table, List<TextForm> forms) throws SQLException {
    if (forms.isEmpty()) {
      return;
    }
    String id = dialect.render(ModelTable.column(model.id()));
    String name = dialect.render(table);
    String update =
        "UPDATE %s SET %s WHERE %s > ? AND %s <= ?"
            .formatted(
                name, forms.stream().map(this::set).collect(Collectors.joining(", ")), id, id);
    String page =
        "SELECT max(%s) FROM (SELECT %s FROM %s WHERE %s > ? ORDER BY %s LIMIT %d) AS page"
            .formatted(id, id, name, id, id, PAGE_ROWS);
    long rows = 0;
    Optional<String> last = end(page, "");
    String from = "";
    while (last.isPresent()) {
      rows += update(model, update, List.of(from, last.get()));
      LOG.info("{}: the texts of {} rows are folded", table.getName(), rows);
      from = last.get();
      last = end(page, from);
    }
  }

  private String set(TextForm form) {
    Folding folding = form.folding();
    return "%s = %s"
        .formatted(
            dialect.render(ModelTable.column(form)),
            dialect.render(SqlFunctions.folded(ModelTable.column(form.field()), folding)));
  }

  private Optional<String> end(String page, String from) throws SQLException {
    return session
        .list(page, List.of(from), row -> Optional.ofNullable(row.getString(1)))
        .getFirst();
  }

  private int update(Model model, String update, List<String> range) throws SQLException {
    int[] rows = new int[1];
    try {
      session.attempt(() -> rows[0] = session.update(update, range));
      return rows[0];
    } catch (SQLException e) {
      if (!session.dialect().isConstraintViolation(e)) {
        throw e;
      }
      // an index by the rules that were in force: those of today find more alike
      throw new SchemaRefused(new Duplicates(dialect, session).ofAny(model));
    }
  }
}
