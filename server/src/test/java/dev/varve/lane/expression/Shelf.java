package dev.varve.lane.expression;

import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.TextForm;
import dev.varve.schema.record.Entity;
import dev.varve.store.sql.ModelTable;
import dev.varve.store.sql.SqlValues;
import dev.varve.store.sql.StoreDialect;
import dev.varve.store.sql.postgresql.LocalPostgres;
import dev.varve.store.sql.postgresql.PostgresDialect;
import dev.varve.store.sql.sqlite.FoldFunction;
import dev.varve.store.sql.sqlite.SqliteDialect;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;

/// Entities kept both in memory and in a real database, to be asked the same.
final class Shelf implements AutoCloseable {
  static final long POSITION = 7;

  private static @Nullable String database;
  // to its tables, one for each shelf at a time, since test classes run beside each other
  private static final Queue<Connection> RESTING = new ConcurrentLinkedQueue<>();

  private final boolean inPostgres;
  private final Connection connection;
  private final DSLContext sql;
  private final Map<String, Entity> entities = new LinkedHashMap<>();
  private Optional<Entity> account = Optional.empty();

  /// In the database that the tests run on.
  Shelf() throws SQLException {
    this(LocalPostgres.chosen());
  }

  private Shelf(Optional<LocalPostgres> server) throws SQLException {
    inPostgres = server.isPresent();
    connection =
        inPostgres
            ? connection(server.get())
            : FoldFunction.addTo(DriverManager.getConnection("jdbc:sqlite::memory:"));
    sql = StoreDialect.context(inPostgres ? PostgresDialect.INSTANCE : SqliteDialect.INSTANCE);
    sql.configuration().set(connection);
    if (!inPostgres) {
      makeTables(sql);
    }
  }

  static Shelf inPostgres() throws SQLException {
    return new Shelf(Optional.of(LocalPostgres.require()));
  }

  /// What a shelf puts there is not committed, so that no other one finds it, and rolled back when it is closed.
  private static Connection connection(LocalPostgres server) throws SQLException {
    Connection resting = RESTING.poll();
    if (resting != null) {
      return resting;
    }
    Connection made = server.connect(database(server));
    made.setAutoCommit(false);
    return made;
  }

  private static synchronized String database(LocalPostgres server) throws SQLException {
    if (database == null) {
      String made = server.newDatabase();
      try (Connection connection = server.connect(made)) {
        DSLContext sql = StoreDialect.context(PostgresDialect.INSTANCE);
        sql.configuration().set(connection);
        makeTables(sql);
      }
      database = made;
    }
    return database;
  }

  private static void makeTables(DSLContext sql) {
    for (Model model : Shop.SCHEMA.models()) {
      List<org.jooq.Field<?>> columns = new ArrayList<>();
      model.fields().forEach(field -> columns.add(declared(sql, ModelTable.column(field))));
      model.foldedForms().forEach(form -> columns.add(declared(sql, ModelTable.column(form))));
      sql.createTable(ModelTable.current(model)).columns(columns).execute();
      columns.add(DSL.field(ModelTable.POSITION_FROM, SQLDataType.BIGINT));
      columns.add(DSL.field(ModelTable.POSITION_TO, SQLDataType.BIGINT));
      sql.createTable(ModelTable.history(model)).columns(columns).execute();
    }
  }

  private static org.jooq.Field<?> declared(DSLContext sql, org.jooq.Field<?> column) {
    return DSL.field(
        column.getUnqualifiedName(),
        StoreDialect.of(sql.configuration()).columnType(column.getDataType()));
  }

  DSLContext sql() {
    return sql;
  }

  /// Keeps an entity as current and as what holds at [#POSITION].
  void put(Entity entity) {
    entities.put(entity.model().name() + "/" + entity.id(), entity);
    insert(ModelTable.current(entity.model()), entity, List.of());
    insert(ModelTable.history(entity.model()), entity, List.of(POSITION, ModelTable.OPEN));
  }

  /// Keeps an entity as what held right before [#POSITION].
  void putEarlier(Entity entity) {
    insert(ModelTable.history(entity.model()), entity, List.of(1L, POSITION));
  }

  private void insert(Table<Record> table, Entity entity, List<Long> positions) {
    List<@Nullable Object> values = new ArrayList<>();
    for (Field field : entity.model().fields()) {
      values.add(SqlValues.toSql(field, entity.value(field)));
    }
    for (TextForm form : entity.model().foldedForms()) {
      values.add(SqlValues.toSql(form, entity.value(form.field())));
    }
    values.addAll(positions);
    sql.insertInto(table).values(values).execute();
  }

  /// Whom all that follows is asked by.
  void signIn(Optional<Entity> member) {
    account = member;
  }

  Bindings bindings() {
    return new Bindings(Shop.NOW, Optional.empty(), account, this::find);
  }

  Optional<Entity> find(Model model, String id) {
    return Optional.ofNullable(entities.get(model.name() + "/" + id));
  }

  Collection<Entity> entities() {
    return entities.values();
  }

  Set<String> inMemory(Model model, Predicate predicate) {
    Set<String> ids = new TreeSet<>();
    for (Entity entity : entities.values()) {
      if (entity.model().name().equals(model.name()) && predicate.test(entity, bindings())) {
        ids.add(entity.id());
      }
    }
    return ids;
  }

  Set<String> inSql(Model model, Predicate predicate, OptionalLong asOf) {
    SqlScope scope = new SqlScope(model, "t", asOf);
    Condition condition = scope.moment().and(predicate.condition(scope, bindings()));
    org.jooq.Field<?> id = scope.column(model.id());
    return new TreeSet<>(
        sql.select(id).from(scope.table()).where(condition).fetch(id, String.class));
  }

  /// The SQL of a condition with its values in place, for tests of its form.
  String text(Model model, Predicate predicate, OptionalLong asOf) {
    return sql.renderInlined(predicate.condition(new SqlScope(model, "t", asOf), bindings()));
  }

  @Override
  public void close() throws SQLException {
    if (inPostgres) {
      connection.rollback();
      RESTING.add(connection);
    } else {
      connection.close();
    }
  }
}
