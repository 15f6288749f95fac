package dev.varve.store.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.schema.CachePolicy;
import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import dev.varve.store.log.Change;
import dev.varve.store.log.Committed;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The records of all models that are kept in memory. The write lane applies each committed unit before
/// it answers, so what is here is never older than what any caller was told.
public final class RecordCache {
  private static final long AWAIT_STEP_NANOS = 20_000;
  // a writer that takes so long between its commit and this has trouble of its own
  private static final long AWAIT_NANOS_MAX = 1_000_000_000;

  private final Map<String, ModelCache> models = new HashMap<>();
  private final AtomicLong head;
  private volatile boolean followed;

  /// @param head the end of the log at the start
  public RecordCache(CacheSettings settings, List<Model> models, long head) {
    this.head = new AtomicLong(head);
    for (Model model : models) {
      this.models.put(model.name(), new ModelCache(settings, model.cache(), head));
    }
  }

  /// The position of the last unit applied. Read it before [#find]: what is found then is the record as
  /// of the later of this position and the record's own.
  public long head() {
    return head.get();
  }

  /// From now on every unit that is committed is applied here, very soon after.
  public void follow() {
    followed = true;
  }

  /// Waits until the unit at `position`, which is committed, is applied. Who reads the database may see a unit
  /// before it is here; without this a record found here next would be older than what was told already.
  public void await(long position) {
    long deadline = System.nanoTime() + AWAIT_NANOS_MAX;
    while (followed && head.get() < position && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(AWAIT_STEP_NANOS);
    }
  }

  /// The last position that changed a record of the model, or an upper bound of it after a start.
  public long lastChange(Model model) {
    return of(model).lastChange;
  }

  /// The record, if it is in memory.
  public @Nullable CachedRecord find(Model model, String id) {
    Cache<String, CachedRecord> records = of(model).records;
    return records == null ? null : records.getIfPresent(id);
  }

  /// Keeps a record that was read from the database, unless it may have changed since.
  ///
  /// @param position the state of the database that the record was read from
  public CachedRecord loaded(Entity entity, long position) {
    CachedRecord record = new CachedRecord(entity, position);
    ModelCache cache = of(entity.model());
    if (cache.records != null) {
      cache
          .records
          .asMap()
          .compute(
              entity.id(),
              (id, present) ->
                  present != null || cache.changedSince(id, position) ? present : record);
    }
    return record;
  }

  /// Applies committed units, in order. Called by the write lane alone.
  public void apply(List<Committed> units) {
    for (Committed unit : units) {
      for (Change change : unit.changes()) {
        of(change.model()).apply(change, unit.position());
      }
      head.set(unit.position());
    }
  }

  /// Forgets everything: the state is that of `position` now, and what changed since is not known.
  public void clear(long position) {
    models.values().forEach(cache -> cache.clear(position));
    head.set(position);
  }

  private ModelCache of(Model model) {
    ModelCache cache = models.get(model.name());
    if (cache == null) {
      throw new IllegalArgumentException("No model named " + model.name());
    }
    return cache;
  }

  /// The records of one model.
  private static final class ModelCache {
    // enough stripes that a busy writer seldom keeps an unrelated record out
    private static final int STRIPES = 1_024;
    // a larger record counts as several, so that memory is bounded whatever is in them
    static final int RECORD_BYTES = 4_096;

    private final CachePolicy.Strategy strategy;
    private final @Nullable Cache<String, CachedRecord> records;
    private final AtomicLongArray lastChangeByStripe = new AtomicLongArray(STRIPES);
    private volatile long lastChange;

    ModelCache(CacheSettings settings, CachePolicy policy, long head) {
      this.strategy = settings.enabled() ? policy.strategy() : CachePolicy.Strategy.NONE;
      this.lastChange = head;
      this.records =
          strategy == CachePolicy.Strategy.NONE
              ? null
              : Caffeine.newBuilder()
                  .maximumWeight(policy.recordsMax())
                  .weigher((String _, CachedRecord record) -> weight(record))
                  .expireAfterWrite(policy.ttl())
                  .build();
    }

    /// As how many records it counts.
    private static int weight(CachedRecord record) {
      return 1 + record.entity().bytes() / RECORD_BYTES;
    }

    void apply(Change change, long position) {
      lastChange = position;
      if (records == null) {
        return;
      }
      String id = change.id();
      // first the mark, then the record: a reader that comes between keeps nothing stale
      lastChangeByStripe.set(stripe(id), position);
      if (change.after() != null && strategy == CachePolicy.Strategy.WRITE_THROUGH) {
        records.put(id, new CachedRecord(change.after(), position));
      } else {
        records.invalidate(id);
      }
    }

    void clear(long position) {
      lastChange = position;
      for (int stripe = 0; stripe < STRIPES; stripe++) {
        lastChangeByStripe.set(stripe, position);
      }
      if (records != null) {
        records.invalidateAll();
      }
    }

    boolean changedSince(String id, long position) {
      return lastChangeByStripe.get(stripe(id)) > position;
    }

    private static int stripe(String id) {
      int hash = id.hashCode();
      return (hash ^ (hash >>> 16)) & (STRIPES - 1);
    }
  }
}
