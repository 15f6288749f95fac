package dev.varve.identity.account;

import dev.varve.identity.token.OpaqueToken;
import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.SqlValues;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Refresh tokens: each is good once, and gives the next. One that comes a second time has been stolen, from
/// whoever comes first or second, so it ends the session (RFC 9700, section 4.14.2).
public final class RefreshTokens {
  private final Sessions sessions;
  private final SecureRandom random;
  private final SessionSettings settings;

  public RefreshTokens(Sessions sessions, SecureRandom random, SessionSettings settings) {
    this.sessions = sessions;
    this.random = random;
    this.settings = settings;
  }

  /// What became of a token that was sent in.
  public sealed interface Use {
    /// It was good, and is now used.
    record Rotated(Sessions.OneSession session, OpaqueToken next) implements Use {}

    /// It had been used before; its session is ended.
    record Reused(Sessions.OneSession session) implements Use {}

    /// It is none, or its session is over.
    record Unknown() implements Use {}
  }

  private record Row(String session, boolean used) {}

  /// The first token of a session.
  public OpaqueToken issue(WriteContext write, String session) throws SQLException {
    return issue(write, session, write.at().plus(settings.idle()));
  }

  private OpaqueToken issue(WriteContext write, String session, Instant expiresAt)
      throws SQLException {
    OpaqueToken token = OpaqueToken.random(random);
    write
        .session()
        .update(
            "INSERT INTO varve_refresh_token (hash, session, issued_at, expires_at) VALUES (?, ?, ?, ?)",
            List.of(
                token.hash(), session, SqlValues.micros(write.at()), SqlValues.micros(expiresAt)));
    return token;
  }

  public Use use(WriteContext write, String token, RequestSource source) throws SQLException {
    byte[] hash = OpaqueToken.sha256(token);
    Optional<Row> row =
        write
            .session()
            .first(
                "SELECT session, used_at IS NOT NULL FROM varve_refresh_token WHERE hash = ?",
                List.of(hash),
                found -> new Row(found.getString(1), found.getBoolean(2)));
    Optional<Sessions.OneSession> session =
        row.isEmpty() ? Optional.empty() : Sessions.find(write, row.get().session());
    if (row.isEmpty() || session.isEmpty() || !session.get().openAt(write.at())) {
      return new Use.Unknown();
    }
    if (row.get().used()) {
      sessions.end(write, session.get().id());
      return new Use.Reused(session.get());
    }
    write
        .session()
        .update(
            "UPDATE varve_refresh_token SET used_at = ? WHERE hash = ?",
            List.of(SqlValues.micros(write.at()), hash));
    Expiry.pruneSessions(write);
    Instant expiresAt = sessions.used(write, session.get(), source, settings);
    return new Use.Rotated(session.get(), issue(write, session.get().id(), expiresAt));
  }

  /// The session that a token belongs to, used or not.
  public static Optional<String> session(WriteContext write, String token) throws SQLException {
    return write
        .session()
        .first(
            "SELECT session FROM varve_refresh_token WHERE hash = ?",
            List.of(OpaqueToken.sha256(token)),
            row -> row.getString(1));
  }
}
