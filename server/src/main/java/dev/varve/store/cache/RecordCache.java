package dev.varve.store.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.varve.schema.CachePolicy;
import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import dev.varve.store.log.Change;
import dev.varve.store.log.Committed;
import dev.varve.telemetry.Counter;
import dev.varve.telemetry.Counters;
import dev.varve.telemetry.Metrics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/// The records of all models that are kept in memory. What this process commits is applied before it is answered, so what is
/// here is never older than what any of its callers was told. What other nodes commit follows within moments, and while that is
/// not known for sure, nothing is found here.
public final class RecordCache {
  private final Map<String, ModelCache> models = new HashMap<>();
  // of all models without a bound of their own
  private final Cache<Key, CachedRecord> shared;
  private final AtomicLong head;
  private final Counter hits;
  private final Counter misses;
  private volatile Upkeep upkeep = Upkeep.NONE;

  private record Key(String model, String id) {}

  /// Keeps a cache up to the log.
  public interface Upkeep {
    /// Of a cache into which nothing is put.
    Upkeep NONE =
        new Upkeep() {
          @Override
          public boolean isCurrent() {
            return true;
          }

          @Override
          public void reach(long position) {
            // there is nothing that could be old
          }
        };

    /// Whether everything is applied that was committed a moment ago, whoever did it. Asked with every read.
    boolean isCurrent();

    /// Applies what is committed up to a position that is in the log.
    void reach(long position);
  }

  /// @param head the end of the log at the start
  public RecordCache(CacheSettings settings, List<Model> models, long head) {
    this(settings, models, head, Metrics.NONE);
  }

  /// The same, counting what is found.
  public RecordCache(CacheSettings settings, List<Model> models, long head, Metrics metrics) {
    Counters lookups =
        metrics.counters("varve_cache_requests", "Records looked for in memory.", "result");
    this.hits = lookups.of("hit");
    this.misses = lookups.of("miss");
    this.head = new AtomicLong(head);
    this.shared =
        Caffeine.newBuilder()
            .maximumWeight(settings.bytesMax())
            .weigher((Key _, CachedRecord record) -> record.bytes())
            .expireAfter(Expiry.writing((Key key, CachedRecord _) -> ttl(key)))
            .build();
    for (Model model : models) {
      this.models.put(model.name(), new ModelCache(settings, model, head, shared));
    }
  }

  private Duration ttl(Key key) {
    return Objects.requireNonNull(models.get(key.model())).policy.ttl();
  }

  /// The position of the last unit applied. Read it before [#find]: what is found then is the record as
  /// of the later of this position and the record's own.
  public long head() {
    return head.get();
  }

  /// From now on every unit that is committed is applied here, very soon after.
  public void follow(Upkeep by) {
    upkeep = by;
  }

  /// Sees to it that the unit at `position`, which is committed, is applied. Who reads the database may see a unit
  /// before it is here; without this a record found here next would be older than what was told already.
  public void await(long position) {
    if (head.get() < position) {
      upkeep.reach(position);
    }
  }

  /// Whether [#head] and [#lastChange] are those of a moment ago, whoever has committed since.
  public boolean isCurrent() {
    return upkeep.isCurrent();
  }

  /// The last position that changed a record of the model, or an upper bound of it after a start.
  public long lastChange(Model model) {
    return of(model).lastChange;
  }

  /// The record, if it is in memory.
  public @Nullable CachedRecord find(Model model, String id) {
    CachedRecord found = peek(model, id);
    (found == null ? misses : hits).add();
    return found;
  }

  /// What [#find] would find, without being counted.
  public @Nullable CachedRecord peek(Model model, String id) {
    Cache<Key, CachedRecord> records = of(model).records;
    return records == null || !upkeep.isCurrent()
        ? null
        : records.getIfPresent(new Key(model.name(), id));
  }

  /// The record as it was after the unit at `position`, if it is in memory and known to have been so then.
  public @Nullable CachedRecord find(Model model, String id, long position) {
    // in this order: what is found then holds up to the later of both positions at least
    long reached = head.get();
    CachedRecord record = find(model, id);
    return record != null
            && record.position() <= position
            && position <= Math.max(reached, record.position())
        ? record
        : null;
  }

  /// Whether records of the model are kept at all.
  public boolean keeps(Model model) {
    return of(model).records != null;
  }

  /// Keeps a record that was read from the database, unless it may have changed since.
  ///
  /// @param position the state of the database that the record was read from
  public CachedRecord loaded(Entity entity, long position) {
    CachedRecord record = new CachedRecord(entity, position);
    ModelCache cache = of(entity.model());
    if (cache.records != null) {
      // before it is weighed
      record.json();
      cache
          .records
          .asMap()
          .compute(
              new Key(entity.model().name(), entity.id()),
              (key, present) ->
                  present != null || cache.changedSince(key.id(), position) ? present : record);
    }
    return record;
  }

  /// Applies units that this process has committed, in order.
  public void apply(List<Committed> units) {
    for (Committed unit : units) {
      for (Change change : unit.changes()) {
        of(change.model()).apply(change, unit.position());
      }
      head.set(unit.position());
    }
  }

  /// Forgets a record that another process has changed.
  ///
  /// @param position of the unit that did; [#reached] tells when all of the unit is forgotten
  public void forget(Model model, String id, long position) {
    of(model).forget(id, position);
  }

  /// Everything up to a position is applied or forgotten.
  public void reached(long position) {
    head.set(position);
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

    private final String name;
    private final CachePolicy policy;
    private final @Nullable Cache<Key, CachedRecord> records;
    private final AtomicLongArray lastChangeByStripe = new AtomicLongArray(STRIPES);
    private volatile long lastChange;

    ModelCache(CacheSettings settings, Model model, long head, Cache<Key, CachedRecord> shared) {
      this.name = model.name();
      this.policy = model.cache();
      this.lastChange = head;
      boolean keeps = settings.enabled() && policy.strategy() != CachePolicy.Strategy.NONE;
      this.records = keeps ? records(policy, shared) : null;
    }

    private static Cache<Key, CachedRecord> records(
        CachePolicy policy, Cache<Key, CachedRecord> shared) {
      return policy.recordsMax().isEmpty()
          ? shared
          : Caffeine.newBuilder()
              .maximumWeight(policy.recordsMax().getAsLong())
              .weigher((Key _, CachedRecord record) -> 1 + record.bytes() / RECORD_BYTES)
              .expireAfterWrite(policy.ttl())
              .build();
    }

    void apply(Change change, long position) {
      lastChange = position;
      if (records == null) {
        return;
      }
      Key key = new Key(change.model().name(), change.id());
      // first the mark, then the record: a reader that comes between keeps nothing stale
      lastChangeByStripe.set(stripe(key.id()), position);
      if (change.after() != null && policy.strategy() == CachePolicy.Strategy.WRITE_THROUGH) {
        records.put(key, new CachedRecord(change.after(), position));
      } else {
        records.invalidate(key);
      }
    }

    void forget(String id, long position) {
      lastChange = position;
      if (records != null) {
        // in this order, as above
        lastChangeByStripe.set(stripe(id), position);
        records.invalidate(new Key(name, id));
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
