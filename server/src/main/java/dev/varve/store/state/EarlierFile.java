package dev.varve.store.state;

import dev.varve.store.sql.Database;

/// What becomes of a schema file that was applied to the data before, and others after it.
public enum EarlierFile {
  /// It is applied once more, as a new version: whoever has it there means it.
  APPLIED,
  /// It is one that was left behind: the data keep the newest schema, and that is served.
  LEFT_BEHIND;

  /// The rule where nobody says otherwise. Several nodes have a file each, and an old one would undo what a newer one did; where one
  /// process has the data, its file is what is meant.
  public static EarlierFile at(Database database) {
    return database.isShared() ? LEFT_BEHIND : APPLIED;
  }
}
