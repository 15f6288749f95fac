package dev.varve.query;

import dev.varve.access.Read;
import dev.varve.expression.FieldRead;
import dev.varve.expression.Predicates;
import dev.varve.expression.SqlScope;
import dev.varve.log.EventLog;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.sql.SqlValues;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/// Reads one page of a list: what the moment, the rule and the filter leave, in the order asked for,
/// behind the page before.
///
/// A past list goes along an index that holds the versions of all moments. Where the index has all that
/// the filter and the order ask for, it is gone through alone, and only versions of the right moment are
/// looked up in the table; so the others cost little.
final class ListReader {
  private static final String LISTED = "l";
  private static final String SHOWN = "t";

  private final View view;
  private final Read.Page page;
  private final boolean alongIndex;
  // the rows that moment, filter and order speak of: index entries, or else those shown themselves
  private final SqlScope listed;
  private final SqlScope shown;
  private final Shape shape;
  private final Keyset keyset;
  private final Condition wanted;

  ListReader(View view, Read.Page page) throws SQLException {
    this.view = view;
    this.page = page;
    this.shown = view.scope(page.model(), SHOWN);
    this.alongIndex = view.asOf().isPresent() && isIndexed(page);
    this.listed = alongIndex ? view.scope(page.model(), LISTED) : shown;
    this.shape = Shape.of(view.grants(), page.model(), page.selection());
    this.keyset = new Keyset(listed, page.sort());
    this.wanted =
        listed
            .moment()
            .and(
                page.filter()
                    .map(filter -> view.filter(filter, listed))
                    .orElseGet(DSL::noCondition))
            .and(notLater());
  }

  /// Whether there is an index with all fields of the record that the filter and the order ask for.
  private static boolean isIndexed(Read.Page page) {
    Model model = page.model();
    Set<Field> asked = new HashSet<>();
    page.sort().forEach(sort -> asked.add(sort.field()));
    for (FieldRead read : page.filter().map(filter -> filter.reads()).orElse(Set.of())) {
      if (read.model().equals(model)) {
        asked.add(read.field());
      }
    }
    asked.remove(model.id());
    return !asked.isEmpty()
        && model.indexes().stream().anyMatch(index -> index.fields().containsAll(asked));
  }

  /// No record that was there at a moment was written after it: a list that begins with the newest need
  /// not look at all that came later.
  private Condition notLater() throws SQLException {
    if (view.asOf().isEmpty() || page.after().isPresent() || page.sort().isEmpty()) {
      return DSL.noCondition();
    }
    Read.Sort first = page.sort().getFirst();
    Model model = page.model();
    boolean byTime =
        first.field().equals(model.createdAt()) || first.field().equals(model.updatedAt());
    if (!byTime || !first.descending()) {
      return DSL.noCondition();
    }
    long at = SqlValues.micros(EventLog.instantAt(view.session(), view.asOf().getAsLong()));
    return listed.column(first.field()).coerce(SQLDataType.BIGINT).le(at);
  }

  Page page() throws SQLException {
    List<Row> rows = rows();
    boolean more = rows.size() > page.limit();
    List<Row> given = more ? rows.subList(0, page.limit()) : rows;
    return new Page(
        new Expander(view).items(given, page.selection()),
        more ? Optional.of(keyset.key(given.getLast().entity())) : Optional.empty(),
        page.count() ? OptionalLong.of(count()) : OptionalLong.empty(),
        view.position());
  }

  /// The rows of the page, and one more to know whether there are more.
  private List<Row> rows() throws SQLException {
    List<Row> rows = new ArrayList<>();
    for (Keyset.Stretch stretch : keyset.behind(page.after())) {
      int missing = page.limit() + 1 - rows.size();
      if (missing <= 0) {
        break;
      }
      rows.addAll(view.session().list(select(stretch, missing), shape::read));
    }
    return rows;
  }

  /// The queries that give the page, one after the other until there are rows enough.
  List<Query> queries() {
    return keyset.behind(page.after()).stream()
        .map(stretch -> select(stretch, page.limit() + 1))
        .toList();
  }

  private Query select(Keyset.Stretch stretch, int limit) {
    return view.dialect()
        .select(shape.columns(shown, view))
        .from(rowsShown())
        .where(wanted.and(stretch.condition()).and(isShown()))
        .orderBy(stretch.order())
        .limit(limit);
  }

  private Table<Record> rowsShown() {
    // the order of a cross join is kept: first the index, then the table
    return alongIndex ? listed.table().crossJoin(shown.table()) : shown.table();
  }

  private Condition isShown() {
    Condition readable = view.rule(view.readRule(page.model()), shown);
    return alongIndex
        ? same(page.model().id()).and(same(page.model().version())).and(readable)
        : readable;
  }

  @SuppressWarnings("unchecked") // both columns are of the same field
  private Condition same(Field field) {
    return ((org.jooq.Field<Object>) shown.column(field))
        .eq((org.jooq.Field<Object>) listed.column(field));
  }

  private long count() throws SQLException {
    boolean all = view.readRule(page.model()).equals(Predicates.always());
    Query query =
        view.dialect()
            .select(DSL.count())
            .from(all ? listed.table() : rowsShown())
            .where(all ? wanted : wanted.and(isShown()));
    return view.session().list(query, row -> row.getLong(1)).getFirst();
  }
}
