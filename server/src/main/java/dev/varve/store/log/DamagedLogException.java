package dev.varve.store.log;

/// The log is not what was written: a unit is missing, altered or unreadable.
public final class DamagedLogException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DamagedLogException(String message) {
    super(message);
  }
}
