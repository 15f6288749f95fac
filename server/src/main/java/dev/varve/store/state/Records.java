package dev.varve.store.state;

import dev.varve.kernel.Folding;
import dev.varve.schema.Field;
import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.schema.TextForm;
import dev.varve.schema.record.Entity;
import dev.varve.store.sql.IdList;
import dev.varve.store.sql.ModelTable;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jooq.DSLContext;
import org.jooq.SelectField;
import org.jspecify.annotations.Nullable;

/// Reads single records from the current and the history tables. The SQL text of each is made once.
public final class Records {
  private final DSLContext dialect;
  private final Map<String, String> selectCurrent = new HashMap<>();
  private final Map<String, String> selectAsOf = new HashMap<>();
  private final Map<String, String> selectVersion = new HashMap<>();
  private final Map<String, String> selectPosition = new HashMap<>();
  private final Map<String, String> selectLastVersion = new HashMap<>();
  private final Map<UniqueFields, String> selectHolder = new HashMap<>();
  private final Map<UniqueFields, IdList.Text> selectHolders = new HashMap<>();
  private final Map<String, IdList.Text> selectAll = new HashMap<>();
  private final Map<String, IdList.Text> selectLastVersions = new HashMap<>();

  private record UniqueFields(String model, List<String> fields, Folding folding) {
    static UniqueFields of(Model model, Index index) {
      return new UniqueFields(model.name(), index.fieldNames(), index.folding());
    }
  }

  public Records(DSLContext dialect, List<Model> models) {
    this.dialect = dialect;
    models.forEach(this::addModel);
  }

  private void addModel(Model model) {
    var id = ModelTable.column(model.id());
    selectCurrent.put(
        model.name(),
        sql(dialect.select(columns(model)).from(ModelTable.current(model)), "id = ?"));
    selectAll.put(
        model.name(),
        IdList.Text.byId(
            dialect.select(columns(model)).from(ModelTable.current(model)).getSQL(), ""));
    for (Index unique : model.uniques()) {
      String where =
          unique.forms().stream()
              .map(form -> dialect.render(ModelTable.column(form)) + " = ?")
              .collect(Collectors.joining(" AND "));
      selectHolder.put(
          UniqueFields.of(model, unique),
          sql(dialect.select(id).from(ModelTable.current(model)), where));
      if (unique.forms().size() == 1) {
        var column = ModelTable.column(unique.forms().getFirst());
        selectHolders.put(
            UniqueFields.of(model, unique),
            IdList.Text.byColumn(
                dialect.select(id, column).from(ModelTable.current(model)).getSQL(),
                dialect.render(column)));
      }
    }
    if (model.history()) {
      var history = dialect.select(columns(model)).from(ModelTable.history(model));
      selectAsOf.put(
          model.name(), sql(history, "id = ? AND position_from <= ? AND position_to > ?"));
      selectVersion.put(model.name(), sql(history, "id = ? AND version = ?"));
      var position =
          dialect
              .select(org.jooq.impl.DSL.field(ModelTable.POSITION_FROM))
              .from(ModelTable.history(model));
      selectPosition.put(model.name(), sql(position, "id = ? AND version = ?"));
      var last = org.jooq.impl.DSL.max(ModelTable.column(model.version()));
      selectLastVersion.put(
          model.name(), sql(dialect.select(last).from(ModelTable.history(model)), "id = ?"));
      selectLastVersions.put(
          model.name(),
          IdList.Text.byId(
              dialect.select(id, last).from(ModelTable.history(model)).getSQL(), " GROUP BY id"));
    }
  }

  private static String sql(org.jooq.Select<?> select, String where) {
    // the names in these conditions are Varve's own and the same in every dialect
    return select.getSQL() + " WHERE " + where;
  }

  /// Whether the model has a record, or had one as far as its history goes.
  public boolean everHadOne(Session session, Model model) throws SQLException {
    var table = model.history() ? ModelTable.history(model) : ModelTable.current(model);
    return session.first(dialect.selectOne().from(table).limit(1), row -> true).orElse(false);
  }

  /// The columns of all fields, in the order of the fields.
  public static List<SelectField<?>> columns(Model model) {
    return model.fields().stream().<SelectField<?>>map(ModelTable::column).toList();
  }

  /// The record in the current row, whose first columns are those of [#columns].
  public static Entity read(Model model, ResultSet row) throws SQLException {
    return read(model, model.fields(), row);
  }

  /// The record in the current row, of which the first columns are those of some fields; the others are null.
  public static Entity read(Model model, List<Field> fields, ResultSet row) throws SQLException {
    @Nullable Object[] values = new @Nullable Object[model.fields().size()];
    for (int i = 0; i < fields.size(); i++) {
      Field field = fields.get(i);
      values[field.ordinal()] = SqlValues.fromSql(field, row, i + 1);
    }
    return new Entity(model, values);
  }

  /// The record as it is.
  public Optional<Entity> find(Session session, Model model, String id) throws SQLException {
    return session.first(of(selectCurrent, model), List.of(id), row -> read(model, row));
  }

  /// The records that there are among some ids.
  public List<Entity> findAll(Session session, Model model, Collection<String> ids)
      throws SQLException {
    return among(session, of(selectAll, model), ids, row -> read(model, row));
  }

