package dev.varve.lane.write;

import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import dev.varve.store.sql.Session;
import dev.varve.store.state.Records;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What is stored, as far as somebody has asked for it. It stays so until the group is written. Used by the writer thread alone.
final class Loaded {
  private final Map<RecordKey, Optional<Entity>> records = new HashMap<>();
  // 0 where there never was one
  private final Map<RecordKey, Long> lastVersions = new HashMap<>();
  private final Map<UniqueKey, Optional<String>> holders = new HashMap<>();

  record RecordKey(String model, String id) {
    static RecordKey of(Model model, String id) {
      return new RecordKey(model.name(), id);
    }
  }

  record UniqueKey(Index index, List<Object> values) {}

  void clear() {
    records.clear();
    lastVersions.clear();
    holders.clear();
  }

  /// Whether it is known if there is a record.
  boolean knows(RecordKey key) {
    return records.containsKey(key);
  }

  /// The record, if there is one.
  ///
  /// @param stored tells where that is not known
  Optional<Entity> record(RecordKey key, Supplier<Optional<Entity>> stored) {
    Optional<Entity> known = records.get(key);
    return known != null ? known : stored.get();
  }

  /// The last version that a record ever had, if that is known; 0 where there never was one.
  @Nullable Long lastVersion(RecordKey key) {
    return lastVersions.get(key);
  }

  /// Who holds values of a unique index, if anybody does.
  ///
  /// @param stored tells where that is not known
  Optional<String> holder(UniqueKey key, Supplier<Optional<String>> stored) {
    Optional<String> known = holders.get(key);
    return known != null ? known : stored.get();
  }

  void add(RecordKey key, Optional<Entity> record) {
    records.put(key, record);
  }

  void add(UniqueKey key, Optional<String> holder) {
    holders.put(key, holder);
  }

  void addLastVersion(RecordKey key, long version) {
    lastVersions.put(key, version);
    if (version == 0) {
      records.put(key, Optional.empty());
    }
  }

  /// Reads the last versions of records, where history is kept.
  ///
  /// @return the ids of those that a record ever had
  Collection<String> readLastVersions(
      Session session, Records stored, Model model, Collection<String> ids) throws SQLException {
    Map<String, Long> last = stored.lastVersions(session, model, ids);
    ids.forEach(id -> addLastVersion(RecordKey.of(model, id), last.getOrDefault(id, 0L)));
    return last.keySet();
  }

  /// Reads records, and which of them there are not.
  void readRecords(Session session, Records stored, Model model, Collection<String> ids)
      throws SQLException {
    ids.forEach(id -> records.put(RecordKey.of(model, id), Optional.empty()));
    for (Entity entity : stored.findAll(session, model, ids)) {
      records.put(RecordKey.of(model, entity.id()), Optional.of(entity));
    }
  }
}
