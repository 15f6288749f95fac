package dev.varve.store.state;

import dev.varve.schema.Field;
import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.schema.ScalarType;
import dev.varve.schema.Schema;
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
import org.jooq.Record;
import org.jooq.Table;

/// Names the stored records whose texts are too long for a new index: no record is written with such texts, and PostgreSQL makes no
/// index on them. What is looked through is the whole table, so this is for whoever holds nobody up.
final class LongTexts {
  private final DSLContext dialect;
  private final Session session;

  LongTexts(DSLContext dialect, Session session) {
    this.dialect = dialect;
    this.session = session;
  }

  /// What a plan is refused for: a line for each index that it adds to tables with such records.
  ///
  /// @param stored what the tables have now
  /// @param plan that is refused for nothing else
  List<Plan.Refusal> of(Schema stored, Plan plan) throws SQLException {
    List<Plan.Refusal> refusals = new ArrayList<>();
    for (SchemaChange change : plan.changes()) {
      if (change instanceof SchemaChange.AddIndex(Model model, Index index)
          && StoredFields.has(stored, plan, model, index)) {
        for (String line : of(model, index)) {
          refusals.add(new Plan.Refusal(model.location(), line));
        }
      }
    }
    return refusals;
  }

  private List<String> of(Model model, Index index) throws SQLException {
    List<TextForm> texts =
        index.forms().stream().filter(form -> SqlType.of(form.field()) == SqlType.TEXT).toList();
    if (texts.stream().noneMatch(form -> isOfAnyLength(form.field()))) {
      return List.of();
    }
    List<String> ids = ids(ModelTable.current(model), model, texts);
    if (!ids.isEmpty()) {
      return List.of(
          "%s: the texts of the stored records %s are too long for an index on %s, which takes %,d bytes together in UTF-8: shorten them first"
              .formatted(
                  model.name(), StoredIds.named(ids), index.description(), Index.TEXT_BYTES_MAX));
    }
    List<String> earlier =
        model.history() ? ids(ModelTable.history(model), model, texts) : List.of();
    return earlier.isEmpty()
        ? List.of()
        : List.of(
            "%s: earlier versions of the records %s have texts that are too long for an index on %s, which takes %,d bytes together in UTF-8, and versions stay as they are: index another field"
                .formatted(
                    model.name(),
                    StoredIds.named(earlier),
                    index.description(),
                    Index.TEXT_BYTES_MAX));
  }

  /// All others are far shorter than an entry may be.
  private static boolean isOfAnyLength(Field field) {
    return field.type() == ScalarType.STRING || field.type() == ScalarType.URL;
  }

  private List<String> ids(Table<Record> table, Model model, List<TextForm> texts)
      throws SQLException {
    // few can be too long, so that few are folded to be measured; in no order, which would have the
    // table read by an index
    String select =
        "SELECT DISTINCT %s FROM %s WHERE %s > %d AND %s > %d LIMIT %d"
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