  /// The same as long as they have room together.
  ///
  /// @return whether those are all
  public boolean findAll(
      Session session, Model model, Collection<String> ids, Session.Filling<Entity> into)
      throws SQLException {
    boolean all = true;
    for (List<String> chunk : IdList.chunks(ids)) {
      all =
          all
              && session.fill(
                  of(selectAll, model).of(chunk.size()),
                  IdList.padded(chunk),
                  row -> read(model, row),
                  into);
    }
    return all;
  }

  /// The records that there are among some ids, in no order, up to and with the first that is the last one wanted.
  ///
  /// @param ids from 1 to [IdList#IDS_MAX]
  public List<Entity> findUntil(
      Session session, Model model, Collection<String> ids, Predicate<Entity> isLast)
      throws SQLException {
    String sql = of(selectAll, model).of(ids.size());
    return session.listUntil(sql, IdList.padded(ids), row -> read(model, row), isLast);
  }

  private static <T> List<T> among(
      Session session, IdList.Text sql, Collection<String> ids, Session.RowReader<T> reader)
      throws SQLException {
    List<T> found = new ArrayList<>();
    for (List<String> chunk : IdList.chunks(ids)) {
      found.addAll(session.list(sql.of(chunk.size()), IdList.padded(chunk), reader));
    }
    return found;
  }

  /// The id of the record that has the same values as another one in all fields of a unique index.
  public Optional<String> holder(Session session, Index unique, Entity other) throws SQLException {
    String sql = selectHolder.get(UniqueFields.of(other.model(), unique));
    if (sql == null) {
      throw new IllegalArgumentException("No unique index of " + other.model() + ": " + unique);
    }
    List<@Nullable Object> binds = new ArrayList<>();
    for (TextForm form : unique.forms()) {
      binds.add(SqlValues.toSql(form, other.value(form.field())));
    }
    return session.first(sql, binds, row -> row.getString(1));
  }

  /// Whether [#holders] can look for a value: a text or a whole number, which the database gives back as it was bound.
  public static boolean findsHolder(Object bound) {
    return bound instanceof String || bound instanceof Long;
  }

  /// The ids of the records that have these values in the one field of a unique index, by what is bound for the value.
  ///
  /// @param bound of one kind, for each of which [#findsHolder]
  public <T> Map<Object, String> holders(
      Session session, Model model, Index unique, Collection<T> bound) throws SQLException {
    IdList.Text text = selectHolders.get(UniqueFields.of(model, unique));
    if (text == null) {
      throw new IllegalArgumentException(
          "No unique index of one field of " + model + ": " + unique);
    }
    Map<Object, String> holders = new HashMap<>();
    for (List<T> chunk : IdList.chunks(bound)) {
      boolean texts = chunk.getFirst() instanceof String;
      session
          .list(
              text.of(chunk.size()),
              IdList.padded(chunk),
              row ->
                  Map.entry(
                      texts ? (Object) row.getString(2) : (Object) row.getLong(2),
                      row.getString(1)))
          .forEach(holder -> holders.put(holder.getKey(), holder.getValue()));
    }
    return holders;
  }

  /// The record as it was after a position.
  public Optional<Entity> findAsOf(Session session, Model model, String id, long position)
      throws SQLException {
    return session.first(
        of(selectAsOf, model), List.of(id, position, position), row -> read(model, row));
  }

  /// A record that a rule looks at, as it was when a unit had been written. Where no history is kept, that can be
  /// told of a record alone that nothing has written since; of the others nothing is known, so they are absent.
  ///
  /// @param at the instant of the unit
  public Optional<Entity> findThen(
      Session session, Model model, String id, long position, Instant at) throws SQLException {
    return model.history()
        ? findAsOf(session, model, id, position)
        : find(session, model, id).filter(found -> found.updatedAt().isBefore(at));
  }

  /// Where in the log a version of the record was written.
  public Optional<Long> positionOf(Session session, Model model, String id, long version)
      throws SQLException {
    return session.first(of(selectPosition, model), List.of(id, version), row -> row.getLong(1));
  }

  /// One version of the record.
  public Optional<Entity> findVersion(Session session, Model model, String id, long version)
      throws SQLException {
    return session.first(of(selectVersion, model), List.of(id, version), row -> read(model, row));
  }

  /// The number of the newest version the record ever had, deleted or not; 0 when it never was.
  public long lastVersion(Session session, Model model, String id) throws SQLException {
    if (!model.history()) {
      return 0;
    }
    return session
        .first(of(selectLastVersion, model), List.of(id), row -> row.getLong(1))
        .orElse(0L);
  }

  /// The same for many ids: by id, without those that no record ever had.
  public Map<String, Long> lastVersions(Session session, Model model, Collection<String> ids)
      throws SQLException {
    Map<String, Long> versions = new HashMap<>();
    among(
            session,
            of(selectLastVersions, model),
            ids,
            row -> Map.entry(row.getString(1), row.getLong(2)))
        .forEach(entry -> versions.put(entry.getKey(), entry.getValue()));
    return versions;
  }

  private static <T> T of(Map<String, T> statements, Model model) {
    T sql = statements.get(model.name());
    if (sql == null) {
      throw new IllegalArgumentException(model.name() + " keeps no history");
    }
    return sql;
  }
}
