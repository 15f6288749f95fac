package dev.varve.lane.write;

import dev.varve.store.log.Change;
import java.sql.SQLException;
import java.util.List;

/// What follows from the changes of a unit, whoever asked for them, and is written with them.
@FunctionalInterface
public interface UnitTrigger {
  UnitTrigger NONE = (_, _) -> {};

  /// Called once for each unit that changes records. It refuses nothing: a Problem thrown here is a bug.
  ///
  /// @param changes of the unit, in order
  void after(List<Change> changes, WriteContext write) throws SQLException;
}
