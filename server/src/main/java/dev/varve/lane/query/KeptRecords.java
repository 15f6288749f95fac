package dev.varve.lane.query;

import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import dev.varve.store.cache.CachedRecord;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Records of a view by their ids, in order: from memory where they are known to be there as of its moment, the others
/// from the database, a few at a time, so that no more is read than is asked for.
final class KeptRecords {
  // a page that is full of the largest records ends in between
  private static final int READ_AT_ONCE_MAX = 16;
  // records are held twice while they are rendered, and no allowance knows of those yet that a page
  // ends before
  private static final long READ_BYTES_MAX = 256 * 1024;

  private final ReadContext view;
  private final Model model;
  private final List<String> ids;
  private final @Nullable CachedRecord[] found;
  private int next;

  /// @param ids of records that there are at the moment of the view, which is now
  KeptRecords(ReadContext view, Model model, List<String> ids) {
    this.view = view;
    this.model = model;
    this.ids = ids;
    this.found = new CachedRecord[ids.size()];
    for (int i = 0; i < found.length; i++) {
      found[i] = view.cache().find(model, ids.get(i), view.position());
    }
  }

  boolean hasNext() {
    return next < found.length;
  }

  CachedRecord next() throws SQLException {
    CachedRecord record = found[next];
    if (record == null) {
      read();
      record = found[next];
    }
    if (record == null) {
      throw new IllegalStateException(
          "An index of %s has an entry of '%s', which is not there"
              .formatted(model.name(), ids.get(next)));
    }
    found[next] = null;
    next++;
    return record;
  }

  /// Reads the next records that are missing: as many as are small, or the one that is due.
  private void read() throws SQLException {
    Map<String, Integer> missing = new HashMap<>();
    for (int i = next; i < found.length && missing.size() < READ_AT_ONCE_MAX; i++) {
      if (found[i] == null) {
        missing.put(ids.get(i), i);
      }
    }
    keep(missing, view.records().findUntil(view.session(), model, missing.keySet(), fills()));
    if (found[next] == null && missing.size() > 1) {
      view.records()
          .find(view.session(), model, ids.get(next))
          .ifPresent(entity -> keep(missing, List.of(entity)));
    }
  }

  private static Predicate<Entity> fills() {
    long[] bytes = {0};
    return entity -> {
      bytes[0] += entity.bytes();
      return bytes[0] > READ_BYTES_MAX;
    };
  }

  private void keep(Map<String, Integer> places, List<Entity> entities) {
    for (Entity entity : entities) {
      Integer place = places.get(entity.id());
      if (place != null) {
        found[place] = view.cache().loaded(entity, view.position());
      }
    }
  }
}
