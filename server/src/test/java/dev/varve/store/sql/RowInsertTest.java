package dev.varve.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.node.TestStorage;
import dev.varve.settings.SettingRecords;
import dev.varve.store.sql.RowInsert.Column;
import dev.varve.store.sql.sqlite.SqliteDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RowInsertTest {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("id", ColumnKind.NUMBER),
          new Column("Text of \u00e4", ColumnKind.TEXT),
          new Column("ratio", ColumnKind.DOUBLE),
          new Column("done", ColumnKind.BOOLEAN),
          new Column("bytes", ColumnKind.BYTES));
  private static final String COLUMN_NAMES = "id, \"Text of \u00e4\", ratio, done, bytes";
  private static final RowInsert INSERT = RowInsert.into("rows_added", COLUMNS);
  private static final RowInsert REPLACE =
      RowInsert.inPlaceOf("rows_added", COLUMNS, List.of("id"));

  // what an array of texts has in words of its own, what SQL has, and letters of more than a byte
  private static final List<String> TEXTS =
      List.of(
          "",
          "NULL",
          "null",
          "{}",
          "{a,b}",
          "a,b",
          "\"",
          "\\",
          "'",
          "?",
          "$1",
          "\n\t",
          " ",
          "ä\ud83d\ude00");

  @TempDir Path folder;

  /// Where rows go to, and by which way.
  enum Store {
    SQLITE,
    POSTGRESQL,
    /// Each statement is a text with its values in it, as some poolers want it.
    POSTGRESQL_BY_TEXT
  }

  private Database open(Store store) throws SQLException {
    Database database =
        switch (store) {
          case SQLITE -> SqliteDatabase.open(folder.resolve("varve.db"), DatabaseOptions.DEFAULT);
          case POSTGRESQL -> inPostgres("");
          case POSTGRESQL_BY_TEXT -> inPostgres("?preferQueryMode=simple");
        };
    database
        .writer()
        .execute(
            "CREATE TABLE rows_added (id BIGINT PRIMARY KEY, \"Text of \u00e4\" TEXT, ratio DOUBLE PRECISION, done BOOLEAN, bytes "
                + (store == Store.SQLITE ? "BLOB" : "BYTEA")
                + ")");
    return database;
  }

  private Database inPostgres(String parameters) {
    TestStorage.inPostgres(
        folder,
        settings -> SettingRecords.changed(settings, Map.of("url", settings.url() + parameters)));
    return TestStorage.of(folder).open(DatabaseOptions.DEFAULT);
  }

  private static List<@Nullable Object[]> rows(Session session) throws SQLException {
    return session.list(
        "SELECT " + COLUMN_NAMES + " FROM rows_added ORDER BY id",
        List.of(),
        row -> {
          @Nullable Object[] values = new @Nullable Object[COLUMNS.size()];
          for (int i = 0; i < values.length; i++) {
            values[i] = COLUMNS.get(i).kind().read(row, i + 1);
          }
          return values;
        });
  }

  private static @Nullable Object[] row(long id, @Nullable String text) {
    return new @Nullable Object[] {
      id, text, id / 3.0, id % 2 == 0, new byte[] {0, (byte) id, '\\'}
    };
  }

  private static List<@Nullable Object[]> these(@Nullable Object[]... rows) {
    return List.of(rows);
  }

  private static List<@Nullable Object[]> hardRows(long first) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (String text : TEXTS) {
      rows.add(row(first + rows.size(), text));
    }
    rows.add(row(first + rows.size(), null));
    rows.add(new @Nullable Object[] {first + rows.size(), null, null, null, null});
    rows.add(
        new @Nullable Object[] {
          Long.MAX_VALUE - first, "limits", -Double.MIN_VALUE, true, new byte[0]
        });
    return rows;
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void valuesComeBackAsTheyWere(Store store) throws SQLException {
    try (Database database = open(store)) {
      Session writer = database.writer();
      List<@Nullable Object[]> added = new ArrayList<>();
      // the driver goes another way once it has prepared a statement
      for (int round = 0; round < 8; round++) {
        writer.beginWriting();
        List<@Nullable Object[]> rows = hardRows(100L * round);
        added.addAll(rows);
        writer.insert(INSERT, rows);
        writer.commit();
      }
      added.sort((a, b) -> Long.compare((Long) a[0], (Long) b[0]));
      assertThat(database.read(RowInsertTest::rows).toArray())
          .usingRecursiveComparison()
          .isEqualTo(added.toArray());
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void whatFollowsInTheTransactionSeesThem(Store store) throws SQLException {
    try (Database database = open(store)) {
      Session writer = database.writer();
      writer.beginWriting();
      writer.insert(INSERT, these(row(1, "a"), row(2, "b")));
      writer.insert(INSERT, these(row(3, "c")));
      assertThat(writer.update("UPDATE rows_added SET done = NULL WHERE id > ?", List.of(1)))
          .isEqualTo(2);
      writer.insert(REPLACE, these(row(3, "other"), row(4, "d")));
      assertThat(rows(writer)).extracting(row -> row[1]).containsExactly("a", "b", "other", "d");
      writer.commit();
      assertThat(database.read(RowInsertTest::rows)).hasSize(4);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void whatIsTakenBackIsNotThere(Store store) throws SQLException {
    try (Database database = open(store)) {
      Session writer = database.writer();
      writer.beginWriting();
      writer.insert(INSERT, these(row(1, "a")));
      writer.rollback();
      writer.beginWriting();
      writer.insert(INSERT, these(row(2, "b")));
      writer.commit();
      assertThat(database.read(RowInsertTest::rows)).extracting(row -> row[0]).containsExactly(2L);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void oneThatIsRefusedTakesAllWithIt(Store store) throws SQLException {
    try (Database database = open(store)) {
      Session writer = database.writer();
      for (int round = 0; round < 8; round++) {
        writer.beginWriting();
        assertThatThrownBy(
                () -> {
                  writer.insert(REPLACE, these(row(1, "a")));
                  writer.insert(INSERT, these(row(2, "b"), row(2, "again")));
                  writer.commit();
                })
            .isInstanceOfSatisfying(
                SQLException.class,
                e -> assertThat(writer.dialect().isConstraintViolation(e)).isTrue());
        writer.rollback();
        assertThat(database.read(RowInsertTest::rows)).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void whatAltersTheTableFindsThem(Store store) throws SQLException {
    try (Database database = open(store)) {
      Session writer = database.writer();
      writer.beginWriting();
      writer.insert(INSERT, these(row(1, "a")));
      writer.execute("ALTER TABLE rows_added ADD COLUMN more BIGINT NOT NULL DEFAULT 7");
      writer.insert(INSERT, these(row(2, "b")));
      writer.execute("DELETE FROM rows_added WHERE id = 2");
      writer.commit();
      assertThat(database.read(RowInsertTest::rows)).extracting(row -> row[0]).containsExactly(1L);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void aPartThatFailsTakesItsOwnRowsWithIt(Store store) throws SQLException {
    try (Database database = open(store)) {
      Session writer = database.writer();
      writer.beginWriting();
      writer.insert(INSERT, these(row(1, "a")));
      assertThatThrownBy(() ->
              writer.attempt(() -> {
                writer.insert(INSERT, these(row(2, "b")));
                writer.execute("SELECT id FROM nowhere");
              }))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("nowhere");
      assertThatThrownBy(() ->
              writer.attempt(() -> {
                writer.insert(INSERT, these(row(3, "c")));
                throw new IllegalStateException("not sent yet");
              }))
          .hasMessage("not sent yet");
      writer.commit();
      assertThat(database.read(RowInsertTest::rows)).extracting(row -> row[0]).containsExactly(1L);
    }
  }

  @Test
  void tablesAndTheCommitAreOneStatement() throws SQLException {
    try (Database database = open(Store.POSTGRESQL)) {
      Session writer = database.writer();
      writer.execute("CREATE TABLE rows_beside (id BIGINT)");
      RowInsert beside =
          RowInsert.into("rows_beside", List.of(new Column("id", ColumnKind.NUMBER)));
      writer.beginWriting();
      long before = writer.statements();

      writer.insert(INSERT, hardRows(0));
      writer.insert(beside, these(new @Nullable Object[] {1L}, new @Nullable Object[] {2L}));
      writer.commit();

      assertThat(writer.statements() - before).isEqualTo(1);
      assertThat(database.read(RowInsertTest::rows)).hasSameSizeAs(hardRows(0));
    }
  }
}
