package dev.varve.identity.account;

import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.SqlValues;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What people allowed clients: one row for an account and a client. When it is taken back, the sessions of the client end in the
/// same unit.
public final class Consents {
  private static final String SEEN =
      "SELECT scopes, shown FROM varve_consent WHERE account = ? AND client = ?";
  private static final long CONSENTS_MAX = 1_000;

  private final Database database;

  public Consents(Database database) {
    this.database = database;
  }

  /// @param since when the client was let in for the first time
  public record Consent(String client, Set<String> scopes, Instant since) {
    public Consent {
      scopes = Set.copyOf(scopes);
    }
  }

  /// What an account allowed, and what of the client it had seen then.
  ///
  /// @param shown marks of what people are shown of a client; none of what was allowed when nobody noted them
  private record Seen(Set<String> scopes, Set<String> shown) {
    static Seen read(ResultSet row) throws SQLException {
      return new Seen(Consents.read(row.getString(1)), Consents.read(row.getString(2)));
    }

    /// Whether it is still the client that was allowed: it shows nothing more.
    boolean covers(Set<String> now) {
      return shown.isEmpty() || shown.containsAll(now);
    }

    Set<String> scopesOf(Set<String> now) {
      return covers(now) ? scopes : Set.of();
    }
  }

  /// What an account allowed a client, as it is shown now; nothing when it shows more than it did.
  public Set<String> scopes(String account, String client, Set<String> shown) {
    return database
        .lookup(session -> session.first(SEEN, List.of(account, client), Seen::read))
        .map(seen -> seen.scopesOf(shown))
        .orElse(Set.of());
  }

  /// The same, as the unit before has left it.
  public static Set<String> scopes(
      WriteContext write, String account, String client, Set<String> shown) throws SQLException {
    return write
        .session()
        .first(SEEN, List.of(account, client), Seen::read)
        .map(seen -> seen.scopesOf(shown))
        .orElse(Set.of());
  }

  /// Whether anybody allows a client anything.
  public boolean knows(String client) {
    return database
        .lookup(session ->
            session.first(
                "SELECT 1 FROM varve_consent WHERE client = ?",
                List.of(client),
                row -> row.getInt(1)))
        .isPresent();
  }

  /// Everything that an account allowed, the oldest first.
  public List<Consent> of(String account) {
    return database.lookup(session ->
        session.list(
            "SELECT client, scopes, created_at FROM varve_consent WHERE account = ? ORDER BY created_at, client LIMIT ?",
            List.of(account, CONSENTS_MAX),
            row ->
                new Consent(
                    row.getString(1), read(row.getString(2)), SqlValues.instant(row.getLong(3)))));
  }

  private static Set<String> read(String text) {
    return text.isEmpty() ? Set.of() : Set.of(text.split(" ", -1));
  }

  /// Allows more; what was allowed before stays, unless it was to a client that showed less.
  ///
  /// @param shown marks of what people were shown of the client
  public static void allow(
      WriteContext write, String account, String client, Set<String> scopes, Set<String> shown)
      throws SQLException {
    Optional<Seen> known = write.session().first(SEEN, List.of(account, client), Seen::read);
    Set<String> all = new TreeSet<>(scopes);
    known.ifPresent(seen -> all.addAll(seen.scopesOf(shown)));
    String marks = String.join(" ", new TreeSet<>(shown));
    long now = SqlValues.micros(write.at());
    if (known.isPresent()) {
      write
          .session()
          .update(
              "UPDATE varve_consent SET scopes = ?, shown = ?, changed_at = ? WHERE account = ? AND client = ?",
              List.of(String.join(" ", all), marks, now, account, client));
    } else {
      write
          .session()
          .update(
              "INSERT INTO varve_consent (account, client, scopes, shown, created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?)",
              List.of(account, client, String.join(" ", all), marks, now, now));
    }
  }

  /// Forgets everything that an account allowed, when it is no more: another of its id has allowed nothing.
  static void forget(WriteContext write, String account) throws SQLException {
    write.session().update("DELETE FROM varve_consent WHERE account = ?", List.of(account));
  }

  /// Forgets everything that a client was allowed.
  public static void forgetClient(WriteContext write, String client) throws SQLException {
    write.session().update("DELETE FROM varve_consent WHERE client = ?", List.of(client));
  }

  /// Takes back what an account allowed a client.
  ///
  /// @return whether there was something
  public static boolean revoke(WriteContext write, String account, String client)
      throws SQLException {
    return write
            .session()
            .update(
                "DELETE FROM varve_consent WHERE account = ? AND client = ?",
                List.of(account, client))
        > 0;
  }
}
