package dev.varve.store.state;

import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.schema.TextForm;
import dev.varve.store.sql.ModelTable;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlFunctions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jooq.DSLContext;

/// Names the stored records that stand in the way of a unique index.
final class Duplicates {
  // as with the records of one
  private static final int GROUPS_MAX = 10;

  private final DSLContext dialect;
  private final Session session;

  Duplicates(DSLContext dialect, Session session) {
    this.dialect = dialect;
    this.session = session;
  }

  /// A line for each group of records that agree in the fields of an index; none when it can be made.
  ///
  /// @param model as its table is now
  List<String> of(Model model, Index index) throws SQLException {
    List<String> lines = new ArrayList<>();
    for (List<Object> key : keys(model, index)) {
      if (lines.size() == GROUPS_MAX) {
        lines.add("%s: there are more of them".formatted(model.name()));
        break;
      }
      lines.add(line(model, index, ids(model, index, key)));
    }
    return lines;
  }

  /// The same of all unique indexes of a model.
  List<String> ofAny(Model model) throws SQLException {
    List<String> lines = new ArrayList<>();
    for (Index index : model.uniques()) {
      lines.addAll(of(model, index));
    }
    return lines;
  }

  private List<List<Object>> keys(Model model, Index index) throws SQLException {
    List<String> columns = columns(index);
    String all = String.join(", ", columns);
    String select =
        "SELECT %s FROM %s WHERE %s GROUP BY %s HAVING count(*) > 1 ORDER BY %s LIMIT %d"
            .formatted(
                all,
                dialect.render(ModelTable.current(model)),
                columns.stream()
                    .map(column -> column + " IS NOT NULL")
                    .collect(Collectors.joining(" AND ")),
                all,
                all,
                GROUPS_MAX + 1);
    return session.list(
        select,
        List.of(),
        row -> {
          List<Object> key = new ArrayList<>();
          for (int i = 1; i <= columns.size(); i++) {
            key.add(row.getObject(i));
          }
          return key;
        });
  }

  private List<String> ids(Model model, Index index, List<Object> key) throws SQLException {
    String select =
        "SELECT %s FROM %s WHERE %s ORDER BY 1 LIMIT %d"
            .formatted(
                dialect.render(ModelTable.column(model.id())),
                dialect.render(ModelTable.current(model)),
                columns(index).stream()
                    .map(column -> column + " = ?")
                    .collect(Collectors.joining(" AND ")),
                StoredIds.NAMED_MAX + 1);
    return session.list(select, key, row -> row.getString(1));
  }

  // the columns of folded text may not be there yet
  private List<String> columns(Index index) {
    return index.forms().stream().map(this::column).toList();
  }

  private String column(TextForm form) {
    org.jooq.Field<?> column = ModelTable.column(form.field());
    return dialect.render(form.isFolded() ? SqlFunctions.folded(column, form.folding()) : column);
  }

  private static String line(Model model, Index index, List<String> ids) {
    return "%s: the stored records %s agree in %s, so it cannot be @unique: change those records first"
        .formatted(model.name(), StoredIds.named(ids), index.description());
  }
}
