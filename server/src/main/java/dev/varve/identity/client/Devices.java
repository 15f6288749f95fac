package dev.varve.identity.client;

import dev.varve.identity.account.Expiry;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.Problem;
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
import java.util.Locale;
import java.util.Optional;

/// Devices that ask to be let in where somebody has a browser (RFC 8628): each has a long code of its own, and a short one that
/// people type. The browser that comes with the short one first is the only one that may answer.
public final class Devices {
  /// Long enough to fetch a telephone, and short enough that nobody is talked into typing it tomorrow (RFC 10027).
  public static final Duration LIFETIME = Duration.ofMinutes(10);

  // no vowels, so that no words come of it, and nothing that is read as something else (RFC 8628,
  // section 6.1)
  private static final String LETTERS = "BCDFGHJKLMNPQRSTVWXZ";
  private static final int USER_CODE_LENGTH = 8;
  // that one of 25 thousand million is taken already happens once, if ever
  private static final int TRIES_MAX = 5;

  // of one client: eight that begin each second, and still so few that nobody guesses the code of
  // one
  static final long WAITING_MAX = 5_000;
  // some of them will have been answered by then
  private static final long RETRY_SECONDS = 60;

  private final SecureRandom random;

  public Devices(SecureRandom random) {
    this.random = random;
  }

  /// Forgets every device of a client.
  static void endAllOf(WriteContext write, String client) throws SQLException {
    write.session().update("DELETE FROM varve_device WHERE client = ?", List.of(client));
  }

  /// What a device is given.
  ///
  /// @param userCode as people type it: `WDJB-MJHT`
  public record Codes(OpaqueToken code, String userCode) {}

  /// A device that waits.
  ///
  /// @param hash by which it is known from now on
  /// @param request of its client, as JSON
  public record Waiting(byte[] hash, String client, String request) {}

  /// How far a device has come.
  public sealed interface State {
    /// Nobody has answered yet.
    record Pending() implements State {}

    /// @param content what somebody has allowed, as JSON
    /// @param at when they did
    record Allowed(String content, Instant at) implements State {}

    record Refused() implements State {}

    record Expired() implements State {}

    /// It is none, another client's, or has got its tokens.
    record Unknown() implements State {}
  }

  /// A device begins to wait.
  ///
  /// @param request of its client, as JSON
  /// @throws Problem TOO_MANY_REQUESTS when too many of its client wait
  public Codes ask(WriteContext write, String client, String request) throws SQLException {
    requireRoom(write, client);
    Expiry.prune(write, "varve_device", "hash", "expires_at", write.at().minus(LIFETIME));
    OpaqueToken code = OpaqueToken.random(random);
    String userCode = free(write);
    write
        .session()
        .update(
            "INSERT INTO varve_device (hash, user_hash, client, request, created_at, expires_at)"
                + " VALUES (?, ?, ?, ?, ?, ?)",
            List.of(
                code.hash(),
                OpaqueToken.sha256(userCode),
                client,
                request,
                SqlValues.micros(write.at()),
                SqlValues.micros(write.at().plus(LIFETIME))));
    return new Codes(code, shown(userCode));
  }

  private static void requireRoom(WriteContext write, String client) throws SQLException {
    long waiting =
        write
            .session()
            .first(
                "SELECT COUNT(*) FROM varve_device"
                    + " WHERE client = ? AND expires_at > ? AND used_at IS NULL",
                List.of(client, SqlValues.micros(write.at())),
                row -> row.getLong(1))
            .orElse(0L);
    if (waiting >= WAITING_MAX) {
      throw Problem.tooMany(
          "%,d devices of the client wait to be let in, and no more: each waits for %d minutes at most"
              .formatted(WAITING_MAX, LIFETIME.toMinutes()),
          RETRY_SECONDS);
    }
  }

