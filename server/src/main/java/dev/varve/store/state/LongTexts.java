package dev.varve.store.state;

import dev.varve.schema.Field;
import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.schema.TextForm;
import dev.varve.schema.evolution.Plan;
import dev.varve.schema.evolution.SchemaChange;
import dev.varve.store.sql.ModelTable;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlFunctions;
import dev.varve.store.sql.SqlType;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jooq.DSLContext;

/// Names the stored records whose texts are too long for a new index: no record is written with such texts, and PostgreSQL makes no
/// index on them.
final class LongTexts {
  private final DSLContext dialect;
  private final Session session;

  LongTexts(DSLContext dialect, Session session) {
    this.dialect = dialect;
    this.session = session;
  }

  /// A line for each index that a plan adds to tables with such records; none when all can be made.
  List<String> of(Plan plan) throws SQLException {
    List<String> lines = new ArrayList<>();
    for (SchemaChange change : plan.changes()) {
      if (change instanceof SchemaChange.AddIndex(Model model, Index index)) {
        lines.addAll(of(model, index));
      }
    }
    return lines;
  }

  /// A line, or none when the index can be made.
  ///
  /// @param model as its table is now
  List<String> of(Model model, Index index) throws SQLException {
    List<TextForm> texts =
        index.forms().stream().filter(form -> SqlType.of(form.field()) == SqlType.TEXT).toList();
    if (texts.isEmpty()) {
      return List.of();
    }
    // few can be too long, so that few are folded to be measured
    String select =
        "SELECT %s FROM %s WHERE %s > %d AND %s > %d ORDER BY 1 LIMIT %d"
            .formatted(
                column(model.id()),
                dialect.render(ModelTable.current(model)),
                bytes(texts.stream().map(form -> column(form.field()))),
                Index.TEXT_BYTES_MAX / Index.FOLDED_GROWTH_MAX,
                bytes(texts.stream().map(this::column)),
                Index.TEXT_BYTES_MAX,
                StoredIds.NAMED_MAX + 1);
    List<String> ids = session.list(select, List.of(), row -> row.getString(1));
    return ids.isEmpty() ? List.of() : List.of(line(model, index, ids));
  }

  private static String bytes(Stream<String> columns) {
    return columns
        .map(column -> "coalesce(octet_length(%s), 0)".formatted(column))
        .collect(Collectors.joining(" + "));
  }

  private String column(Field field) {
    return dialect.render(ModelTable.column(field));
  }

  // the columns of folded text may not be there yet
  private String column(TextForm form) {
    return dialect.render(SqlFunctions.folded(ModelTable.column(form.field()), form.folding()));
  }

  private static String line(Model model, Index index, List<String> ids) {
    return "%s: the texts of the stored records %s are too long for an index on %s, which takes %,d bytes together in UTF-8: shorten them first"
        .formatted(model.name(), StoredIds.named(ids), index.description(), Index.TEXT_BYTES_MAX);
  }
}
