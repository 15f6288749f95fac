package dev.varve.store.sql;

import java.sql.SQLException;

/// The database did not do what it was asked to: the disk is full, a write failed, a file is damaged.
public final class StorageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StorageException(String message, SQLException cause) {
    super(message + ": " + cause.getMessage(), cause);
  }
}
