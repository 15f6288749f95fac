package dev.varve.lane.query;

import java.util.Optional;

/// What became of a request for a page by somebody who may have it already.
public sealed interface ListAnswer {
  /// Whether another caller may get another answer.
  boolean differs();

  /// The caller has it.
  record Unchanged(ListTag tag, boolean differs) implements ListAnswer {}

  /// @param tag stays the same while the answer does; absent when that changes with time alone
  record Changed(Page page, Optional<ListTag> tag, boolean differs) implements ListAnswer {}
}
