package dev.varve.store.sql;

import dev.varve.kernel.Outage;
import java.sql.SQLException;
import java.util.Set;

/// The database did not do what it was asked to: the disk is full, a write failed, a file is damaged, a server is away.
public final class StorageException extends Outage {
  private static final long serialVersionUID = 1L;

  // of PostgreSQL: broken off by the bound on its time
  private static final String QUERY_CANCELED = "57014";

  // of PostgreSQL, undefined_column and undefined_table: another node has altered the tables
  private static final Set<String> ALTERED = Set.of("42703", "42P01");

  private final boolean tookTooLong;
  private final boolean altered;

  public StorageException(String message, SQLException cause) {
    super(message + ": " + cause.getMessage(), cause);
    this.tookTooLong = QUERY_CANCELED.equals(cause.getSQLState());
    this.altered = ALTERED.contains(String.valueOf(cause.getSQLState()));
  }

  @Override
  protected String told() {
    if (altered) {
      return "The data have just been brought to another schema";
    }
    return tookTooLong
        ? "The storage took longer for this than it may (ask for less, or by what has an index)"
        : "The storage does not answer";
  }
}
