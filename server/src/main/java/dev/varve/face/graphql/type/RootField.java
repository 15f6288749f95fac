package dev.varve.face.graphql.type;

import dev.varve.schema.Model;

/// What a field at the root of an operation asks for.
public sealed interface RootField {
  /// Something to read.
  sealed interface Reading extends RootField {}

  /// Something to change.
  sealed interface Changing extends RootField {
    Model model();
  }

  /// `user(id:)`.
  record One(Model model) implements Reading {}

  /// `users(limit:, cursor:, where:, orderBy:)`.
  record Many(Model model) implements Reading {}

  /// `usersConnection(first:, after:, where:, orderBy:)`.
  record Connection(Model model) implements Reading {}

  /// `userHistory(id:, limit:, beforeVersion:)`.
  record History(Model model) implements Reading {}

  /// `node(id:)`.
  record Node() implements Reading {}

  /// `userChanged(id:, where:, after:)`.
  record Changed(Model model) implements RootField {}

  /// `createUser(input:)`.
  record Create(Model model) implements Changing {}

  /// `updateUser(id:, input:, expectedVersion:)`.
  record Update(Model model) implements Changing {}

  /// `deleteUser(id:, expectedVersion:)`.
  record Delete(Model model) implements Changing {}

  /// `restoreUser(id:, version:, asOf:, expectedVersion:)`.
  record Restore(Model model) implements Changing {}
}
