package dev.varve.identity.passkey;

import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The passkeys of accounts, and the name under which authenticators know each account.
public final class Passkeys {
  /// More than anybody has devices; all of them are told to a browser that makes another.
  public static final int OF_ACCOUNT_MAX = 20;

  public static final int NAME_LENGTH_MAX = 100;

  // no two are alike, and authenticators have room for 64
  private static final int HANDLE_BYTES = 32;

  private static final String COLUMNS =
      "id, account, name, credential, aaguid, public_key, counter, backup_eligible, backed_up, verifies, second, transports,"
          + " created_at, last_used_at";
  private static final String OF_ACCOUNT =
      "SELECT " + COLUMNS + " FROM varve_passkey WHERE account = ? ORDER BY created_at, id LIMIT ?";
  private static final String OF_CREDENTIAL =
      "SELECT " + COLUMNS + " FROM varve_passkey WHERE credential = ?";

  private Passkeys() {}

  /// The passkeys of an account, the oldest first.
  public static List<Passkey> of(Session rows, String account) throws SQLException {
    return rows.list(OF_ACCOUNT, List.of(account, (long) OF_ACCOUNT_MAX), Passkeys::read);
  }

  /// The one that an authenticator names so, whoever it belongs to.
  public static Optional<Passkey> find(Session rows, byte[] credential) throws SQLException {
    return rows.first(OF_CREDENTIAL, List.of(credential), Passkeys::read);
  }

  private static Passkey read(ResultSet row) throws SQLException {
    long used = row.getLong(14);
    Optional<Instant> lastUsedAt =
        row.wasNull() ? Optional.empty() : Optional.of(SqlValues.instant(used));
    String transports = row.getString(12);
    return new Passkey(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        new Passkey.Key(row.getBytes(4), row.getString(5), row.getBytes(6)),
        row.getLong(7),
        new Passkey.Backup(row.getBoolean(8), row.getBoolean(9)),
        row.getBoolean(10),
        row.getBoolean(11),
        transports.isEmpty() ? Set.of() : Set.of(transports.split(" ", -1)),
        SqlValues.instant(row.getLong(13)),
        lastUsedAt);
  }

  /// Keeps a new one.
  ///
  /// @return false when an authenticator has named one so before, of whichever account (WebAuthn, section 7.1, step 25)
  public static boolean add(WriteContext write, Passkey passkey) throws SQLException {
    if (find(write.session(), passkey.key().credential()).isPresent()) {
      return false;
    }
    write
        .session()
        .update(
            "INSERT INTO varve_passkey ("
                + COLUMNS
                + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            Arrays.asList(
                passkey.id(),
                passkey.account(),
                passkey.name(),
                passkey.key().credential(),
                passkey.key().aaguid(),
                passkey.key().publicKey(),
                passkey.counter(),
                passkey.backup().eligible(),
                passkey.backup().done(),
                passkey.verifies(),
                passkey.second(),
                String.join(" ", new TreeSet<>(passkey.transports())),
                SqlValues.micros(passkey.createdAt()),
                null));
    return true;
  }

  /// Notes that one was used, with what its authenticator has said of it.
  ///
  /// @param verifies whether it is known by now to make sure who uses it
  public static void used(
      WriteContext write, Passkey passkey, Assertion.Proven proven, boolean verifies)
      throws SQLException {
    write
        .session()
        .update(
            "UPDATE varve_passkey SET counter = ?, backed_up = ?, verifies = ?, last_used_at = ? WHERE id = ?",
            List.of(
                proven.counter(),
                proven.backedUp(),
                verifies,
                SqlValues.micros(write.at()),
                passkey.id()));
  }

  /// @return whether the account has it
  public static boolean rename(WriteContext write, String account, String id, String name)
      throws SQLException {
    return write
            .session()
            .update(
                "UPDATE varve_passkey SET name = ? WHERE account = ? AND id = ?",
                List.of(name, account, id))
        > 0;
  }

  /// @return whether the account had it
  public static boolean remove(WriteContext write, String account, String id) throws SQLException {
    return write
            .session()
            .update("DELETE FROM varve_passkey WHERE account = ? AND id = ?", List.of(account, id))
        > 0;
  }

  /// Forgets every passkey of an account, and its name: another of its id has none.
  public static void removeAll(WriteContext write, String account) throws SQLException {
    write.session().update("DELETE FROM varve_passkey WHERE account = ?", List.of(account));
    write.session().update("DELETE FROM varve_passkey_user WHERE account = ?", List.of(account));
  }

  /// The name under which authenticators know an account (its user handle: section 14.6.1, so it says nothing of the account).
  public static Optional<byte[]> handle(Session rows, String account) throws SQLException {
    return rows.first(
        "SELECT handle FROM varve_passkey_user WHERE account = ?",
        List.of(account),
        row -> row.getBytes(1));
  }

  /// The same, which is made when there is none yet.
  public static byte[] handle(WriteContext write, String account, SecureRandom random)
      throws SQLException {
    Optional<byte[]> known = handle(write.session(), account);
    if (known.isPresent()) {
      return known.get();
    }
    byte[] handle = newHandle(random);
    keepHandle(write, account, handle);
    return handle;
  }

  public static byte[] newHandle(SecureRandom random) {
    byte[] handle = new byte[HANDLE_BYTES];
    random.nextBytes(handle);
    return handle;
  }

  /// Gives an account the name that was made for it before it was there.
  public static void keepHandle(WriteContext write, String account, byte[] handle)
      throws SQLException {
    write
        .session()
        .update(
            "INSERT INTO varve_passkey_user (account, handle) VALUES (?, ?)",
            List.of(account, handle));
  }
}
