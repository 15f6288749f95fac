package dev.varve.live;

import dev.varve.access.Caller;
import dev.varve.access.Viewpoint;
import dev.varve.schema.Entity;
import java.util.Optional;
import java.util.Set;

/// What of a caller decides about what it may see.
record Rights(Caller.Kind kind, Optional<Entity> account, Set<String> roles) {
  static Rights of(Caller caller) {
    return new Rights(caller.kind(), caller.account(), caller.roles());
  }

  /// What of them tells apart who sees other things.
  Rights as(Viewpoint viewpoint) {
    return new Rights(
        kind,
        viewpoint.account() ? account : Optional.empty(),
        viewpoint.differs() ? roles : Set.of());
  }
}
