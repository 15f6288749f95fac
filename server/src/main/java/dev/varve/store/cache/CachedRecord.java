package dev.varve.store.cache;

import dev.varve.schema.record.Entity;
import dev.varve.schema.record.EntityWriter;
import org.jspecify.annotations.Nullable;

/// A record in memory, with its JSON once somebody has asked for it.
public final class CachedRecord {
  private final Entity entity;
  private final long position;
  private volatile byte @Nullable [] json;

  /// @param position a log position at which the record was as it is here
  public CachedRecord(Entity entity, long position) {
    this.entity = entity;
    this.position = position;
  }

  public Entity entity() {
    return entity;
  }

  public long position() {
    return position;
  }

  /// All fields as JSON (UTF-8). Shared: not to be changed.
  public byte[] json() {
    byte[] rendered = json;
    if (rendered == null) {
      // two threads may render at once; they get equal bytes
      rendered = EntityWriter.render(entity);
      json = rendered;
    }
    return rendered;
  }
}
