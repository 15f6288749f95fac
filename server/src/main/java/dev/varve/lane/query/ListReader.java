package dev.varve.lane.query;

import dev.varve.lane.access.Read;
import dev.varve.lane.expression.Predicates;
import dev.varve.lane.expression.SqlScope;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.store.log.EventLog;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.SelectJoinStep;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/// Reads one page of a list: what the moment, the rule and the filter leave, in the order asked for,
/// behind the page before.
final class ListReader {
  private static final long BYTES_MAX = 16L * 1024 * 1024;
  // the others are for related records, and for what is made of it all
  private static final int ALLOWANCE_PARTS = 4;
  private static final String LISTED = "l";
  private static final String FOUND = "f";
  private static final String SHOWN = "t";

  private final ReadContext view;
  private final Read.Page page;
  private final AccessPath way;
  // the rows that moment, filter and order speak of: index entries, or those shown themselves
  private final SqlScope listed;
  private final SqlScope shown;
  private final RowShape shape;
  private final Keyset keyset;
  private final Condition wanted;
  private long bytes;

  ListReader(ReadContext view, Read.Page page) throws SQLException {
    this.view = view;
    this.page = page;
    this.way = AccessPath.of(page, view.readRule(page.model()), view.asOf().isPresent());
    this.shown = view.scope(page.model(), SHOWN);
    this.listed = way == AccessPath.TABLE ? shown : view.scope(page.model(), LISTED);
    this.shape =
        RowShape.of(
            view.grants(),
            page.model(),
            page.selection(),
            page.sort().stream().map(Read.Sort::field).toList());
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
    List<StoredRow> rows = rows();
    boolean more = rows.size() > page.limit() || isFull();
    List<StoredRow> given = more ? rows.subList(0, Math.max(1, rows.size() - 1)) : rows;
    given.forEach(view::counted);
    return new Page(
        new Expander(view).items(given, page.selection()),
        more ? Optional.of(keyset.key(given.getLast().entity())) : Optional.empty(),
        page.count() ? OptionalLong.of(count()) : OptionalLong.empty(),
        view.position());
  }

  /// The rows of the page, and one more to know whether there are more. A page of very large records ends before it
  /// has as many as were asked for.
  private List<StoredRow> rows() throws SQLException {
    List<StoredRow> rows = new ArrayList<>();
    for (Keyset.Stretch stretch : keyset.behind(page.after())) {
      int missing = page.limit() + 1 - rows.size();
      if (missing <= 0 || isFull()) {
        break;
      }
      rows.addAll(view.session().listUntil(select(stretch, missing), shape::read, this::fills));
    }
    return rows;
  }

  private boolean fills(StoredRow row) {
    bytes += row.entity().bytes();
    return isFull();
  }

  private boolean isFull() {
    return bytes > BYTES_MAX || bytes > view.allowance().bytesMax() / ALLOWANCE_PARTS;
  }

  /// The queries that give the page, one after the other until there are rows enough.
  List<Query> queries() {
    return keyset.behind(page.after()).stream()
        .map(stretch -> select(stretch, page.limit() + 1))
        .toList();
  }

  private Query select(Keyset.Stretch stretch, int limit) {
    return switch (way) {
      case TABLE ->
          selectFrom(shown.table())
              .where(wanted.and(stretch.condition()).and(readable(shown)))
              .orderBy(stretch.order())
              .limit(limit);
      case INDEX_THEN_TABLE ->
          // the order of a cross join is kept: first the index, then the table
          selectFrom(listed.table().crossJoin(shown.table()))
              .where(wanted.and(stretch.condition()).and(isSame(listed)).and(readable(shown)))
              .orderBy(stretch.order())
              .limit(limit);
      case INDEX_ALONE ->
          selectFrom(found(stretch, limit).crossJoin(shown.table()))
              .where(isSame(view.scope(page.model(), FOUND)))
              .orderBy(new Keyset(shown, page.sort()).order());
    };
  }

  private SelectJoinStep<Record> selectFrom(Table<?> rows) {
    return view.dialect().select(shape.columns(shown, view)).from(rows);
  }

  private Table<?> found(Keyset.Stretch stretch, int limit) {
    return view.dialect()
        .select(keys().map(listed::column).toList())
        .from(listed.table())
        .where(wanted.and(stretch.condition()).and(readable(listed)))
        .orderBy(stretch.order())
        .limit(limit)
        .asTable(DSL.name(FOUND));
  }

  /// The primary key of the table that is read.
  private Stream<Field> keys() {
    Model model = page.model();
    return view.asOf().isPresent() ? Stream.of(model.id(), model.version()) : Stream.of(model.id());
  }

  private Condition isSame(SqlScope rows) {
    return DSL.and(keys().map(key -> same(key, rows)).toList());
  }

  @SuppressWarnings("unchecked") // both columns are of the same field
  private Condition same(Field key, SqlScope rows) {
    return ((org.jooq.Field<Object>) shown.column(key))
        .eq((org.jooq.Field<Object>) rows.column(key));
  }

  private Condition readable(SqlScope scope) {
    return view.rule(view.readRule(page.model()), scope);
  }

  private long count() throws SQLException {
    boolean joined =
        way == AccessPath.INDEX_THEN_TABLE
            && !view.readRule(page.model()).equals(Predicates.always());
    SelectJoinStep<?> count =
        view.dialect()
            .select(DSL.count())
            .from(joined ? listed.table().crossJoin(shown.table()) : listed.table());
    Condition counted = joined ? isSame(listed).and(readable(shown)) : readable(listed);
    return view.session().list(count.where(wanted.and(counted)), row -> row.getLong(1)).getFirst();
  }
}
