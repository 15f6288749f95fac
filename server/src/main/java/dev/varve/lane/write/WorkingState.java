package dev.varve.lane.write;

import dev.varve.kernel.CodePoints;
import dev.varve.lane.expression.Bindings;
import dev.varve.lane.write.Loaded.RecordKey;
import dev.varve.lane.write.Loaded.UniqueKey;
import dev.varve.schema.Field;
import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.record.Entity;
import dev.varve.store.cache.CachedRecord;
import dev.varve.store.cache.RecordCache;
import dev.varve.store.log.Change;
import dev.varve.store.sql.ModelTable;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.StorageException;
import dev.varve.store.state.Records;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/// The state as the commands before left it: what is stored, with the changes of the units of this group
/// that were accepted, and those of the unit being decided, on top.
///
/// Nothing is written to the database before a whole group is decided, so a unit that is refused leaves
/// no trace. Used by the writer thread alone.
final class WorkingState {
  // stored references are read in pages: few when a single one decides, and never too many at once
  private static final int STORED_MIN = 100;
  private static final int STORED_MAX = 1_000;

  private final Session session;
  private final Records records;
  private final RecordCache cache;
  private final DSLContext dialect;
  private final Layer group = new Layer();
  private Layer unit = new Layer();
  // what the units that come next were expected to ask for
  private final Loaded ahead = new Loaded();
  // what the unit being decided has asked for
  private final Loaded loaded = new Loaded();

  WorkingState(Session session, Records records, RecordCache cache, DSLContext dialect) {
    this.session = session;
    this.records = records;
    this.cache = cache;
    this.dialect = dialect;
  }

  private record ReferenceKey(String model, String field, String id) {}

  /// Changes on top of what is stored.
  private static final class Layer {
    private final Map<RecordKey, Optional<Entity>> records = new LinkedHashMap<>();
    private final Map<RecordKey, Long> deletedVersions = new HashMap<>();
    private final List<Entity> versions = new ArrayList<>();
    private final Map<RecordKey, List<Entity>> versionsByRecord = new HashMap<>();
    private int sorted;
    private final Map<UniqueKey, Optional<String>> holders = new HashMap<>();
    // records that referred to another one after some change; a later one may have ended that
    private final Map<ReferenceKey, Set<String>> referring = new HashMap<>();

    /// Only who restores asks for versions, so they are sorted by record when somebody does.
    List<Entity> versions(RecordKey key) {
      for (; sorted < versions.size(); sorted++) {
        Entity entity = versions.get(sorted);
        versionsByRecord
            .computeIfAbsent(RecordKey.of(entity.model(), entity.id()), absent -> new ArrayList<>())
            .add(entity);
      }
      return versionsByRecord.getOrDefault(key, List.of());
    }

    void addAll(Layer other) {
      records.putAll(other.records);
      deletedVersions.putAll(other.deletedVersions);
      versions.addAll(other.versions);
      holders.putAll(other.holders);
      other.referring.forEach(
          (key, ids) -> referring.computeIfAbsent(key, absent -> new HashSet<>()).addAll(ids));
    }
  }

  /// Forgets what the unit before did, when it was refused.
  void startUnit() {
    unit = new Layer();
    // a group may have many units, and what one asks for another seldom does
    loaded.clear();
  }

  /// Keeps what the unit did for the units after it.
  void acceptUnit() {
    group.addAll(unit);
    unit = new Layer();
  }

  Optional<Entity> find(Model model, String id) {
    RecordKey key = RecordKey.of(model, id);
    Optional<Entity> changed = unit.records.get(key);
    if (changed == null) {
      changed = group.records.get(key);
    }
    return changed != null ? changed : stored(model, id);
  }

  private Optional<Entity> stored(Model model, String id) {
    RecordKey key = RecordKey.of(model, id);
    return loaded.record(key, () -> ahead.record(key, () -> cachedOrStored(model, id)));
  }

  private Optional<Entity> cachedOrStored(Model model, String id) {
    CachedRecord cached = cache.find(model, id);
    return cached != null
        ? Optional.of(cached.entity())
        : query(() -> records.find(session, model, id));
  }

