package dev.varve.store.log;

import java.sql.SQLException;
import java.util.List;

/// A commit was sent, and what came back is not that it was done: the connection was lost before, or the database could not do all
/// that a commit takes. The units may be in the log.
public final class CommitInDoubt extends SQLException {
  private static final long serialVersionUID = 1L;

  private final transient List<Committed> units;
  private final transient Head head;

  CommitInDoubt(List<Committed> units, Head head, SQLException cause) {
    super("A commit is in doubt: " + cause.getMessage(), cause.getSQLState(), cause);
    this.units = List.copyOf(units);
    this.head = head;
  }

  /// What was to be committed; nothing where only rows were that no log keeps.
  public List<Committed> units() {
    return units;
  }

  /// The end of the log with these units.
  public Head head() {
    return head;
  }
}
