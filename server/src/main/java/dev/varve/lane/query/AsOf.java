package dev.varve.lane.query;

import dev.varve.store.log.UnitInstants;
import dev.varve.store.sql.Database;
import java.time.Instant;

/// Finds the log position that an instant in the past names, once and for all.
@FunctionalInterface
public interface AsOf {
  /// The last position at or before `instant`. No later unit may get an instant at or before it.
  long positionAt(Instant instant);

  /// By what the log holds; exact when nobody is writing.
  static AsOf byLog(Database database) {
    UnitInstants instants = new UnitInstants();
    return instant -> database.lookup(session -> instants.positionAt(session, instant));
  }
}
