package dev.varve.identity.factor;

import dev.varve.identity.token.OpaqueToken;
import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Browsers on which somebody has said that the second factor need not be asked for again for a while. One keeps a cookie, which
/// stands here as a hash, for each account that has trusted it.
public final class TrustedDevices {
  // nobody has more browsers of their own; the one that was used least lately goes
  private static final long DEVICES_MAX = 20;

  private TrustedDevices() {}

  /// @param device what it said it is (`User-Agent`) when it was trusted
  /// @param address where it was then
  public record Device(
      String id,
      String device,
      String address,
      Instant createdAt,
      Instant lastUsedAt,
      Instant expiresAt) {}

  /// Trusts a browser, anew if it was trusted before.
  ///
  /// @param cookie that it keeps
  public static void trust(
      WriteContext write,
      String account,
      OpaqueToken cookie,
      String id,
      String device,
      String address,
      Duration lifetime)
      throws SQLException {
    long now = SqlValues.micros(write.at());
    write
        .session()
        .update(
            "DELETE FROM varve_trusted_device WHERE account = ? AND (hash = ? OR expires_at <= ?)",
            List.of(account, cookie.hash(), now));
    write
        .session()
        .update(
            "DELETE FROM varve_trusted_device WHERE id IN (SELECT id FROM varve_trusted_device WHERE account = ?"
                + " ORDER BY last_used_at DESC, id DESC LIMIT ? OFFSET ?)",
            List.of(account, DEVICES_MAX, DEVICES_MAX - 1));
    write
        .session()
        .update(
            "INSERT INTO varve_trusted_device (id, account, hash, device, address, created_at, last_used_at, expires_at)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            List.of(
                id,
                account,
                cookie.hash(),
                device,
                address,
                now,
                now,
                SqlValues.micros(write.at().plus(lifetime))));
  }

  /// Whether an account trusts the browser that keeps this cookie. It counts as used then.
  ///
  /// @param lifetime for how long browsers are trusted now, which may be less than when it was trusted
  public static boolean use(WriteContext write, String account, String cookie, Duration lifetime)
      throws SQLException {
    long now = SqlValues.micros(write.at());
    return write
            .session()
            .update(
                "UPDATE varve_trusted_device SET last_used_at = ? WHERE account = ? AND hash = ? AND expires_at > ? AND created_at > ?",
                List.of(
                    now,
                    account,
                    OpaqueToken.sha256(cookie),
                    now,
                    SqlValues.micros(write.at().minus(lifetime))))
        > 0;
  }

  /// The same, without a use of it.
  public static boolean isTrusted(
      Session rows, String account, String cookie, Instant at, Duration lifetime)
      throws SQLException {
    return rows.first(
            "SELECT 1 FROM varve_trusted_device WHERE account = ? AND hash = ? AND expires_at > ? AND created_at > ?",
            List.of(
                account,
                OpaqueToken.sha256(cookie),
                SqlValues.micros(at),
                SqlValues.micros(at.minus(lifetime))),
            _ -> true)
        .isPresent();
  }

  /// Those that an account trusts, last used first.
  ///
  /// @param lifetime for how long browsers are trusted now
  public static List<Device> of(Session rows, String account, Instant at, Duration lifetime)
      throws SQLException {
    return rows.list(
        "SELECT id, device, address, created_at, last_used_at, expires_at FROM varve_trusted_device"
            + " WHERE account = ? AND expires_at > ? AND created_at > ? ORDER BY last_used_at DESC, id DESC LIMIT ?",
        List.of(account, SqlValues.micros(at), SqlValues.micros(at.minus(lifetime)), DEVICES_MAX),
        TrustedDevices::read);
  }

  private static Device read(ResultSet row) throws SQLException {
    return new Device(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        SqlValues.instant(row.getLong(4)),
        SqlValues.instant(row.getLong(5)),
        SqlValues.instant(row.getLong(6)));
  }

  /// @return whether the account trusted it
  public static boolean end(WriteContext write, String account, String id) throws SQLException {
    return write
            .session()
            .update(
                "DELETE FROM varve_trusted_device WHERE account = ? AND id = ?",
                List.of(account, id))
        > 0;
  }

  /// Trusts none any more, since a factor or the password is another now, or its owner signs out everywhere.
  ///
  /// @return how many there were
  public static int endAll(WriteContext write, String account) throws SQLException {
    return write
        .session()
        .update("DELETE FROM varve_trusted_device WHERE account = ?", List.of(account));
  }
}
