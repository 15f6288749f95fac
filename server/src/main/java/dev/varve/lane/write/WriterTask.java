package dev.varve.lane.write;

import java.sql.SQLException;

/// What is decided on the writer's thread, in the transaction of a group: rows that no log keeps, and commands
/// that depend on them. All of it is committed or refused as one, like a [UnitOfWork].
///
/// It runs again from the start when another unit spoils the group, so it changes nothing but through the [WriteContext].
///
/// @param <T> what it finds out
@FunctionalInterface
public interface WriterTask<T> {
  /// @throws dev.varve.kernel.Problem to refuse; nothing of it is written then
  T run(WriteContext write) throws SQLException;
}
