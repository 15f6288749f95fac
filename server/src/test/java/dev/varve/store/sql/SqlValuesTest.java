package dev.varve.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.record.AnyEntity;
import dev.varve.schema.record.Entity;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jooq.CreateTableElementListStep;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

class SqlValuesTest {
  private static final Model MODEL = AnyEntity.MODEL;
  private static @Nullable Connection opened;

  @BeforeContainer
  static void open() throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    CreateTableElementListStep table =
        DSL.using(SQLDialect.SQLITE).createTable(ModelTable.current(MODEL));
    for (Field field : MODEL.fields()) {
      table = table.column(ModelTable.column(field));
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute(table.getSQL());
    }
    opened = connection;
  }

  @AfterContainer
  static void close() throws SQLException {
    connection().close();
  }

  @Property(tries = 200)
  void aRecordIsReadBackFromItsRow(@ForAll("entities") Entity entity) throws SQLException {
    write(List.of(entity));

    assertThat(read("1")).containsExactly(entity);
  }

  @Property(tries = 25)
  void columnsSortAsTheirValuesDo(@ForAll("manyEntities") List<Entity> entities)
      throws SQLException {
    write(entities);
    for (String name : List.of("int", "long", "float", "cents", "fractions", "dateTime", "date")) {
      Field field = MODEL.field(name).orElseThrow();

      List<Entity> sorted = read(DSL.using(SQLDialect.SQLITE).render(ModelTable.column(field)));

      assertThat(sorted).isSortedAccordingTo((a, b) -> compare(a.value(field), b.value(field)));
    }
  }

  /// Absent values come first, as in SQLite.
  private static int compare(@Nullable Object a, @Nullable Object b) {
    if (a == null || b == null) {
      return Boolean.compare(a != null, b != null);
    }
    return switch (a) {
      case Long number -> number.compareTo((Long) b);
      case Double number -> number.compareTo((Double) b);
      case BigDecimal number -> number.compareTo((BigDecimal) b);
      case Instant instant -> instant.compareTo((Instant) b);
      case LocalDate date -> date.compareTo((LocalDate) b);
      default -> throw new AssertionError(a.getClass());
    };
  }

  private static void write(List<Entity> entities) throws SQLException {
    String marks = String.join(", ", Collections.nCopies(MODEL.fields().size(), "?"));
    try (Statement delete = connection().createStatement();
        PreparedStatement insert =
            connection().prepareStatement("insert into " + table() + " values (" + marks + ")")) {
      delete.execute("delete from " + table());
      for (Entity entity : entities) {
        for (Field field : MODEL.fields()) {
          insert.setObject(field.ordinal() + 1, SqlValues.toSql(field, entity.value(field)));
        }
        insert.execute();
      }
    }
  }

  private static List<Entity> read(String order) throws SQLException {
    List<Entity> entities = new ArrayList<>();
    try (Statement select = connection().createStatement();
        ResultSet rows = select.executeQuery("select * from " + table() + " order by " + order)) {
      while (rows.next()) {
        @Nullable Object[] values = new @Nullable Object[MODEL.fields().size()];
        for (Field field : MODEL.fields()) {
          values[field.ordinal()] = SqlValues.fromSql(field, rows, field.ordinal() + 1);
        }
        entities.add(new Entity(MODEL, values));
      }
    }
    return entities;
  }

  private static String table() {
    return DSL.using(SQLDialect.SQLITE).render(ModelTable.current(MODEL));
  }

  private static Connection connection() {
    return Objects.requireNonNull(opened);
  }

  @Provide
  Arbitrary<Entity> entities() {
    return AnyEntity.entities();
  }

  @Provide
  Arbitrary<List<Entity>> manyEntities() {
    return AnyEntity.entities().list().ofMinSize(2).ofMaxSize(12);
  }
}
