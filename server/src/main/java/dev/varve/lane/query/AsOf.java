package dev.varve.lane.query;

import dev.varve.store.log.LogEpochs;
import dev.varve.store.log.UnitInstants;
import dev.varve.store.sql.Database;
import java.time.Instant;

/// Finds the log position that a moment in the past names, once and for all.
public interface AsOf {
  /// The last position at or before `instant`. No later unit may get an instant at or before it.
  long positionAt(Instant instant);

  /// By which it is known whether a position is still what it was.
  LogEpochs epochs();

  /// By what the log holds; exact when nobody is writing.
  static AsOf byLog(Database database) {
    LogEpochs epochs = new LogEpochs();
    database.read(session -> {
      epochs.read(session);
      return true;
    });
    return new ByLog(database, epochs, new UnitInstants());
  }

  /// By what the log holds.
  record ByLog(Database database, LogEpochs epochs, UnitInstants instants) implements AsOf {
    @Override
    public long positionAt(Instant instant) {
      return database.lookup(session -> instants.positionAt(session, instant));
    }
  }
}
