package dev.varve.lane.query;

import dev.varve.kernel.CodePoints;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.kernel.RequestPart;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.lane.access.Selection.Expansion;
import dev.varve.lane.access.Selection.ToMany;
import dev.varve.lane.access.Selection.ToOne;
import dev.varve.lane.expression.SqlScope;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import dev.varve.store.sql.IdList;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.Query;
import org.jooq.Record1;
import org.jooq.Row1;
import org.jooq.Select;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;

/// Gives the related records along: one query for each expansion, however many records it is for.
final class Expander {
  // an answer is rendered in memory
  static final int RECORDS_MAX = 20_000;
  private static final String TARGET = "t";
  private static final String LISTED = "l";
  private static final String PARENTS = "p";
  private static final String PARENT_ID = "id";

  private final ReadContext view;
  // read for all expansions together
  private int records;

  Expander(ReadContext view) {
    this.view = view;
  }

  /// A record with all that was asked for along with it.
  ///
  /// @param records how many records that shows, itself included; one that many refer to counts for each
  private record Given(Item item, long records) {}

  /// The records with all that was asked for along with them.
  List<Item> items(List<StoredRow> rows, Selection selection) throws SQLException {
    if (selection.expansions().isEmpty()) {
      return alone(rows);
    }
    return given(rows, selection).stream().map(Given::item).toList();
  }

  private static List<Item> alone(List<StoredRow> rows) {
    List<Item> items = new ArrayList<>(rows.size());
    for (StoredRow row : rows) {
      items.add(item(row, Map.of()));
    }
    return items;
  }