  /// Reads at once what commands are going to ask for one by one: records as they are stored, and where there is
  /// none, whether there ever was.
  void load(Model model, Collection<String> ids) {
    List<String> wanted =
        ids.stream()
            .distinct()
            .filter(id -> !isTouched(model, id) && cache.find(model, id) == null)
            .toList();
    query(() -> {
      loaded.readRecords(
          session,
          records,
          model,
          model.history() ? loaded.readLastVersions(session, records, model, wanted) : wanted);
      return wanted;
    });
  }

  /// Reads at once what units are going to ask for one by one, in the place of what was read for those before.
  void prefetch(Schema schema, List<UnitOfWork> units) {
    ahead.clear();
    query(() -> {
      new Prefetch(schema, session, records, cache, ahead).read(units);
      return units;
    });
  }

  /// A version of a record, whether it still holds or not.
  ///
  /// @param related finds the records around it, as they were when the unit that made it had been written, or at the
  ///     moment that was asked about; those of which that cannot be told are absent
  record Past(Entity entity, Bindings.Related related) {}

  /// One version of a record.
  Optional<Past> version(Model model, String id, long version) {
    RecordKey key = RecordKey.of(model, id);
    Optional<Entity> own = version(unit, key, version);
    if (own.isPresent()) {
      return own.map(entity -> new Past(entity, this::find));
    }
    Optional<Entity> others = version(group, key, version);
    if (others.isPresent()) {
      return others.map(entity -> new Past(entity, this::findUntouched));
    }
    return query(() -> records.findVersion(session, model, id, version))
        .map(entity -> new Past(entity, storedThen(entity, positionOf(entity))));
  }

  /// The version of a record that held after a position, with the records around it of that position.
  ///
  /// @param position of a unit that is stored, so none of this group
  Optional<Past> versionAt(Model model, String id, long position) {
    return query(() -> records.findAsOf(session, model, id, position))
        .map(entity -> new Past(entity, storedThen(entity, position)));
  }

  private static Optional<Entity> version(Layer layer, RecordKey key, long version) {
    return layer.versions(key).stream().filter(entity -> entity.version() == version).findFirst();
  }

  /// A record that no unit of this group has changed: of the others it is not known what they were in between.
  private Optional<Entity> findUntouched(Model model, String id) {
    return isTouched(model, id) ? Optional.empty() : stored(model, id);
  }

  private boolean isTouched(Model model, String id) {
    RecordKey key = RecordKey.of(model, id);
    return unit.records.containsKey(key) || group.records.containsKey(key);
  }

  private long positionOf(Entity version) {
    return query(
            () -> records.positionOf(session, version.model(), version.id(), version.version()))
        .orElseThrow();
  }

  private Bindings.Related storedThen(Entity version, long position) {
    return (model, id) ->
        query(() -> records.findThen(session, model, id, position, version.updatedAt()))
            .filter(_ -> model.history() || !isTouched(model, id));
  }

  /// The last version of a record that is deleted; absent when there never was one, as far as history goes.
  Optional<Past> lastVersion(Model model, String id) {
    long next = firstVersion(model, id);
    // the deletion took the version in between
    return next == 1 ? Optional.empty() : version(model, id, next - 2);
  }

  /// The version that a record gets when it is made: 1, or beyond all that a deleted one of that id had.
  long firstVersion(Model model, String id) {
    if (!model.history()) {
      // nothing is known of a deleted one, however short ago that was
      return 1;
    }
    RecordKey key = RecordKey.of(model, id);
    Long deleted = unit.deletedVersions.getOrDefault(key, group.deletedVersions.get(key));
    if (deleted != null) {
      return deleted + 1;
    }
    // the deletion took the version after the last one
    long last = storedLastVersion(model, id, key);
    return last == 0 ? 1 : last + 2;
  }

  private long storedLastVersion(Model model, String id, RecordKey key) {
    Long known = loaded.lastVersion(key);
    if (known == null) {
      known = ahead.lastVersion(key);
    }
    if (known != null) {
      return known;
    }
    long last = query(() -> records.lastVersion(session, model, id));
    loaded.addLastVersion(key, last);
    return last;
  }

