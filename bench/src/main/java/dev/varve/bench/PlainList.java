package dev.varve.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/// The limit for lists: the query itself, prepared once, its rows read through JDBC and thrown away.
final class PlainList implements AutoCloseable {
  private final Connection connection;
  private final PreparedStatement select;

  PlainList(String database) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setOpenMode(SQLiteOpenMode.READWRITE);
    connection = config.createConnection("jdbc:sqlite:" + database);
    select =
        connection.prepareStatement(
            "SELECT * FROM orders WHERE status = ? ORDER BY \"createdAt\" DESC, id DESC LIMIT 21");
  }

  /// A consistent copy of a database that may be in use.
  static void copy(String from, String to) throws SQLException {
    try (Connection connection = new SQLiteConfig().createConnection("jdbc:sqlite:" + from);
        PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
      vacuum.setString(1, to);
      vacuum.execute();
    }
  }

  double medianMicros(Duration duration) {
    Latencies latencies = new Latencies();
    long end = System.nanoTime() + duration.toNanos();
    try {
      while (System.nanoTime() < end) {
        long start = System.nanoTime();
        read();
        latencies.add(System.nanoTime() - start);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return latencies.nanos(0.5) / 1e3;
  }

  private void read() throws SQLException {
    select.setString(1, Orders.COMMON_STATUS);
    try (ResultSet rows = select.executeQuery()) {
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        for (int i = 1; i <= columns; i++) {
          rows.getObject(i);
        }
      }
    }
  }

  @Override
  public void close() throws SQLException {
    select.close();
    connection.close();
  }
}
