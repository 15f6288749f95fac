package dev.varve.store.log;

import java.time.Instant;
import java.util.List;

/// A unit of work that is durably in the log. Only the log makes one, and hands it
/// out only after the database has committed.
public final class Committed {
  private final long position;
  private final Instant at;
  private final String actor;
  private final String requestId;
  private final List<Change> changes;

  Committed(long position, Instant at, String actor, String requestId, List<Change> changes) {
    this.position = position;
    this.at = at;
    this.actor = actor;
    this.requestId = requestId;
    this.changes = List.copyOf(changes);
  }

  public long position() {
    return position;
  }

  public Instant at() {
    return at;
  }

  public String actor() {
    return actor;
  }

  public String requestId() {
    return requestId;
  }

  /// What it changed, in order.
  public List<Change> changes() {
    return changes;
  }
}
