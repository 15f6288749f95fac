package dev.varve.store.copy;

import dev.varve.store.sql.Database;
import dev.varve.store.sql.OwnColumn;
import dev.varve.store.sql.RowInsert;
import dev.varve.store.sql.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Copies the rows of one of Varve's own tables, by what its columns hold: each database keeps that in its own way.
///
/// A table is copied in one transaction, and whole each time: a server may have changed its rows since a copy that was broken off.
final class OwnRows {
  // so much is held in memory, and sent together
  private static final int BATCH_ROWS = 500;
  private static final long BATCH_BYTES = 1024 * 1024;

  private final Database source;
  private final Database target;

  OwnRows(Database source, Database target) {
    this.source = source;
    this.target = target;
  }

  /// What became of a table.
  ///
  /// @param same whether the target was found to have what the source has
  record Copied(long rows, boolean same) {}

  /// How many rows a table has.
  static long count(Database database, String table) {
    return database.snapshot(session ->
        session
            .first("SELECT count(*) FROM " + table, List.of(), row -> row.getLong(1))
            .orElseThrow());
  }

  /// @param progress is told of rows that were copied, each time how many more
  Copied copy(String table, LongConsumer progress) {
    List<OwnColumn> columns = columns(source, table);
    if (!columns.equals(columns(target, table))) {
      throw new IllegalStateException("The two databases do not agree on the columns of " + table);
    }
    RowsDigest read =
        source.snapshot(from -> {
          RowsDigest digest = new RowsDigest();
          target
              .writer()
              .unhurried(to -> {
                StoreCopy.transaction(
                    to, within -> write(table, columns, from, within, digest, progress));
                return true;
              });
          return digest;
        });
    RowsDigest written = target.snapshot(session -> digest(table, columns, session));
    return new Copied(read.rows(), read.result().equals(written.result()));
  }

  private static List<OwnColumn> columns(Database database, String table) {
    return database.read(session -> session.dialect().ownColumns(session, table));
  }

  private static void write(
      String table,
      List<OwnColumn> columns,
      Session from,
      Session to,
      RowsDigest digest,
      LongConsumer progress)
      throws SQLException {
    to.update("DELETE FROM " + table, List.of());
    RowInsert insert = RowInsert.into(table, columns.stream().map(OwnColumn::inserted).toList());
    List<@Nullable Object[]> batch = new ArrayList<>();
    long batchBytes = 0;
    try (ResultSet rows = from.prepareToFetchLarge(select(table, columns)).executeQuery()) {
      while (rows.next()) {
        @Nullable Object[] values = values(columns, rows);
        batchBytes += digest.add(values);
        batch.add(values);
        if (batch.size() == BATCH_ROWS || batchBytes >= BATCH_BYTES) {
          to.insert(insert, batch);
          progress.accept(batch.size());
          batch = new ArrayList<>();
          batchBytes = 0;
        }
      }
    }
    to.insert(insert, batch);
    progress.accept(batch.size());
  }

  private static RowsDigest digest(String table, List<OwnColumn> columns, Session session)
      throws SQLException {
    RowsDigest digest = new RowsDigest();
    try (ResultSet rows = session.prepareToFetchLarge(select(table, columns)).executeQuery()) {
      while (rows.next()) {
        digest.add(values(columns, rows));
      }
    }
    return digest;
  }

  private static @Nullable Object[] values(List<OwnColumn> columns, ResultSet row)
      throws SQLException {
    @Nullable Object[] values = new @Nullable Object[columns.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = columns.get(i).read(row, i + 1);
    }
    return values;
  }

  /// In the order of the key, which is the same everywhere.
  private static String select(String table, List<OwnColumn> columns) {
    String key =
        columns.stream()
            .filter(column -> column.keyPlace() > 0)
            .sorted(Comparator.comparingInt(OwnColumn::keyPlace))
            .map(OwnRows::quoted)
            .collect(Collectors.joining(", "));
    return "SELECT %s FROM %s ORDER BY %s".formatted(names(columns), table, key);
  }

  private static String names(List<OwnColumn> columns) {
    return columns.stream().map(OwnRows::quoted).collect(Collectors.joining(", "));
  }

  private static String quoted(OwnColumn column) {
    return '"' + column.name() + '"';
  }
}
