package dev.varve.lane.live;

import dev.varve.lane.access.AnswerScope;
import dev.varve.lane.access.Caller;
import dev.varve.schema.record.Entity;
import java.util.Optional;
import java.util.Set;

/// What of a caller decides about what it may see.
///
/// @param application through which it asks, if there is one
record ReaderRights(
    Caller.Kind kind,
    Optional<Entity> account,
    Set<String> roles,
    Optional<Caller.Application> application) {
  static ReaderRights of(Caller caller) {
    return new ReaderRights(caller.kind(), caller.account(), caller.roles(), caller.application());
  }

  /// What of them tells apart who sees other things.
  ReaderRights as(AnswerScope viewpoint) {
    return new ReaderRights(
        kind,
        viewpoint.account() ? account : Optional.empty(),
        viewpoint.differs() ? roles : Set.of(),
        viewpoint.differs() ? application : Optional.empty());
  }
}
