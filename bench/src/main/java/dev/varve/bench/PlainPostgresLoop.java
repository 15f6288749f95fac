package dev.varve.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The limit for writes on PostgreSQL: a loop that takes the lock row, puts the rows of 64 units into the tables with prepared
/// batches, commits, and does nothing else. Rows and tables are those that Varve itself wrote, copied into a schema beside.
final class PlainPostgresLoop implements AutoCloseable {
  private static final int TRANSACTION_UNITS = 64;
  private static final String BESIDE = "plain_loop";

  private final Connection connection;
  private final List<Copied> tables;

  /// A table that is copied.
  ///
  /// @param select its rows that belong to a range of positions, in their order
  private record Copied(String insert, String select) {
    static Copied of(Connection connection, String table, String rows) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            "CREATE TABLE %s.%s (LIKE public.%s INCLUDING ALL)".formatted(BESIDE, table, table));
        try (ResultSet none = statement.executeQuery("SELECT * FROM %s LIMIT 0".formatted(table))) {
          int columns = none.getMetaData().getColumnCount();
          return new Copied(
              "INSERT INTO %s.%s VALUES (%s)"
                  .formatted(BESIDE, table, String.join(", ", Collections.nCopies(columns, "?"))),
              rows);
        }
      }
    }
  }

  /// @param connection to the database of Varve, which it closes
  PlainPostgresLoop(Connection connection) throws SQLException {
    this.connection = connection;
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA " + BESIDE);
      statement.execute("CREATE TABLE %s.head (id INT PRIMARY KEY)".formatted(BESIDE));
      statement.execute("INSERT INTO %s.head VALUES (1)".formatted(BESIDE));
    }
    this.tables =
        List.of(
            Copied.of(
                connection,
                "varve_log",
                "SELECT * FROM varve_log WHERE position > ? AND position <= ? ORDER BY position"),
            Copied.of(
                connection,
                "orders",
                "SELECT orders.* FROM orders JOIN orders_history old USING (id)"
                    + " WHERE old.position_from > ? AND old.position_from <= ? ORDER BY old.position_from"),
            Copied.of(
                connection,
                "orders_history",
                "SELECT * FROM orders_history WHERE position_from > ? AND position_from <= ? ORDER BY position_from"));
    connection.setAutoCommit(false);
  }

  /// Writes the units of a range of positions again, and tells how many a second.
  double copy(long from, long to) {
    try {
      List<List<@Nullable Object[]>> rows = new ArrayList<>();
      for (Copied table : tables) {
        try (PreparedStatement select = connection.prepareStatement(table.select())) {
          rows.add(CopiedRows.read(select, from, to));
        }
      }
      connection.commit();
      long start = System.nanoTime();
      write(rows);
      return (to - from) * 1e9 / (System.nanoTime() - start);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void write(List<List<@Nullable Object[]>> rows) throws SQLException {
    List<PreparedStatement> inserts = new ArrayList<>();
    for (Copied table : tables) {
      inserts.add(connection.prepareStatement(table.insert()));
    }
    try (PreparedStatement lock =
        connection.prepareStatement("SELECT id FROM %s.head FOR UPDATE".formatted(BESIDE))) {
      int units = rows.getFirst().size();
      for (int first = 0; first < units; first += TRANSACTION_UNITS) {
        int last = Math.min(first + TRANSACTION_UNITS, units);
        lock.executeQuery().close();
        for (int table = 0; table < inserts.size(); table++) {
          CopiedRows.insert(inserts.get(table), rows.get(table).subList(first, last));
        }
        connection.commit();
      }
    }
    for (PreparedStatement insert : inserts) {
      insert.close();
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
