package dev.varve.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/// The limit for writes: a loop that puts rows into tables with prepared statements, 64 units in a
/// transaction, and does nothing else. Rows and tables are those that Varve itself wrote, read from its
/// file before the time is taken.
///
/// It obeys lines. `read FROM TO` takes the units behind position FROM up to TO into memory and prints the
/// processor time used so far in seconds; `write` writes them and prints the nanoseconds that took.
final class PlainLoop {
  private static final int TRANSACTION_UNITS = 64;

  private final String source;
  private final Connection target;
  private final List<Copied> tables;
  private final List<List<@Nullable Object[]>> rows = new ArrayList<>();

  /// A table that is copied.
  ///
  /// @param select its rows that belong to a range of positions, in the order of the log
  private record Copied(String insert, String select) {
    static Copied of(Connection connection, String table, String rows) throws SQLException {
      try (Statement statement = connection.createStatement();
          ResultSet none = statement.executeQuery("SELECT * FROM " + table + " LIMIT 0")) {
        int columns = none.getMetaData().getColumnCount();
        return new Copied(
            "INSERT INTO %s VALUES (%s)"
                .formatted(table, String.join(", ", Collections.nCopies(columns, "?"))),
            "SELECT %s.* FROM %s".formatted(table, rows));
      }
    }
  }

  private PlainLoop(String source, Connection target) throws SQLException {
    this.source = source;
    this.target = target;
    try (Connection from = open(source)) {
      copyTables(from);
      this.tables =
          List.of(
              Copied.of(
                  from,
                  "varve_log",
                  "varve_log WHERE position > ? AND position <= ? ORDER BY position"),
              Copied.of(
                  from,
                  "orders",
                  "varve_log JOIN orders ON orders.id = json_extract(events, '$[0].id')"
                      + " WHERE position > ? AND position <= ? ORDER BY position"),
              Copied.of(
                  from,
                  "orders_history",
                  "varve_log JOIN orders_history ON orders_history.id = json_extract(events, '$[0].id')"
                      + " WHERE position > ? AND position <= ? ORDER BY position"));
    }
  }

  /// @param arguments the database file of Varve, and that of the loop
  static void main(String[] arguments) throws SQLException, IOException {
    try (Connection target = open(arguments[1])) {
      PlainLoop loop = new PlainLoop(arguments[0], target);
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println(loop.obey(line.split(" ", -1)));
      }
    }
  }

  private String obey(String[] words) throws SQLException {
    if (words[0].equals("write")) {
      return Long.toString(write());
    }
    read(Long.parseLong(words[1]), Long.parseLong(words[2]));
    return cpuSeconds();
  }

  private static String cpuSeconds() {
    Duration cpu = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    return Double.toString(cpu.toNanos() / 1e9);
  }

  private static Connection open(String file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(10_000);
    return config.createConnection("jdbc:sqlite:" + file);
  }

  private void copyTables(Connection from) throws SQLException {
    try (Statement read = from.createStatement();
        Statement write = target.createStatement();
        ResultSet rows =
            read.executeQuery(
                "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"
                    + " AND tbl_name IN ('varve_log', 'orders', 'orders_history')"
                    + " ORDER BY type DESC")) {
      while (rows.next()) {
        write.execute(rows.getString(1));
      }
    }
  }

  private void read(long from, long to) throws SQLException {
    rows.clear();
    try (Connection connection = open(source)) {
      for (Copied table : tables) {
        try (PreparedStatement select = connection.prepareStatement(table.select())) {
          rows.add(CopiedRows.read(select, from, to));
        }
      }
    }
  }

  private long write() throws SQLException {
    long start = System.nanoTime();
    List<PreparedStatement> inserts = new ArrayList<>();
    for (Copied table : tables) {
      inserts.add(target.prepareStatement(table.insert()));
    }
    try (PreparedStatement begin = target.prepareStatement("BEGIN IMMEDIATE");
        PreparedStatement commit = target.prepareStatement("COMMIT")) {
      int units = rows.getFirst().size();
      for (int first = 0; first < units; first += TRANSACTION_UNITS) {
        int last = Math.min(first + TRANSACTION_UNITS, units);
        begin.execute();
        for (int table = 0; table < inserts.size(); table++) {
          CopiedRows.insert(inserts.get(table), rows.get(table).subList(first, last));
        }
        commit.execute();
      }
    }
    for (PreparedStatement insert : inserts) {
      insert.close();
    }
    return System.nanoTime() - start;
  }
}
