package dev.varve.proof;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The records of a run in maps, at every position.
final class RuleWorld {
  private final Map<Long, State> positions = new TreeMap<>(Map.of(0L, new State(new TreeMap<>())));

  /// All records by model and id.
  record State(Map<String, Map<String, Map<String, @Nullable Object>>> models) {
    Map<String, Map<String, @Nullable Object>> of(String model) {
      return models.getOrDefault(model, Map.of());
    }

    /// The record, which is known to be there.
    Map<String, @Nullable Object> record(String model, String id) {
      return Objects.requireNonNull(of(model).get(id));
    }

    /// The record with that id, which no two models share.
    Map<String, @Nullable Object> anywhere(String id) throws RuleShapes.Undecided {
      for (Map<String, Map<String, @Nullable Object>> records : models.values()) {
        Map<String, @Nullable Object> found = records.get(id);
        if (found != null) {
          return found;
        }
      }
      throw new RuleShapes.Undecided();
    }

    State copy() {
      Map<String, Map<String, Map<String, @Nullable Object>>> copy = new TreeMap<>();
      models.forEach((model, records) -> {
        Map<String, Map<String, @Nullable Object>> copied = new TreeMap<>();
        records.forEach((id, values) -> copied.put(id, new LinkedHashMap<>(values)));
        copy.put(model, copied);
      });
      return new State(copy);
    }
  }

  State now() {
    return at(last());
  }

  long last() {
    return positions.size() - 1L;
  }

  State at(long position) {
    return Objects.requireNonNull(positions.get(position));
  }

  void put(String model, String id, Map<String, @Nullable Object> values) {
    State next = now().copy();
    Map<String, @Nullable Object> record =
        next.models()
            .computeIfAbsent(model, _ -> new TreeMap<>())
            .computeIfAbsent(id, _ -> new LinkedHashMap<>());
    record.putAll(values);
    record.put("id", id);
    positions.put(last() + 1, next);
  }

  void remove(String model, String id) {
    State next = now().copy();
    Objects.requireNonNull(next.models().get(model)).remove(id);
    next.models()
        .values()
        .forEach(records -> records.values().forEach(values -> values.replace("parent", id, null)));
    positions.put(last() + 1, next);
  }
}
