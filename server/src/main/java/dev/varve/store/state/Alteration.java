package dev.varve.store.state;

import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.evolution.Plan;
import dev.varve.schema.evolution.SchemaChange;
import dev.varve.store.sql.ModelTable;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jooq.DSLContext;
import org.jooq.DataType;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.conf.ParamType;
import org.jooq.impl.DSL;

/// Alters the tables of a database from one schema to the next, in the session's transaction.
///
/// Indexes are named after their table and fields, so the change of indexes is the difference of two
/// lists of names: those no longer wanted go first, those missing are made last. Where indexes can be made on tables that are
/// written to meanwhile, [IndexBuild] makes those of tables with rows afterwards, but for unique ones: what is unique is so from
/// the first unit on that is written under the new schema, and no record that stands in its way may come until then.
final class Alteration {
  private final DSLContext dialect;
  private final Session session;
  private final Tables tables;

  Alteration(DSLContext dialect, Session session) {
    this.dialect = dialect;
    this.session = session;
    this.tables = new Tables(dialect);
  }

  void apply(Plan plan, Schema next) throws SQLException {
    Map<String, Tables.NamedIndex> wanted = new LinkedHashMap<>();
    for (Model model : next.models()) {
      wanted.putAll(tables.indexes(model));
    }
    List<String> present = session.dialect().indexes(session);
    for (String name : present) {
      if (Tables.isIndexName(name) && !wanted.containsKey(name)) {
        session.execute(dialect.dropIndex(DSL.name(name)).getSQL());
      }
    }
    for (SchemaChange change : plan.changes()) {
      apply(change);
    }
    FoldedColumns folded = new FoldedColumns(dialect, session);
    for (Model model : next.models()) {
      folded.adapt(model, rewritten(plan, model));
    }
    for (Tables.NamedIndex index : wanted.values()) {
      if (!present.contains(index.name()) && !isMadeLater(index)) {
        create(index);
      }
    }
  }

  private boolean isMadeLater(Tables.NamedIndex index) throws SQLException {
    return IndexBuild.makes(session.dialect(), index) && hasRows(index.table());
  }

  private boolean hasRows(Table<Record> table) throws SQLException {
    String any = "SELECT 1 FROM " + dialect.render(table) + " LIMIT 1";
    return session.first(any, List.of(), row -> row.getInt(1)).isPresent();
  }

  /// The fields whose values have changed in their columns.
  private static Set<Field> rewritten(Plan plan, Model of) {
    Set<Field> fields = new HashSet<>();
    for (SchemaChange change : plan.changes()) {
      if (change instanceof SchemaChange.Require(Model model, Field field) && model == of) {
        fields.add(field);
      }
      if (change instanceof SchemaChange.LowerCase(Model model, Field field) && model == of) {
        fields.add(field);
      }
    }
    return fields;
  }

  private void create(Tables.NamedIndex index) throws SQLException {
    try {
      session.attempt(() -> session.execute(index.sql()));
    } catch (SQLException e) {
      if (!session.dialect().isConstraintViolation(e)) {
        throw e;
      }
      throw new SchemaRefused(new Duplicates(dialect, session).of(index.model(), index.index()));
    }
  }

  private void apply(SchemaChange change) throws SQLException {
    switch (change) {
      case SchemaChange.AddModel add -> {
        for (String statement : tables.create(add.model())) {
          session.execute(statement);
        }
      }
      case SchemaChange.RenameModel rename -> {
        rename(ModelTable.current(rename.from()), ModelTable.current(rename.to()));
        if (rename.from().history()) {
          rename(ModelTable.history(rename.from()), ModelTable.history(rename.to()));
        }
      }
      case SchemaChange.RenameField rename -> {
        for (Table<Record> table : ModelTable.all(rename.model())) {
          session.execute(
              dialect
                  .alterTable(table)
                  .renameColumn(ModelTable.column(rename.from()))
                  .to(ModelTable.column(rename.to()))
                  .getSQL());
        }
      }
      case SchemaChange.RemoveField remove -> {
        for (Table<Record> table : ModelTable.all(remove.model())) {
          session.execute(
              dialect.alterTable(table).dropColumn(ModelTable.column(remove.field())).getSQL());
        }
      }
      case SchemaChange.AddField add -> add(add.model(), add.field(), add.backfill());
      case SchemaChange.RetireModel retire -> retire(retire);
      case SchemaChange.LowerCase lower -> lowerCase(lower.model(), lower.field());
      case SchemaChange.Require require ->
          backfill(require.model(), require.field(), require.backfill());
      // the columns of these stay as they are; indexes were compared by name
      case SchemaChange.Widen _, SchemaChange.Loosen _, SchemaChange.NothingStored _ -> {}
      case SchemaChange.AddIndex _, SchemaChange.DropIndex _ -> {}
    }
  }

