package dev.varve.account;

import dev.varve.sql.Session;
import dev.varve.sql.SqlValues;
import dev.varve.write.Desk;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// The password hashes of accounts.
final class Credentials {
  private Credentials() {}

  static Optional<String> hash(Session session, String account) throws SQLException {
    return session.first(
        "SELECT hash FROM varve_credential WHERE account = ?",
        List.of(account),
        row -> row.getString(1));
  }

  static void set(Desk desk, String account, String hash) throws SQLException {
    remove(desk, account);
    desk.session()
        .update(
            "INSERT INTO varve_credential (account, hash, changed_at) VALUES (?, ?, ?)",
            List.of(account, hash, SqlValues.micros(desk.at())));
  }

  static void remove(Desk desk, String account) throws SQLException {
    desk.session().update("DELETE FROM varve_credential WHERE account = ?", List.of(account));
  }
}