  private List<Given> given(List<StoredRow> rows, Selection selection) throws SQLException {
    List<Related> related = rows.stream().map(_ -> new Related()).toList();
    for (Expansion expansion : selection.expansions()) {
      switch (expansion) {
        case ToOne one -> expand(one, rows, related);
        case ToMany many -> expand(many, rows, related);
      }
    }
    List<Given> given = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      StoredRow row = rows.get(i);
      Item item = item(row, related.get(i).byName);
      given.add(new Given(item, 1 + related.get(i).records));
    }
    requireFew(given.stream().mapToLong(Given::records).sum() - rows.size());
    return given;
  }

  private static Item item(StoredRow row, Map<String, Item.Related> related) {
    return new Item(row.entity(), row.visible(), related, related.isEmpty() ? row.json() : null);
  }

  /// What was found for one record.
  private static final class Related {
    private final Map<String, Item.Related> byName = new HashMap<>();
    private long records;

    void put(String name, Optional<Given> given) {
      byName.put(name, new Item.Related.One(given.map(Given::item)));
      records += given.map(Given::records).orElse(0L);
    }

    void put(String name, List<Given> given, Optional<Read.Key> next) {
      byName.put(name, new Item.Related.Many(given.stream().map(Given::item).toList(), next));
      records += given.stream().mapToLong(Given::records).sum();
    }
  }

  private void expand(ToOne one, List<StoredRow> rows, List<Related> related) throws SQLException {
    Set<String> ids = new LinkedHashSet<>();
    for (StoredRow row : rows) {
      String id = reference(row, one.field());
      if (id != null) {
        ids.add(id);
      }
    }
    Map<String, Given> found = new HashMap<>();
    for (Given given : given(targets(one, ids), one.selection())) {
      found.put(given.item().entity().id(), given);
    }
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i).visible().test(one.field())) {
        String id = reference(rows.get(i), one.field());
        related.get(i).put(one.name(), Optional.ofNullable(id == null ? null : found.get(id)));
      }
    }
  }

  private static @Nullable String reference(StoredRow row, Field field) {
    return row.visible().test(field) ? (String) row.entity().value(field) : null;
  }

  private List<StoredRow> targets(ToOne one, Set<String> ids) throws SQLException {
    RowShape shape = RowShape.of(view.grants(), one.target(), one.selection());
    SqlScope scope = view.scope(one.target(), TARGET);
    List<StoredRow> rows = new ArrayList<>();
    for (List<String> chunk : IdList.chunks(ids)) {
      Condition among = text(scope, one.target().id()).in(IdList.padded(chunk));
      rows.addAll(
          fetch(
              shape,
              view.dialect()
                  .select(shape.columns(scope, view))
                  .from(scope.table())
                  .where(among.and(view.readable(scope)))
                  .limit(limit())));
    }
    return rows;
  }

  private void expand(ToMany many, List<StoredRow> rows, List<Related> related)
      throws SQLException {
    Map<String, List<StoredRow>> listed = new LinkedHashMap<>();
    for (StoredRow row : rows) {
      if (!row.withheld().contains(many.name())) {
        listed.put(row.entity().id(), new ArrayList<>());
      }
    }
    for (StoredRow child : children(many, listed.keySet())) {
      List<StoredRow> siblings = listed.get((String) child.entity().value(many.by()));
      if (siblings != null) {
        siblings.add(child);
      }
    }
    List<StoredRow> shown = new ArrayList<>();
    for (List<StoredRow> siblings : listed.values()) {
      if (many.portion().sort().isEmpty()) {
        siblings.sort(Comparator.comparing(row -> row.entity().id(), CodePoints::compare));
      }
      shown.addAll(first(many, siblings));
    }
    Iterator<Given> given = given(shown, many.selection()).iterator();
    Map<String, List<Given>> found = new HashMap<>();
    listed.forEach((id, siblings) ->
        found.put(id, first(many, siblings).stream().map(_ -> given.next()).toList()));
    for (int i = 0; i < rows.size(); i++) {
      String id = rows.get(i).entity().id();
      List<StoredRow> siblings = listed.get(id);
      if (siblings != null) {
        related.get(i).put(many.name(), found.getOrDefault(id, List.of()), next(many, siblings));
      }
    }
  }

  private static List<StoredRow> first(ToMany many, List<StoredRow> siblings) {
    return siblings.subList(0, Math.min(siblings.size(), many.portion().limit()));
  }

  private static Optional<Read.Key> next(ToMany many, List<StoredRow> siblings) {
    int limit = many.portion().limit();
    return siblings.size() > limit
        ? Optional.of(Cursor.key(many.portion().sort(), siblings.get(limit - 1).entity()))
        : Optional.empty();
  }

  /// The first records of each parent, and one more to know whether there are more.
  ///
  /// For each parent the index on the relation gives the ids of as many as are needed, so the cost does
  /// not grow with the number of records that refer to it.
  private List<StoredRow> children(ToMany many, Set<String> parents) throws SQLException {
    List<Field> needed = new ArrayList<>(List.of(many.by()));
    many.portion().sort().forEach(sort -> needed.add(sort.field()));
    RowShape shape = RowShape.of(view.grants(), many.target(), many.selection(), needed);
    SqlScope scope = view.scope(many.target(), TARGET);
    Keyset keyset = new Keyset(scope, many.portion().sort());
    List<StoredRow> rows = new ArrayList<>();
    for (List<String> chunk : IdList.chunks(parents)) {
      org.jooq.Field<String> parent = DSL.field(DSL.name(PARENTS, PARENT_ID), SQLDataType.CLOB);
      rows.addAll(
          fetch(
              shape,
              view.dialect()
                  .select(shape.columns(scope, view))
                  .from(parentIds(chunk))
                  .join(scope.table())
                  .on(
                      text(scope, many.target().id())
                          .in(firstIds(many, parent))
                          .and(scope.moment()))
                  // siblings in the order of their ids are sorted at less cost in memory
                  .orderBy(many.portion().sort().isEmpty() ? List.of() : keyset.order())
                  .limit(limit())));
    }
    return rows;
  }

  private Select<Record1<String>> firstIds(ToMany many, org.jooq.Field<String> parent) {
    Model target = many.target();
    SqlScope listed = view.scope(target, LISTED);
    Condition refers = text(listed, many.by()).eq(parent);
    // who may not see the field must not learn its value by way of the record that it refers to
    Condition refersVisibly =
        view.rule(view.grants().field(target, many.by(), Operation.READ), listed);
    org.jooq.Field<String> id = text(listed, target.id());
    return DSL.select(id)
        .from(listed.table())
        .where(refers.and(view.readable(listed)).and(refersVisibly).and(wanted(many, listed)))
        .orderBy(new Keyset(listed, many.portion().sort()).order())
        .limit(many.portion().limit() + 1);
  }

  private Condition wanted(ToMany many, SqlScope listed) {
    return many.portion()
        .filter()
        .map(filter -> view.filter(filter, listed))
        .orElseGet(DSL::noCondition);
  }

  private static Table<Record1<String>> parentIds(List<String> ids) {
    @SuppressWarnings({"unchecked", "rawtypes"}) // generic arrays cannot be made otherwise
    Row1<String>[] rows = IdList.padded(ids).stream().map(DSL::row).toArray(Row1[]::new);
    return DSL.values(rows).as(DSL.name(PARENTS), DSL.name(PARENT_ID));
  }

  // one more than there may be, so that too many are noticed
  private int limit() {
    return RECORDS_MAX - records + 1;
  }

  private List<StoredRow> fetch(RowShape shape, Query query) throws SQLException {
    List<StoredRow> rows = view.session().list(query, row -> view.counted(shape.read(row)));
    records += rows.size();
    requireFew(records);
    return rows;
  }

  private static void requireFew(long related) {
    if (related > RECORDS_MAX) {
      throw Problem.of(
          ErrorCode.INVALID_PARAMETER,
          RequestPart.EXPANSION,
          "would give more than %d related records: ask for fewer records, or for fewer related ones"
              .formatted(RECORDS_MAX));
    }
  }

  private static org.jooq.Field<String> text(SqlScope scope, Field field) {
    return scope.column(field).coerce(SQLDataType.CLOB);
  }
}
