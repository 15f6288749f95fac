package dev.varve.identity.account;

import dev.varve.identity.factor.TrustedDevices;
import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The password hashes of accounts.
public final class Credentials {
  private Credentials() {}

  public static Optional<String> hash(Session session, String account) throws SQLException {
    return session.first(
        "SELECT hash FROM varve_credential WHERE account = ?",
        List.of(account),
        row -> row.getString(1));
  }

  static Optional<Instant> changedAt(Session session, String account) throws SQLException {
    return session.first(
        "SELECT changed_at FROM varve_credential WHERE account = ?",
        List.of(account),
        row -> SqlValues.instant(row.getLong(1)));
  }

  /// The same password, hashed as the settings say now.
  public static void rehash(WriteContext write, String account, String hash) throws SQLException {
    write
        .session()
        .update("UPDATE varve_credential SET hash = ? WHERE account = ?", List.of(hash, account));
  }

  /// Gives an account a password. Where it had another, browsers that were trusted are trusted no longer, and networks known no longer.
  public static void set(WriteContext write, String account, String hash) throws SQLException {
    remove(write, account);
    TrustedDevices.endAll(write, account);
    KnownNetworks.forget(write, account);
    write
        .session()
        .update(
            "INSERT INTO varve_credential (account, hash, changed_at) VALUES (?, ?, ?)",
            List.of(account, hash, SqlValues.micros(write.at())));
  }

  public static void remove(WriteContext write, String account) throws SQLException {
    write.session().update("DELETE FROM varve_credential WHERE account = ?", List.of(account));
  }
}
