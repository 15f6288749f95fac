package dev.varve.store.state;

import dev.varve.schema.Field;
import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.schema.ScalarType;
import dev.varve.schema.TextForm;
import dev.varve.schema.evolution.Plan;
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
import org.jooq.Record;
import org.jooq.Table;

/// Names the stored records whose texts are too long for a new index: no record is written with such texts, and PostgreSQL makes no
/// index on them. What is looked through is a whole table, so this is for whoever does not hold up those who write.
final class LongTexts {
  private final DSLContext dialect;
  private final Session session;

  LongTexts(DSLContext dialect, Session session) {
    this.dialect = dialect;
    this.session = session;
  }

  /// What a plan is refused for: a line for each index that it adds to tables with such records.
  List<Plan.Refusal> of(List<StoredIndex> indexes) throws SQLException {
    List<Plan.Refusal> refusals = new ArrayList<>();
    for (StoredIndex index : indexes) {
      List<String> ids = ids(index);
      if (!ids.isEmpty()) {
        refusals.add(index.refusal(line(index.added().model(), index.added().index(), ids)));
      }
    }
    return refusals;
  }

  private static String line(Model model, Index index, List<String> ids) {
    return "%s: the texts of the stored records %s are too long for an index on %s, which takes %,d bytes together in UTF-8%s"
        .formatted(
            model.name(),
            StoredIds.named(ids),
            index.description(),
            Index.TEXT_BYTES_MAX,
            model.history()
                ? ", or were in an earlier version, which stays as it is: index another field"
                : ": shorten them first");
  }

  /// All others are far shorter than an entry may be.
  private static boolean isOfAnyLength(Field field) {
    return field.type() == ScalarType.STRING || field.type() == ScalarType.URL;
  }

  private List<String> ids(StoredIndex stored) throws SQLException {
    Model model = stored.model();
    List<TextForm> texts =
        stored.index().forms().stream()
            .filter(form -> SqlType.of(form.field()) == SqlType.TEXT)
            .toList();
    if (texts.stream().noneMatch(form -> isOfAnyLength(form.field()))) {
      return List.of();
    }
    // the history has the versions that hold as well
    Table<Record> table = model.history() ? ModelTable.history(model) : ModelTable.current(model);
    // few can be too long, so few are folded; in no order, which would read the table by an index
    String select =
        "WITH found AS MATERIALIZED (SELECT %s AS id FROM %s WHERE %s > %d AND %s > %d) SELECT DISTINCT id FROM found LIMIT %d"
            .formatted(
                column(model.id()),
                dialect.render(table),
                bytes(texts.stream().map(form -> column(form.field()))),
                Index.TEXT_BYTES_MAX / Index.FOLDED_GROWTH_MAX,
                bytes(texts.stream().map(this::column)),
                Index.TEXT_BYTES_MAX,
                StoredIds.NAMED_MAX + 1);
    return session.list(select, List.of(), row -> row.getString(1)).stream().sorted().toList();
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
}
