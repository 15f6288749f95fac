package dev.varve.identity.account;

import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What people allowed clients: one row for an account and a client. When it is taken back, the sessions of the client end in the
/// same unit.
public final class Consents {
  private static final String SCOPES =
      "SELECT scopes FROM varve_consent WHERE account = ? AND client = ?";
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

  /// What an account allowed a client; nothing of none.
  public Set<String> scopes(String account, String client) {
    return database
        .lookup(session -> session.first(SCOPES, List.of(account, client), row -> row.getString(1)))
        .map(Consents::read)
        .orElse(Set.of());
  }

  /// The same, as the unit before has left it.
  public static Set<String> scopes(WriteContext write, String account, String client)
      throws SQLException {
    return write
        .session()
        .first(SCOPES, List.of(account, client), row -> row.getString(1))
        .map(Consents::read)
        .orElse(Set.of());
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

  /// Allows more; what was allowed before stays.
  public static void allow(WriteContext write, String account, String client, Set<String> scopes)
      throws SQLException {
    Optional<String> known =
        write.session().first(SCOPES, List.of(account, client), row -> row.getString(1));
    Set<String> all = new TreeSet<>(scopes);
    known.ifPresent(text -> all.addAll(read(text)));
    long now = SqlValues.micros(write.at());
    if (known.isPresent()) {
      write
          .session()
          .update(
              "UPDATE varve_consent SET scopes = ?, changed_at = ? WHERE account = ? AND client = ?",
              List.of(String.join(" ", all), now, account, client));
    } else {
      write
          .session()
          .update(
              "INSERT INTO varve_consent (account, client, scopes, created_at, changed_at) VALUES (?, ?, ?, ?, ?)",
              List.of(account, client, String.join(" ", all), now, now));
    }
  }

  /// Forgets everything that an account allowed, when it is no more: another of its id has allowed nothing.
  static void forget(WriteContext write, String account) throws SQLException {
    write.session().update("DELETE FROM varve_consent WHERE account = ?", List.of(account));
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
