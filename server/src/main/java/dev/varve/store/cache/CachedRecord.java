package dev.varve.store.cache;

import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.EntityReader;
import dev.varve.schema.record.EntityWriter;

/// A record in memory. It is kept as its JSON, once somebody has asked for that: it takes a third of the memory, it is
/// what most callers want, and single values are read from it as they are needed.
public final class CachedRecord {
  // its keys, and its place in the cache
  private static final int OVERHEAD_BYTES = 200;

  private final Model model;
  private final long version;
  private final long position;
  private volatile Form form;

  private sealed interface Form {
    /// As it was written: whoever commits does not stop to render it.
    record Values(Entity entity) implements Form {}

    record Rendered(byte[] json) implements Form {}
  }

  /// @param position a log position at which the record was as it is here
  public CachedRecord(Entity entity, long position) {
    this.model = entity.model();
    this.version = entity.version();
    this.position = position;
    this.form = new Form.Values(entity);
  }

  public Entity entity() {
    return switch (form) {
      case Form.Values(Entity entity) -> entity;
      case Form.Rendered(byte[] json) -> EntityReader.entity(model, json, version);
    };
  }

  public long position() {
    return position;
  }

  /// All fields as JSON (UTF-8). Shared: not to be changed.
  public byte[] json() {
    return switch (form) {
      case Form.Values(Entity entity) -> {
        // two threads may render at once; they get equal bytes
        byte[] json = EntityWriter.render(entity);
        form = new Form.Rendered(json);
        yield json;
      }
      case Form.Rendered(byte[] json) -> json;
    };
  }

  /// About how much memory it takes as it is now.
  int bytes() {
    return OVERHEAD_BYTES
        + switch (form) {
          case Form.Values(Entity entity) -> entity.bytes();
          case Form.Rendered(byte[] json) -> json.length;
        };
  }
}