  private String free(WriteContext write) throws SQLException {
    for (int i = 0; i < TRIES_MAX; i++) {
      StringBuilder code = new StringBuilder();
      for (int j = 0; j < USER_CODE_LENGTH; j++) {
        code.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
      }
      boolean taken =
          write
              .session()
              .first(
                  "SELECT 1 FROM varve_device WHERE user_hash = ?",
                  List.of(OpaqueToken.sha256(code.toString())),
                  row -> row.getInt(1))
              .isPresent();
      if (!taken) {
        return code.toString();
      }
    }
    throw new IllegalStateException("No code for a device is free");
  }

  private static String shown(String userCode) {
    int half = USER_CODE_LENGTH / 2;
    return userCode.substring(0, half) + "-" + userCode.substring(half);
  }

  /// What people type, however they type it; nothing when it cannot be a code.
  public static Optional<String> typed(String text) {
    StringBuilder code = new StringBuilder();
    for (char c : text.toUpperCase(Locale.ROOT).toCharArray()) {
      if (LETTERS.indexOf(c) >= 0) {
        code.append(c);
      } else if (c != '-' && c != ' ') {
        return Optional.empty();
      }
    }
    return code.length() == USER_CODE_LENGTH
        ? Optional.of(shown(code.toString()))
        : Optional.empty();
  }

  /// The device that waits with a code, which belongs to this browser from now on; nothing when there is none, or it belongs
  /// to another.
  ///
  /// @param userCode as [#typed] gives it
  /// @param browser the cookie of the browser
  public static Optional<Waiting> claim(WriteContext write, String userCode, String browser)
      throws SQLException {
    byte[] user = OpaqueToken.sha256(userCode.replace("-", ""));
    byte[] cookie = OpaqueToken.sha256(browser);
    int claimed =
        write
            .session()
            .update(
                "UPDATE varve_device SET browser = ? WHERE user_hash = ? AND expires_at > ?"
                    + " AND decided_at IS NULL AND (browser IS NULL OR browser = ?)",
                List.of(cookie, user, SqlValues.micros(write.at()), cookie));
    return claimed == 0
        ? Optional.empty()
        : write
            .session()
            .first(
                "SELECT hash, client, request FROM varve_device WHERE user_hash = ?",
                List.of(user),
                row -> new Waiting(row.getBytes(1), row.getString(2), row.getString(3)));
  }

  /// Notes what somebody has answered.
  ///
  /// @param allowed what they allow, as JSON; nothing when they refuse
  /// @return whether the device still waited
  public static boolean decide(WriteContext write, byte[] hash, Optional<String> allowed)
      throws SQLException {
    long now = SqlValues.micros(write.at());
    return write
            .session()
            .update(
                "UPDATE varve_device SET decided_at = ?, allowed = ?"
                    + " WHERE hash = ? AND decided_at IS NULL AND expires_at > ?",
                Arrays.asList(now, allowed.orElse(null), hash, now))
        > 0;
  }

  /// How far the device with a code has come.
  public static State state(Session session, String code, String client, Instant at)
      throws SQLException {
    return session
        .first(
            "SELECT decided_at IS NOT NULL, allowed, expires_at <= ?, decided_at FROM varve_device"
                + " WHERE hash = ? AND client = ? AND used_at IS NULL",
            List.of(SqlValues.micros(at), OpaqueToken.sha256(code), client),
            Devices::read)
        .orElse(new State.Unknown());
  }

  private static State read(ResultSet row) throws SQLException {
    String allowed = row.getString(2);
    if (row.getBoolean(3)) {
      return new State.Expired();
    }
    if (!row.getBoolean(1)) {
      return new State.Pending();
    }
    return allowed == null
        ? new State.Refused()
        : new State.Allowed(allowed, SqlValues.instant(row.getLong(4)));
  }

  /// The same, and what was allowed is used up.
  public static State take(WriteContext write, String code, String client) throws SQLException {
    State state = state(write.session(), code, client, write.at());
    if (state instanceof State.Allowed) {
      write
          .session()
          .update(
              "UPDATE varve_device SET used_at = ? WHERE hash = ?",
              List.of(SqlValues.micros(write.at()), OpaqueToken.sha256(code)));
    }
    return state;
  }
}
