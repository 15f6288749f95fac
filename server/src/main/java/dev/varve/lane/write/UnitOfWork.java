package dev.varve.lane.write;

import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Command;
import java.util.List;
import java.util.Optional;

/// Commands that are committed as one or refused as one. Each sees the effects of those before it.
///
/// @param requestId the request that the log names as their origin
public record UnitOfWork(
    List<Authorized<Command>> commands, String requestId, Optional<Idempotency> idempotency) {
  public UnitOfWork {
    commands = List.copyOf(commands);
    if (commands.isEmpty()) {
      throw new IllegalArgumentException("A unit of work has at least one command");
    }
  }
}