  /// Where the database can, a table of any size has the value at once: its rows are not written anew.
  private void add(Model model, Field field, Optional<Object> value) throws SQLException {
    org.jooq.Field<?> column = Tables.declared(dialect, ModelTable.column(field));
    boolean filled = value.isPresent() && session.dialect().addsColumnsFilled();
    for (Table<Record> table : ModelTable.all(model)) {
      org.jooq.Field<?> added = filled ? filled(column, stored(field, value.get())) : column;
      session.execute(dialect.alterTable(table).addColumn(added).getSQL(ParamType.INLINED));
      if (filled) {
        // of those that were there alone
        session.execute(
            dialect
                .alterTable(table)
                .alterColumn(column.getUnqualifiedName())
                .dropDefault()
                .getSQL());
      }
    }
    if (!filled) {
      backfill(model, field, value);
    }
  }

  private static <T> org.jooq.Field<T> filled(org.jooq.Field<T> column, Object value) {
    DataType<T> type = column.getDataType();
    return DSL.field(column.getUnqualifiedName(), type.defaultValue(DSL.inline(value, type)));
  }

  private static Object stored(Field field, Object value) {
    return Objects.requireNonNull(SqlValues.toSql(field, value));
  }

  private void rename(Table<Record> from, Table<Record> to) throws SQLException {
    if (!from.getName().equals(to.getName())) {
      session.execute(dialect.alterTable(from).renameTo(to.getUnqualifiedName()).getSQL());
    }
  }

  private void retire(SchemaChange.RetireModel retire) throws SQLException {
    Model model = retire.model();
    if (hasRows(ModelTable.current(model))) {
      throw new SchemaRefused(
          List.of(
              "%s has the accounts now, but %s, which Varve brought for them, has records: delete those first, at /api/%s"
                  .formatted(retire.successor().name(), model.name(), model.path())));
    }
    for (Table<Record> table : ModelTable.all(model)) {
      session.execute(dialect.dropTable(table).getSQL());
    }
  }

  private void lowerCase(Model model, Field field) throws SQLException {
    String column = dialect.render(ModelTable.column(field));
    for (Table<Record> table : ModelTable.all(model)) {
      String name = dialect.render(table);
      String select = "SELECT DISTINCT %s FROM %s".formatted(column, name);
      for (String text : session.list(select, List.of(), row -> row.getString(1))) {
        String kept = text == null ? null : field.constraints().kept(text);
        if (kept != null && !kept.equals(text)) {
          replace(model, field, name, List.of(kept, text));
        }
      }
    }
  }

  private void replace(Model model, Field field, String table, List<Object> keptAndText)
      throws SQLException {
    String column = dialect.render(ModelTable.column(field));
    try {
      String update = "UPDATE %s SET %s = ? WHERE %s = ?".formatted(table, column, column);
      session.attempt(() -> session.update(update, keptAndText));
    } catch (SQLException e) {
      if (!session.dialect().isConstraintViolation(e)) {
        throw e;
      }
      throw new SchemaRefused(
          List.of(
              "%s.%s is kept in lower case from now on, and several stored records have '%s': change all but one first"
                  .formatted(model.name(), field.name(), keptAndText.getFirst())));
    }
  }

  private void backfill(Model model, Field field, Optional<Object> value) throws SQLException {
    if (value.isEmpty()) {
      return;
    }
    List<Object> binds = new ArrayList<>();
    binds.add(stored(field, value.get()));
    String column = dialect.render(ModelTable.column(field));
    for (Table<Record> table : ModelTable.all(model)) {
      session.update(
          "UPDATE %s SET %s = ? WHERE %s IS NULL".formatted(dialect.render(table), column, column),
          binds);
    }
  }
}
