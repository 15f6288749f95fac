package dev.varve.store.copy;

import dev.varve.store.sql.Database;
import dev.varve.store.sql.OwnColumn;
import dev.varve.store.sql.RowInsert;
import dev.varve.store.sql.Session;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Rows of Varve's own tables for tests, made of what their columns hold: what a migration adds has some at once.
final class OwnRowsOfAll {
  private static final int ROWS = 3;
  // letters of one to four bytes, and what databases take for more than a letter
  private static final String TEXT = "it's \"a\" \\ ä ß \u007f \ud83d\ude00 % ? $1\n\t";

  private final Random random = new Random(7);
  private int made;

  /// Puts some rows into each table that is copied row by row, but for the schema files.
  void fill(Database database) throws SQLException {
    Session writer = database.writer();
    writer.beginWriting();
    for (String table : OwnTables.COPIED) {
      if (!table.equals("varve_schema")) {
        fill(writer, table);
      }
    }
    writer.commit();
  }

  private void fill(Session writer, String table) throws SQLException {
    List<OwnColumn> columns = writer.dialect().ownColumns(writer, table);
    Set<String> required = required(writer, table);
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      @Nullable Object[] values = new @Nullable Object[columns.size()];
      for (int i = 0; i < values.length; i++) {
        OwnColumn column = columns.get(i);
        boolean absent = row == 0 && column.keyPlace() == 0 && !required.contains(column.name());
        values[i] = absent ? null : value(column);
      }
      rows.add(values);
    }
    writer.insert(RowInsert.into(table, columns.stream().map(OwnColumn::inserted).toList()), rows);
  }

  private static Set<String> required(Session sqlite, String table) throws SQLException {
    return new HashSet<>(
        sqlite.list(
            "SELECT name FROM pragma_table_info(?) WHERE \"notnull\" = 1",
            List.of(table),
            row -> row.getString(1)));
  }

  /// One that no other row has.
  private Object value(OwnColumn column) {
    made++;
    return switch (column.kind()) {
      case TEXT -> TEXT + made;
      case DOUBLE -> random.nextDouble();
      case NUMBER -> (long) Integer.MAX_VALUE - made;
      case BOOLEAN -> random.nextBoolean();
      case BYTES -> {
        byte[] bytes = new byte[made % 40 + 4];
        random.nextBytes(bytes);
        yield bytes;
      }
    };
  }

  /// The rows of every table that is copied row by row, as texts.
  static Map<String, List<String>> of(Database database) {
    Map<String, List<String>> all = new TreeMap<>();
    for (String table : OwnTables.COPIED) {
      all.put(table, database.snapshot(session -> rows(session, table)));
    }
    return all;
  }

  private static List<String> rows(Session session, String table) throws SQLException {
    List<OwnColumn> columns = session.dialect().ownColumns(session, table);
    String names =
        String.join(", ", columns.stream().map(column -> '"' + column.name() + '"').toList());
    List<String> rows =
        new ArrayList<>(
            session.list(
                "SELECT %s FROM %s".formatted(names, table), List.of(), row -> text(columns, row)));
    rows.sort(String::compareTo);
    return rows;
  }

  private static String text(List<OwnColumn> columns, ResultSet row) throws SQLException {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      texts.add(columns.get(i).name() + "=" + text(columns.get(i).read(row, i + 1)));
    }
    return texts.toString();
  }

  private static String text(@Nullable Object value) {
    return value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(value);
  }

  /// The rows of the log, byte for byte.
  static List<String> log(Database database) {
    return database.snapshot(session ->
        session.list(
            "SELECT position, at, actor, request_id, schema_version, events, hash FROM varve_log ORDER BY position",
            List.of(),
            row ->
                "%d %d %s %s %d %s %s"
                    .formatted(
                        row.getLong(1),
                        row.getLong(2),
                        row.getString(3),
                        row.getString(4),
                        row.getInt(5),
                        new String(row.getBytes(6), StandardCharsets.UTF_8),
                        HexFormat.of().formatHex(row.getBytes(7)))));
  }
}
