package dev.varve.proof.history;

import dev.varve.proof.history.LoggedUnit.Change;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The records at every position of a log, as replaying it from the start gives them.
final class Replay {
  private final Map<String, Map<String, NavigableMap<Long, Version>>> models = new HashMap<>();
  // the ids of all records that ever had that value in a field
  private final Map<String, Map<Map.Entry<String, Object>, Set<String>>> byValue = new HashMap<>();
  // the last position of each instant
  private final TreeMap<Long, Long> instants = new TreeMap<>();
  private long end;

  /// A record from one of its changes until the next.
  ///
  /// @param values by field
  record Version(
      String id, long version, boolean deleted, long atMicros, Map<String, Object> values) {
    /// Whether an answer shows it so.
    boolean isShownAs(Map<String, Object> record) {
      return id.equals(record.get("id"))
          && Long.valueOf(version).equals(record.get("version"))
          && record.get("updatedAt") instanceof String at
          && micros(Instant.parse(at)) == atMicros
          && values.entrySet().stream()
              .allMatch(value -> value.getValue().equals(record.get(value.getKey())));
    }

    @Override
    public String toString() {
      return "%s v%d %s".formatted(id, version, deleted ? "deleted" : new TreeMap<>(values));
    }

    boolean has(Map<String, Object> where) {
      return where.entrySet().stream()
          .allMatch(value ->
              value.getKey().equals("id")
                  ? value.getValue().equals(id)
                  : value.getValue().equals(values.get(value.getKey())));
    }
  }

  static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  /// The last position.
  long end() {
    return end;
  }

  /// Goes on with the next unit.
  ///
  /// @return what no log may have
  List<String> add(LoggedUnit unit) {
    List<String> wrong = new ArrayList<>();
    if (unit.position() != end + 1) {
      wrong.add("Behind position %d comes %d".formatted(end, unit.position()));
    }
    if (!instants.isEmpty() && unit.atMicros() < instants.lastKey()) {
      wrong.add("Position %d is older than the one before".formatted(unit.position()));
    }
    end = unit.position();
    instants.put(unit.atMicros(), end);
    for (Change change : unit.changes()) {
      add(change, unit, wrong);
    }
    return wrong;
  }

  private void add(Change change, LoggedUnit unit, List<String> wrong) {
    Optional<Version> before = latest(change.model(), change.id());
    long version = before.map(Version::version).orElse(0L) + 1;
    boolean there = before.isPresent() && !before.get().deleted();
    if (change.version() != version || there == change.operation().equals("CREATE")) {
      wrong.add(
          "Position %d has %s, of a record that was %s"
              .formatted(
                  unit.position(), change, before.map(Version::toString).orElse("not there")));
    }
    Map<String, Object> values = new HashMap<>(before.map(Version::values).orElse(Map.of()));
    values.putAll(change.set());
    versions(change.model())
        .computeIfAbsent(change.id(), _ -> new TreeMap<>())
        .put(
            unit.position(),
            new Version(
                change.id(),
                change.version(),
                change.operation().equals("DELETE"),
                unit.atMicros(),
                values));
    change
        .set()
        .entrySet()
        .forEach(value ->
            byValue
                .computeIfAbsent(change.model(), _ -> new HashMap<>())
                .computeIfAbsent(Map.entry(value.getKey(), value.getValue()), _ -> new HashSet<>())
                .add(change.id()));
  }

  private Map<String, NavigableMap<Long, Version>> versions(String model) {
    return models.computeIfAbsent(model, _ -> new TreeMap<>());
  }

  private Optional<Version> latest(String model, String id) {
    return Optional.ofNullable(versions(model).get(id)).map(all -> all.lastEntry().getValue());
  }

  /// The record at a position, if it is there then.
  Optional<Version> at(String model, String id, long position) {
    return Optional.ofNullable(versions(model).get(id))
        .map(all -> all.floorEntry(position))
        .map(Map.Entry::getValue)
        .filter(version -> !version.deleted());
  }

  /// Whether the record has another version than this one, or is not there, at a position or at any behind it.
  boolean isOther(String model, String id, long version, long position) {
    return at(model, id, position).filter(now -> now.version() == version).isEmpty()
        || !versions(model).get(id).tailMap(position, false).isEmpty();
  }

  /// The records of a model at a position for which fields have these values, by their ids.
  Map<String, Version> where(String model, Map<String, Object> where, long position) {
    Map<String, Version> found = new TreeMap<>();
    for (String id : candidates(model, where)) {
      at(model, id, position)
          .filter(version -> version.has(where))
          .ifPresent(version -> found.put(id, version));
    }
    return found;
  }

  private Set<String> candidates(String model, Map<String, Object> where) {
    if (where.isEmpty()) {
      return versions(model).keySet();
    }
    Map.Entry<String, Object> first = where.entrySet().iterator().next();
    return first.getKey().equals("id")
        ? Set.of((String) first.getValue())
        : byValue.getOrDefault(model, Map.of()).getOrDefault(first, Set.of());
  }

  /// The last position that was committed at an instant or before; 0 for none.
  long positionAt(long micros) {
    Map.Entry<Long, Long> last = instants.floorEntry(micros);
    return last == null ? 0 : last.getValue();
  }
}
