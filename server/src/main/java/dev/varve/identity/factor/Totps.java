package dev.varve.identity.factor;

import dev.varve.identity.token.Seal;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The authenticator applications of accounts. Each shares a secret with this server, which lies sealed here.
public final class Totps {
  private static final Logger LOG = LoggerFactory.getLogger(Totps.class);

  // as long as what HMAC-SHA-1 makes (RFC 4226, section 4)
  private static final int SECRET_BYTES = 20;

  // on a few devices, and while one moves to another
  private static final int TOTPS_MAX = 5;

  private final Supplier<Seal> seal;
  private final SecureRandom random;

  /// @param seal asked for when there is something to seal or to open
  public Totps(Supplier<Seal> seal, SecureRandom random) {
    this.seal = seal;
    this.random = random;
  }

  /// One that an account has.
  ///
  /// @param name what its owner calls it
  public record Totp(String id, String name, Instant createdAt, Optional<Instant> lastUsedAt) {}

  /// A secret that is shown to its owner once.
  ///
  /// @param sealed the same, to be kept until it is confirmed
  @SuppressWarnings("ArrayRecordComponent") // shown and sealed, never compared
  public record Secret(byte[] plain, byte[] sealed) {}

  /// A secret for an account, which counts for nothing until it is confirmed.
  public Secret begin(String account) {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return new Secret(secret, seal.get().close(secret, covered(account)));
  }

  /// A secret of one account is worth nothing in the row of another.
  private static byte[] covered(String account) {
    return ("totp " + account).getBytes(StandardCharsets.UTF_8);
  }

  /// The secret of an account that was begun, to be shown once more.
  public Optional<byte[]> reveal(byte[] sealed, String account) {
    return open(sealed, account);
  }

  private Optional<byte[]> open(byte[] sealed, String account) {
    try {
      return Optional.of(seal.get().open(sealed, covered(account)));
    } catch (Seal.Broken e) {
      LOG.error(
          "The secret of an authenticator application of account {} cannot be opened: it was sealed with another secret of this server."
              + " Bring that one back, or take the factors of the account away with: varve user reset-factors",
          account);
      return Optional.empty();
    }
  }

  /// Gives an account an authenticator application, once it shows the right code. That code is used up then.
  ///
  /// @return whether the code is right
  /// @throws Problem CONFLICT when the account has enough of them
  public boolean confirm(
      WriteContext write, String id, String account, String name, byte[] sealed, String code)
      throws SQLException {
    Optional<byte[]> secret = open(sealed, account);
    OptionalLong step =
        secret.isEmpty()
            ? OptionalLong.empty()
            : TotpCode.find(secret.get(), code, write.at(), Long.MIN_VALUE);
    if (step.isEmpty()) {
      return false;
    }
    if (of(write.session(), account).size() >= TOTPS_MAX) {
      throw new Problem(
          ErrorCode.CONFLICT,
          "The account has %d authenticator applications already: remove one first"
              .formatted(TOTPS_MAX));
    }
    write
        .session()
        .update(
            "INSERT INTO varve_totp (id, account, name, secret, step, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            List.of(id, account, name, sealed, step.getAsLong(), SqlValues.micros(write.at())));
    return true;
  }

  /// @param step the last one of which a code was used
  private record Row(String id, byte[] sealed, long step) {
    static Row read(ResultSet row) throws SQLException {
      return new Row(row.getString(1), row.getBytes(2), row.getLong(3));
    }
  }

  /// Whether an application of the account shows this code, which is used up then.
  public boolean use(WriteContext write, String account, String code) throws SQLException {
    List<Row> rows =
        write
            .session()
            .list(
                "SELECT id, secret, step FROM varve_totp WHERE account = ? ORDER BY id",
                List.of(account),
                Row::read);
    for (Row row : rows) {
      Optional<byte[]> secret = open(row.sealed(), account);
      OptionalLong step =
          secret.isEmpty()
              ? OptionalLong.empty()
              : TotpCode.find(secret.get(), code, write.at(), row.step());
      if (step.isPresent() && advance(write, row.id(), step.getAsLong())) {
        return true;
      }
    }
    return false;
  }

  private static boolean advance(WriteContext write, String id, long step) throws SQLException {
    return write
            .session()
            .update(
                "UPDATE varve_totp SET step = ?, last_used_at = ? WHERE id = ? AND step < ?",
                Arrays.asList(step, SqlValues.micros(write.at()), id, step))
        > 0;
  }

  /// Those of an account, the oldest first.
  public static List<Totp> of(Session rows, String account) throws SQLException {
    return rows.list(
        "SELECT id, name, created_at, last_used_at FROM varve_totp WHERE account = ? ORDER BY created_at, id",
        List.of(account),
        Totps::read);
  }

  private static Totp read(ResultSet row) throws SQLException {
    Instant createdAt = SqlValues.instant(row.getLong(3));
    long used = row.getLong(4);
    Optional<Instant> lastUsedAt =
        row.wasNull() ? Optional.empty() : Optional.of(SqlValues.instant(used));
    return new Totp(row.getString(1), row.getString(2), createdAt, lastUsedAt);
  }

  public static boolean has(Session rows, String account) throws SQLException {
    return rows.first(
            "SELECT 1 FROM varve_totp WHERE account = ? LIMIT 1",
            List.of(account),
            row -> row.getLong(1))
        .isPresent();
  }

  /// @return whether the account had it
  public static boolean remove(WriteContext write, String account, String id) throws SQLException {
    return write
            .session()
            .update("DELETE FROM varve_totp WHERE account = ? AND id = ?", List.of(account, id))
        > 0;
  }

  public static void removeAll(WriteContext write, String account) throws SQLException {
    write.session().update("DELETE FROM varve_totp WHERE account = ?", List.of(account));
  }
}
