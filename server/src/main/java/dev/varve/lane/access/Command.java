package dev.varve.lane.access;

import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import dev.varve.schema.record.Input;

/// One change that a caller asks for.
public sealed interface Command {
  Model model();

  /// The record it is about; for [Create] the id that the new record gets.
  String id();

  /// What has to be allowed for it.
  Operation operation();

  /// Makes a record.
  ///
  /// @param idGiven whether the caller chose the id, so that it may be taken already
  record Create(Model model, String id, boolean idGiven, Input input) implements Command {
    @Override
    public Operation operation() {
      return Operation.CREATE;
    }
  }

  /// Gives every field of a record a new value.
  record Replace(Model model, String id, Input input, Precondition precondition)
      implements Command {
    @Override
    public Operation operation() {
      return Operation.UPDATE;
    }
  }

  /// Changes the given fields of a record (RFC 7396).
  record Merge(Model model, String id, Input input, Precondition precondition) implements Command {
    @Override
    public Operation operation() {
      return Operation.UPDATE;
    }
  }

  /// Removes a record.
  record Delete(Model model, String id, Precondition precondition) implements Command {
    @Override
    public Operation operation() {
      return Operation.DELETE;
    }
  }

  /// Writes an older version back as a new change; brings a deleted record back.
  record Restore(Model model, String id, OlderVersion version, Precondition precondition)
      implements Command {
    @Override
    public Operation operation() {
      return Operation.UPDATE;
    }
  }
}
