package dev.varve.proof.history;

import dev.varve.kernel.AtOnce;
import dev.varve.kernel.Json;
import dev.varve.proof.history.LoggedUnit.Change;
import dev.varve.store.sql.postgresql.LocalPostgres;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;

/// Three nodes on one PostgreSQL, which belongs to them alone. The clock of one is right, that of another five minutes ahead, that of
/// the third five minutes behind.
final class Fleet implements AutoCloseable {
  private static final long FIVE_MINUTES = 300;
  private static final String SELECT =
      "SELECT position, at, request_id, events FROM varve_log WHERE position > ? ORDER BY position";

  private final LocalPostgres postgres;
  private final String database;
  private final String earlierSchema;
  private final String schema;
  private final List<Node> nodes = new ArrayList<>();

  private Fleet(LocalPostgres postgres, String database, String earlierSchema, String schema) {
    this.postgres = postgres;
    this.database = database;
    this.earlierSchema = earlierSchema;
    this.schema = schema;
  }

  /// Starts nodes whose data had another schema first.
  static Fleet start(Path folder, String earlierSchema, String schema) throws Exception {
    LocalPostgres postgres = LocalPostgres.own();
    Fleet fleet = new Fleet(postgres, postgres.newDatabase(), earlierSchema, schema);
    try {
      fleet.startNodes(folder);
      return fleet;
    } catch (Exception e) {
      fleet.close();
      throw e;
    }
  }

  private void startNodes(Path folder) throws Exception {
    // it makes the tables, which the others find
    Node first = Node.start(0, 0, folder.resolve("node0"), earlierSchema, postgres, database);
    nodes.add(first);
    first.stop();
    first.deploy(schema);
    first.restart();
    List<Callable<Node>> others =
        List.of(
            () -> Node.start(1, FIVE_MINUTES, folder.resolve("node1"), schema, postgres, database),
            () ->
                Node.start(2, -FIVE_MINUTES, folder.resolve("node2"), schema, postgres, database));
    nodes.addAll(AtOnce.all(others));
  }

  String earlierSchema() {
    return earlierSchema;
  }

  String schema() {
    return schema;
  }

  List<Node> nodes() {
    return nodes;
  }

  Node node(int number) {
    return nodes.get(Math.floorMod(number, nodes.size()));
  }

  LocalPostgres postgres() {
    return postgres;
  }

  /// Ends connections of the nodes to PostgreSQL, as PostgreSQL does it with one that has been silent within a transaction for too long.
  ///
  /// @param which a condition on `pg_stat_activity`
  /// @return how many
  int endSessions(String which) throws SQLException {
    return column(
            "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity"
                + " WHERE datname = current_database() AND pid <> pg_backend_pid() AND "
                + which)
        .size();
  }

  /// The first column of what a query finds.
  List<String> column(String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Connection connection = postgres.connect(database);
        PreparedStatement select = connection.prepareStatement(sql);
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  /// What the log has behind a position.
  List<LoggedUnit> unitsBehind(long position) throws SQLException {
    List<LoggedUnit> units = new ArrayList<>();
    try (Connection connection = postgres.connect(database);
        PreparedStatement select = connection.prepareStatement(SELECT)) {
      select.setLong(1, position);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          units.add(
              new LoggedUnit(
                  rows.getLong(1), rows.getLong(2), rows.getString(3), changes(rows.getString(4))));
        }
      }
    }
    return units;
  }

  private static List<Change> changes(String events) {
    List<Change> changes = new ArrayList<>();
    Object all = Objects.requireNonNull(Json.read(events.getBytes(StandardCharsets.UTF_8)));
    for (Object one : (List<?>) all) {
      changes.add(change((Map<?, ?>) one));
    }
    return changes;
  }

  @SuppressWarnings("unchecked")
  private static Change change(Map<?, ?> event) {
    Object set = event.get("set");
    return new Change(
        (String) event.get("op"),
        (String) event.get("model"),
        (String) event.get("id"),
        (Long) event.get("version"),
        set == null ? Map.of() : (Map<String, Object>) set);
  }

  @Override
  public void close() {
    nodes.forEach(Node::close);
    postgres.close();
  }
}
