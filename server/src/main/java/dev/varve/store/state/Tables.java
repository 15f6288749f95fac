package dev.varve.store.state;

import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.store.sql.ModelTable;
import dev.varve.store.sql.Names;
import dev.varve.store.sql.StoreDialect;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jooq.CreateTableElementListStep;
import org.jooq.DSLContext;
import org.jooq.Name;
import org.jooq.OrderField;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/// The statements that make the tables of a model and their indexes.
final class Tables {
  private static final String UNIQUE = "__unique_";
  private static final String INDEX = "__index_";

  private final DSLContext dialect;

  Tables(DSLContext dialect) {
    this.dialect = dialect;
  }

  /// An index of one of the tables of a model.
  ///
  /// @param unique whether it keeps two records from having the same; that of the history does not
  /// @param sql the statement that makes it
  record NamedIndex(
      String name, Model model, Index index, Table<Record> table, boolean unique, String sql) {}

  /// Whether an index of that name is one of those made here.
  static boolean isIndexName(String name) {
    return name.contains(UNIQUE) || name.contains(INDEX);
  }

  /// The statements that make both tables of a model, without indexes.
  List<String> create(Model model) {
    List<String> statements = new ArrayList<>();
    statements.add(createCurrent(model));
    if (model.history()) {
      statements.add(createHistory(model));
    }
    return statements;
  }

  private String createCurrent(Model model) {
    CreateTableElementListStep create = dialect.createTable(ModelTable.current(model));
    for (org.jooq.Field<?> column : columns(model)) {
      create = create.column(column);
    }
    return StoreDialect.of(dialect.configuration())
        .table(create.constraints(DSL.primaryKey(ModelTable.column(model.id()))).getSQL());
  }

  private String createHistory(Model model) {
    CreateTableElementListStep create = dialect.createTable(ModelTable.history(model));
    for (org.jooq.Field<?> column : columns(model)) {
      create = create.column(column);
    }
    return StoreDialect.of(dialect.configuration())
        .table(
            create
                .column(ModelTable.POSITION_FROM, SQLDataType.BIGINT.nullable(false))
                .column(ModelTable.POSITION_TO, SQLDataType.BIGINT.nullable(false))
                .constraints(
                    DSL.primaryKey(
                        ModelTable.column(model.id()), ModelTable.column(model.version())))
                .getSQL());
  }

  /// The columns that both tables of a model have.
  private List<org.jooq.Field<?>> columns(Model model) {
    List<org.jooq.Field<?>> columns = new ArrayList<>();
    model.fields().forEach(field -> columns.add(declared(dialect, ModelTable.column(field))));
    model.foldedForms().forEach(form -> columns.add(declared(dialect, ModelTable.column(form))));
    return columns;
  }

  /// A column as DDL has it.
  static org.jooq.Field<?> declared(DSLContext dialect, org.jooq.Field<?> column) {
    return DSL.field(
        column.getUnqualifiedName(),
        StoreDialect.of(dialect.configuration()).columnType(column.getDataType()));
  }

  /// The statements that make the indexes of a model, by the name of the index.
  Map<String, NamedIndex> indexes(Model model) {
    Map<String, NamedIndex> statements = new LinkedHashMap<>();
    for (Index index : model.indexes()) {
      addIndex(statements, ModelTable.current(model), model, index, index.unique());
      if (model.history()) {
        addIndex(statements, ModelTable.history(model), model, index, false);
      }
    }
    return statements;
  }

  private void addIndex(
      Map<String, NamedIndex> statements,
      Table<Record> table,
      Model model,
      Index index,
      boolean unique) {
    StoreDialect words = StoreDialect.of(dialect.configuration());
    List<OrderField<?>> columns = new ArrayList<>();
    index
        .forms()
        .forEach(
            form -> columns.add(words.indexed(ModelTable.column(form), form.field().nullable())));
    boolean history = table.getName().equals(ModelTable.history(model).getName());
    if (!unique) {
      // the id makes the order total, so that a page can go on exactly after the one before
      columns.add(ModelTable.column(model.id()));
    }
    if (history) {
      // with the positions in the index, versions of other moments are passed over without reading
      // them
      columns.add(DSL.field(ModelTable.POSITION_FROM));
      if (words.indexesEnds()) {
        columns.add(DSL.field(ModelTable.POSITION_TO));
      }
    }
    Name name = DSL.name(indexName(table, index, unique));
    var create = unique ? dialect.createUniqueIndex(name) : dialect.createIndex(name);
    statements.put(
        name.last(),
        new NamedIndex(
            name.last(), model, index, table, unique, create.on(table, columns).getSQL()));
  }

  private static String indexName(Table<Record> table, Index index, boolean unique) {
    String fields =
        index.forms().stream()
            .map(form -> ModelTable.column(form).getName())
            .collect(Collectors.joining("_"));
    return Names.of(table.getName(), unique ? UNIQUE : INDEX, fields);
  }
}
