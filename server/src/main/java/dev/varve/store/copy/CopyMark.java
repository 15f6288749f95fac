package dev.varve.store.copy;

import dev.varve.kernel.Rfc3339;
import dev.varve.kernel.UserMistake;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import dev.varve.store.sql.StorageException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a copy has noted in a database.
///
/// @param copy names the copy, in both of its databases
/// @param other the other database, for people
/// @param replayed of a part: up to which position the tables of models were made
/// @param schemaVersion of a part: the schema that they were made by
public record CopyMark(
    String copy, State state, String other, Instant at, long replayed, int schemaVersion) {
  private static final String TABLE = "varve_copy";

  /// What the data are.
  public enum State {
    /// A copy that is not whole yet.
    PART,
    /// They are elsewhere: nobody writes here any more.
    MOVED
  }

  static CopyMark part(String copy, String source, Instant at) {
    return new CopyMark(copy, State.PART, source, at, 0, 0);
  }

  static CopyMark moved(String copy, String target, Instant at) {
    return new CopyMark(copy, State.MOVED, target, at, 0, 0);
  }

  /// The same, with the tables of models made.
  CopyMark replayed(long position, int version) {
    return new CopyMark(copy, state, other, at, position, version);
  }

  boolean isPart() {
    return state == State.PART;
  }

  boolean isMoved() {
    return state == State.MOVED;
  }

  /// What is noted in a database, which may have no tables yet.
  static Optional<CopyMark> find(Session session) throws SQLException {
    if (!session.dialect().tables(session).contains(TABLE)) {
      return Optional.empty();
    }
    return session.first(
        "SELECT copy, state, other, at, replayed, schema_version FROM varve_copy WHERE id = 1",
        List.of(),
        CopyMark::read);
  }

  private static CopyMark read(ResultSet row) throws SQLException {
    return new CopyMark(
        row.getString(1),
        State.valueOf(row.getString(2)),
        row.getString(3),
        SqlValues.instant(row.getLong(4)),
        row.getLong(5),
        row.getInt(6));
  }

  /// Notes this in place of what was noted before, in the session's transaction.
  void write(Session session) throws SQLException {
    remove(session);
    session.update(
        "INSERT INTO varve_copy (id, copy, state, other, at, replayed, schema_version)"
            + " VALUES (1, ?, ?, ?, ?, ?, ?)",
        List.of(copy, state.name(), other, SqlValues.micros(at), replayed, schemaVersion));
  }

  /// Removes what was noted, in the session's transaction.
  static void remove(Session session) throws SQLException {
    session.update("DELETE FROM varve_copy", List.of());
  }

  /// @throws UserMistake when a server must not write to these data
  public static void requireServable(Database database) {
    Optional<CopyMark> mark = database.read(CopyMark::find);
    if (mark.isPresent()) {
      throw new UserMistake(mark.get().refusal());
    }
  }

  /// Why a server must not write to the data, and the way out.
  private List<String> refusal() {
    return switch (state) {
      case MOVED ->
          List.of(
              "These data were moved to %s at %s, and nothing is written here any more."
                  .formatted(other, Rfc3339.text(at)),
              "Serve those: let database.url in varve.yaml name them, nothing for a file. To write here after all,",
              "without what was written there since: varve copy APP --take-back");
      case PART ->
          List.of(
              "These data are a copy of %s that is not whole yet.".formatted(other),
              "Run the same `varve copy` again: it goes on where it stopped.");
    };
  }

  /// Lets a server write again to data that were moved; where to they were.
  ///
  /// @throws UserMistake when they were not
  public static String takeBack(Database database) {
    CopyMark mark =
        database
            .read(CopyMark::find)
            .filter(CopyMark::isMoved)
            .orElseThrow(() ->
                new UserMistake(
                    List.of("These data were not moved: there is nothing to take back")));
    try {
      StoreCopy.transaction(database.writer(), CopyMark::remove);
      return mark.other();
    } catch (SQLException e) {
      throw new StorageException("The data could not be taken back", e);
    }
  }
}
