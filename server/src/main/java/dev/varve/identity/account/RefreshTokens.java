package dev.varve.identity.account;

import dev.varve.identity.token.OpaqueToken;
import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Refresh tokens: each is good once, and gives the next. One that comes a second time has been stolen, from
/// whoever comes first or second, so it ends the session (RFC 9700, section 4.14.2).
///
/// Applications are given time: one whose token comes again within [#GRACE] gets the same successor, since an answer may be lost,
/// and two tabs of a browser may both ask. The successor is made of the used token itself and a key beside it (HMAC-SHA-256), so
/// that it is found again and yet stands nowhere.
public final class RefreshTokens {
  /// How long after its first use the token of an application still gives what it gave.
  public static final Duration GRACE = Duration.ofSeconds(10);

  private static final int KEY_BYTES = 32;

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

    /// It is none, or another application's, or its session is over.
    record Unknown() implements Use {}
  }

  /// @param successorKey of a used one that gives its successor again
  private record Row(String session, @Nullable Instant usedAt, byte @Nullable [] successorKey) {
    static Row read(ResultSet row) throws SQLException {
      String session = row.getString(1);
      long used = row.getLong(2);
      Instant usedAt = row.wasNull() ? null : SqlValues.instant(used);
      return new Row(session, usedAt, row.getBytes(3));
    }
  }

  /// The first token of a session.
  public OpaqueToken issue(WriteContext write, String session) throws SQLException {
    return keep(write, OpaqueToken.random(random), session, write.at().plus(settings.idle()));
  }

  private static OpaqueToken keep(
      WriteContext write, OpaqueToken token, String session, Instant expiresAt)
      throws SQLException {
    write
        .session()
        .update(
            "INSERT INTO varve_refresh_token (hash, session, issued_at, expires_at) VALUES (?, ?, ?, ?)",
            List.of(
                token.hash(), session, SqlValues.micros(write.at()), SqlValues.micros(expiresAt)));
    return token;
  }

  /// Uses a token.
  ///
  /// @param client the application that sends it; nothing for the application that Varve serves itself
  public Use use(WriteContext write, String token, Optional<String> client, RequestSource source)
      throws SQLException {
    byte[] hash = OpaqueToken.sha256(token);
    Optional<Row> row =
        write
            .session()
            .first(
                "SELECT session, used_at, successor_key FROM varve_refresh_token WHERE hash = ?",
                List.of(hash),
                Row::read);
    Optional<Sessions.OneSession> session =
        row.isEmpty() ? Optional.empty() : Sessions.find(write, row.get().session());
    if (row.isEmpty()
        || session.isEmpty()
        || !session.get().application().map(SessionUse.Application::client).equals(client)
        || !Sessions.goesOn(write, session.get())) {
      return new Use.Unknown();
    }
    if (row.get().usedAt() != null) {
      return again(write, token, row.get(), session.get());
    }
    byte[] key = client.isPresent() ? key() : null;
    write
        .session()
        .update(
            "UPDATE varve_refresh_token SET used_at = ?, successor_key = ? WHERE hash = ?",
            Arrays.asList(SqlValues.micros(write.at()), key, hash));
    Expiry.pruneSessions(write);
    Instant expiresAt = sessions.used(write, session.get(), source, settings);
    OpaqueToken next = key == null ? OpaqueToken.random(random) : OpaqueToken.derived(key, token);
    return new Use.Rotated(session.get(), keep(write, next, session.get().id(), expiresAt));
  }

  private byte[] key() {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    return key;
  }

  private Use again(WriteContext write, String token, Row row, Sessions.OneSession session)
      throws SQLException {
    Instant usedAt = Objects.requireNonNull(row.usedAt());
    byte[] key = row.successorKey();
    if (key != null && write.at().isBefore(usedAt.plus(GRACE))) {
      return new Use.Rotated(session, OpaqueToken.derived(key, token));
    }
    sessions.end(write, session.id());
    return new Use.Reused(session);
  }

  /// The session of a token that was not used yet.
  public static Optional<Sessions.OneSession> find(Session session, String token)
      throws SQLException {
    return session.first(
        "SELECT %s FROM varve_session WHERE id = (SELECT session FROM varve_refresh_token WHERE hash = ? AND used_at IS NULL)"
            .formatted(SessionRows.COLUMNS),
        List.of(OpaqueToken.sha256(token)),
        SessionRows::read);
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