  /// The record that holds these values of a unique index, if any does.
  Optional<String> holder(Index index, Entity entity) {
    UniqueKey key = uniqueKey(index, entity);
    if (key == null) {
      return Optional.empty();
    }
    Optional<String> holder = unit.holders.get(key);
    if (holder == null) {
      holder = group.holders.get(key);
    }
    return holder != null
        ? holder
        : loaded.holder(key, () -> ahead.holder(key, () -> storedHolder(key, index, entity)));
  }

  private Optional<String> storedHolder(UniqueKey key, Index index, Entity entity) {
    Optional<String> holder = query(() -> records.holder(session, index, entity));
    loaded.add(key, holder);
    return holder;
  }

  private static @Nullable UniqueKey uniqueKey(Index index, Entity entity) {
    return index.key(entity::value).map(values -> new UniqueKey(index, values)).orElse(null);
  }

  /// The records whose field refers to the record `id`, by id, at most `limit` of them.
  List<Entity> referring(Schema.Reference reference, String id, int limit) {
    Map<String, Entity> found = new TreeMap<>(CodePoints::compare);
    ReferenceKey key = new ReferenceKey(reference.model().name(), reference.field().name(), id);
    for (Layer layer : List.of(group, unit)) {
      addReferring(reference, id, layer.referring.getOrDefault(key, Set.of()), found);
    }
    // those that are stored may refer to another record by now, so there is no telling how many to
    // read
    int page = Math.clamp(limit, STORED_MIN, STORED_MAX);
    String after = "";
    while (found.size() < limit) {
      List<String> stored = storedReferring(reference, id, after, page);
      addReferring(reference, id, stored, found);
      if (stored.size() < page) {
        break;
      }
      after = stored.getLast();
    }
    return found.values().stream().limit(limit).toList();
  }

  private void addReferring(
      Schema.Reference reference,
      String id,
      Collection<String> candidates,
      Map<String, Entity> found) {
    for (String candidate : candidates) {
      find(reference.model(), candidate)
          .filter(entity -> id.equals(entity.value(reference.field())))
          .ifPresent(entity -> found.put(candidate, entity));
    }
  }

  private List<String> storedReferring(
      Schema.Reference reference, String id, String after, int limit) {
    String idColumn = dialect.render(ModelTable.column(reference.model().id()));
    String sql =
        "SELECT %s FROM %s WHERE %s = ? AND %s > ? ORDER BY %s LIMIT ?"
            .formatted(
                idColumn,
                dialect.render(ModelTable.current(reference.model())),
                dialect.render(ModelTable.column(reference.field())),
                idColumn,
                idColumn);
    return query(
        () -> session.list(sql, List.of(id, after, (long) limit), row -> row.getString(1)));
  }

  /// Adds a change of the unit being decided.
  void apply(Change change) {
    RecordKey key = RecordKey.of(change.model(), change.id());
    unit.records.put(key, Optional.ofNullable(change.after()));
    for (Index index : change.model().uniques()) {
      release(index, change.before(), change.id());
    }
    if (change.after() == null) {
      unit.deletedVersions.put(key, change.version());
      return;
    }
    unit.versions.add(change.after());
    addReferences(change.after());
    for (Index index : change.model().uniques()) {
      UniqueKey taken = uniqueKey(index, change.after());
      if (taken != null) {
        unit.holders.put(taken, Optional.of(change.id()));
      }
    }
  }

  private void addReferences(Entity entity) {
    for (Field field : entity.model().fields()) {
      if (field.relation().isPresent() && entity.value(field) instanceof String target) {
        unit.referring
            .computeIfAbsent(
                new ReferenceKey(entity.model().name(), field.name(), target),
                absent -> new HashSet<>())
            .add(entity.id());
      }
    }
  }

  private void release(Index index, @Nullable Entity before, String id) {
    UniqueKey key = before == null ? null : uniqueKey(index, before);
    if (key != null && unit.holders.getOrDefault(key, Optional.of(id)).equals(Optional.of(id))) {
      unit.holders.put(key, Optional.empty());
    }
  }

  @FunctionalInterface
  private interface Lookup<T> {
    T run() throws SQLException;
  }

  private static <T> T query(Lookup<T> lookup) {
    try {
      return lookup.run();
    } catch (SQLException e) {
      throw new StorageException("Reading the current state failed", e);
    }
  }
}
