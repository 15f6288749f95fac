package dev.varve.identity.client;

import dev.varve.identity.token.OpaqueToken;
import dev.varve.store.sql.Session;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// The token with which a client that registered itself looks after what it said (RFC 7592), of which the SHA-256 is kept. With each change it
/// gets another. The one before stays good until that is used, since answers get lost; then it ends.
///
/// @param generation how many there were before
record RegistrationToken(String client, long generation) {
  /// The first of a client.
  static void insert(Session session, String client, OpaqueToken token) throws SQLException {
    insert(session, client, 0, token);
  }

  private static void insert(Session session, String client, long generation, OpaqueToken token)
      throws SQLException {
    session.update(
        "INSERT INTO varve_client_registration (hash, client, generation) VALUES (?, ?, ?)",
        List.of(token.hash(), client, generation));
  }

  static Optional<RegistrationToken> find(Session session, String text) throws SQLException {
    return session.first(
        "SELECT client, generation FROM varve_client_registration WHERE hash = ?",
        List.of(OpaqueToken.sha256(text)),
        row -> new RegistrationToken(row.getString(1), row.getLong(2)));
  }

  /// Whether there are others that its use ends.
  boolean followsAnother(Session session) throws SQLException {
    return session
        .first(
            "SELECT 1 FROM varve_client_registration WHERE client = ? AND generation < ?",
            List.of(client, generation),
            row -> row.getInt(1))
        .isPresent();
  }

  /// Ends those before it.
  void use(Session session) throws SQLException {
    session.update(
        "DELETE FROM varve_client_registration WHERE client = ? AND generation < ?",
        List.of(client, generation));
  }

  /// Is followed by another, in place of one that was never used.
  void follow(Session session, OpaqueToken next) throws SQLException {
    session.update(
        "DELETE FROM varve_client_registration WHERE client = ? AND generation > ?",
        List.of(client, generation));
    insert(session, client, generation + 1, next);
  }

  static void endAllOf(Session session, String client) throws SQLException {
    session.update("DELETE FROM varve_client_registration WHERE client = ?", List.of(client));
  }
}
