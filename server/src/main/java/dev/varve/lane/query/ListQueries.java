package dev.varve.lane.query;

import dev.varve.lane.expression.Bindings;
import dev.varve.lane.expression.Predicate;
import dev.varve.lane.expression.Predicates;
import dev.varve.lane.expression.SqlScope;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.SelectField;
import org.jooq.SelectJoinStep;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/// The queries of one shape of list: what the moment, the rule and the filter leave, in the order asked for, behind the
/// page before.
final class ListQueries {
  private static final String LISTED = "l";
  private static final String FOUND = "f";
  private static final String SHOWN = "t";
  // the predicates of a shape are bound: they ask for nothing
  private static final Bindings NONE =
      new Bindings(Instant.EPOCH, Optional.empty(), Optional.empty(), (_, _) -> Optional.empty());

  private final DSLContext dialect;
  private final ListShape shape;
  private final AccessPath way;
  // the rows that moment, filter and order speak of: index entries, or those shown themselves
  private final SqlScope listed;
  private final SqlScope shown;
  private final Keyset keyset;
  private final Condition wanted;

  ListQueries(DSLContext dialect, ListShape shape) {
    this.dialect = dialect;
    this.shape = shape;
    this.way =
        AccessPath.of(
            shape.model(),
            shape.filter(),
            shape.sorts(),
            shape.rule(),
            shape.window().asOf().isPresent(),
            shape.idsAlone());
    this.shown = scope(SHOWN);
    this.listed = way == AccessPath.TABLE ? shown : scope(LISTED);
    this.keyset = new Keyset(listed, shape.sorts());
    this.wanted = listed.moment().and(filtered()).and(notLater());
  }

  private SqlScope scope(String alias) {
    return new SqlScope(shape.model(), alias, asOf(), SqlScope.RowFilter.ALL);
  }

  private Optional<org.jooq.Field<Long>> asOf() {
    return shape.window().asOf().map(place -> place.param(Long.class));
  }

  private Condition filtered() {
    if (shape.filter().isEmpty()) {
      return DSL.noCondition();
    }
    SqlScope narrow = new SqlScope(shape.model(), listed.alias(), asOf(), this::related);
    return shape.filter().get().condition(narrow, NONE);
  }

  /// A rule looks through everything.
  private Condition related(SqlScope rows) {
    Predicate rule = Objects.requireNonNull(shape.related().get(rows.model()));
    return rule.condition(
        new SqlScope(rows.model(), rows.alias(), asOf(), SqlScope.RowFilter.ALL), NONE);
  }

  private Condition notLater() {
    return shape.window().until().isEmpty()
        ? DSL.noCondition()
        : listed
            .column(shape.sorts().getFirst().field())
            .coerce(SQLDataType.BIGINT)
            .le(shape.window().until().get().param(Long.class));
  }

  /// The queries that give the page, one after the other until there are rows enough.
  List<Query> pages() {
    return keyset.behind(shape.window().behind()).stream().map(this::select).toList();
  }

  private Query select(Keyset.Stretch stretch) {
    org.jooq.Param<Long> limit = shape.window().limit().param(Long.class);
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
              .where(isSame(scope(FOUND)))
              .orderBy(new Keyset(shown, shape.sorts()).order());
    };
  }

  private SelectJoinStep<Record> selectFrom(Table<?> rows) {
    return dialect.select(columns()).from(rows);
  }

  /// The fields, then the flags.
  private List<SelectField<?>> columns() {
    Model model = shape.model();
    List<SelectField<?>> columns = new ArrayList<>();
    if (shape.idsAlone()) {
      columns.add(shown.column(model.id()));
    }
    shape.columns().forEach(ordinal -> columns.add(shown.column(model.fields().get(ordinal))));
    for (Predicate flag : shape.flags()) {
      columns.add(RowShape.flag(flag.condition(shown, NONE)));
    }
    return columns;
  }

  private Table<?> found(Keyset.Stretch stretch, org.jooq.Param<Long> limit) {
    return dialect
        .select(keys().map(listed::column).toList())
        .from(listed.table())
        .where(wanted.and(stretch.condition()).and(readable(listed)))
        .orderBy(stretch.order())
        .limit(limit)
        .asTable(DSL.name(FOUND));
  }

  /// The primary key of the table that is read.
  private Stream<Field> keys() {
    Model model = shape.model();
    return shape.window().asOf().isPresent()
        ? Stream.of(model.id(), model.version())
        : Stream.of(model.id());
  }

  private Condition isSame(SqlScope rows) {
    return DSL.and(keys().map(key -> same(key, rows)).toList());
  }

  @SuppressWarnings("unchecked") // both columns are of the same field
  private Condition same(Field key, SqlScope rows) {
    return ((org.jooq.Field<Object>) shown.column(key))
        .eq((org.jooq.Field<Object>) rows.column(key));
  }

  private Condition readable(SqlScope rows) {
    return shape.rule().condition(rows, NONE);
  }

  /// The query that gives the number of records of the whole list.
  Query count() {
    boolean joined =
        way == AccessPath.INDEX_THEN_TABLE && !shape.rule().equals(Predicates.always());
    SelectJoinStep<?> count =
        dialect
            .select(DSL.count())
            .from(joined ? listed.table().crossJoin(shown.table()) : listed.table());
    Condition counted = joined ? isSame(listed).and(readable(shown)) : readable(listed);
    return count.where(wanted.and(counted));
  }
}
