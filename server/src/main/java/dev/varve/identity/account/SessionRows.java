package dev.varve.identity.account;

import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.identity.token.TokenBinding;
import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The rows of sessions: how one is written, found and read.
final class SessionRows {
  // nobody has more devices; a program that signs in again and again must not fill the table
  private static final long OPEN_MAX = 100;

  // the column is never empty
  private static final long UNKNOWN = 0;

  static final String COLUMNS =
      "id, account, created_at, last_used_at, device, address, ends_at, expires_at, ended_at, methods,"
          + " authenticated_at, client, scopes, parent, bound_key, resource, bound_certificate";
  private static final String FROM_OPEN_OF_ACCOUNT =
      " FROM varve_session WHERE account = ? AND ended_at IS NULL AND expires_at > ?"
          + " ORDER BY last_used_at DESC, id DESC LIMIT ?";
  private static final String BY_ID = "SELECT " + COLUMNS + " FROM varve_session WHERE id = ?";
  private static final String OPEN_OF_ACCOUNT = "SELECT " + COLUMNS + FROM_OPEN_OF_ACCOUNT;

  private SessionRows() {}

  static Optional<OneSession> find(Session rows, String id) throws SQLException {
    return rows.first(BY_ID, List.of(id), SessionRows::read);
  }

  /// The session, open or not, of a browser that comes with this cookie.
  static Optional<OneSession> ofBrowser(Session rows, String cookie) throws SQLException {
    return rows.first(
        "SELECT " + COLUMNS + " FROM varve_session WHERE cookie = ?",
        List.of(OpaqueToken.sha256(cookie)),
        SessionRows::read);
  }

  /// Those of an account that are open, last used first.
  static List<OneSession> open(Session rows, String account, Instant at) throws SQLException {
    return rows.list(
        OPEN_OF_ACCOUNT, List.of(account, SqlValues.micros(at), OPEN_MAX), SessionRows::read);
  }

  /// The one that has to end before an account may have another; nothing while it has fewer than it may have.
  static Optional<String> surplus(WriteContext write, String account) throws SQLException {
    return write
        .session()
        .first(
            "SELECT id" + FROM_OPEN_OF_ACCOUNT + " OFFSET ?",
            List.of(account, SqlValues.micros(write.at()), 1L, OPEN_MAX - 1),
            row -> row.getString(1));
  }

  static void add(
      WriteContext write,
      String id,
      String account,
      SessionIssuer.Proof proof,
      SessionUse use,
      RequestSource source,
      Instant endsAt,
      Instant expiresAt)
      throws SQLException {
    long now = SqlValues.micros(write.at());
    Optional<SessionUse.Application> application =
        use instanceof SessionUse.Application given ? Optional.of(given) : Optional.empty();
    TokenBinding binding =
        application.map(SessionUse.Application::binding).orElse(TokenBinding.NONE);
    write
        .session()
        .update(
            "INSERT INTO varve_session (id, account, created_at, last_used_at, device, address, ends_at, expires_at,"
                + " methods, authenticated_at, cookie, client, scopes, parent, bound_key, resource,"
                + " bound_certificate)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            Arrays.asList(
                id,
                account,
                now,
                now,
                source.device(),
                source.address(),
                SqlValues.micros(endsAt),
                SqlValues.micros(expiresAt),
                SignInMethod.text(proof.methods()),
                proof.at().map(SqlValues::micros).orElse(UNKNOWN),
                use instanceof SessionUse.Browser browser ? browser.cookie().hash() : null,
                application.map(SessionUse.Application::client).orElse(null),
                application
                    .map(given -> String.join(" ", new TreeSet<>(given.scopes())))
                    .orElse(null),
                application.flatMap(SessionUse.Application::parent).orElse(null),
                binding.key().orElse(null),
                application.flatMap(SessionUse.Application::resource).orElse(null),
                binding.certificate().orElse(null)));
  }

  static OneSession read(ResultSet row) throws SQLException {
    row.getLong(9);
    boolean open = row.wasNull();
    return new OneSession(
        row.getString(1),
        row.getString(2),
        SqlValues.instant(row.getLong(3)),
        SqlValues.instant(row.getLong(4)),
        row.getString(5),
        row.getString(6),
        SqlValues.instant(row.getLong(7)),
        SqlValues.instant(row.getLong(8)),
        !open,
        SignInMethod.read(row.getString(10)),
        authenticatedAt(row.getLong(11)),
        application(row));
  }

  private static Optional<Instant> authenticatedAt(long micros) {
    return micros == UNKNOWN ? Optional.empty() : Optional.of(SqlValues.instant(micros));
  }

  private static Optional<SessionUse.Application> application(ResultSet row) throws SQLException {
    String client = row.getString(12);
    if (client == null) {
      return Optional.empty();
    }
    Set<String> scopes = Set.of(row.getString(13).split(" ", -1));
    return Optional.of(
        new SessionUse.Application(
            client,
            scopes,
            Optional.ofNullable(row.getString(14)),
            new TokenBinding(
                Optional.ofNullable(row.getString(15)), Optional.ofNullable(row.getString(17))),
            Optional.ofNullable(row.getString(16))));
  }
}
