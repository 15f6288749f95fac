package dev.varve.proof.history;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A unit of work as the log has it.
///
/// @param atMicros when it was committed, in microseconds since 1970
record LoggedUnit(long position, long atMicros, String requestId, List<Change> changes) {
  /// Between the idempotency key of a write and the number of the attempt, in the id of its request.
  static final char ATTEMPT = '/';

  /// One change, or one that is asked for.
  ///
  /// @param id empty for one that the server is to choose
  /// @param version that the record has afterwards
  /// @param set the fields that differ from before; none for a deletion
  record Change(String operation, String model, String id, long version, Map<String, Object> set) {
    static Change create(String model, String id, Map<String, Object> set) {
      return new Change("CREATE", model, id, 1, set);
    }

    static Change update(String model, String id, long version, Map<String, Object> set) {
      return new Change("UPDATE", model, id, version, set);
    }

    static Change delete(String model, String id, long version) {
      return new Change("DELETE", model, id, version, Map.of());
    }

    /// Whether this is what was asked for.
    boolean is(Change wanted) {
      return operation.equals(wanted.operation)
          && model.equals(wanted.model)
          && (wanted.id.isEmpty() || id.equals(wanted.id))
          && version == wanted.version
          && set.equals(wanted.set);
    }

    @Override
    public String toString() {
      return "%s %s %s v%d %s".formatted(operation, model, id, version, new TreeMap<>(set));
    }
  }

  /// The idempotency key that the request came with.
  String key() {
    int end = requestId.lastIndexOf(ATTEMPT);
    return end < 0 ? requestId : requestId.substring(0, end);
  }

  /// Whether it did what was asked for.
  boolean did(List<Change> wanted) {
    if (changes.size() != wanted.size()) {
      return false;
    }
    for (int i = 0; i < wanted.size(); i++) {
      if (!changes.get(i).is(wanted.get(i))) {
        return false;
      }
    }
    return true;
  }
}
