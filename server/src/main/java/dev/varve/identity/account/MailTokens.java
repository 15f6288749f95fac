package dev.varve.identity.account;

import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Tokens that are mailed: who sends one back reads the mailbox. Each is good once.
public final class MailTokens {
  // one mailbox is sent no more than this for one purpose, whoever asks for it; were purposes
  // counted together, whoever signs up with an address could hold back the mails that recover its
  // account
  private static final long MAILS_MAX = 5;
  private static final Duration MAILS_COUNTED = Duration.ofHours(1);

  private final SecureRandom random;

  public MailTokens(SecureRandom random) {
    this.random = random;
  }

  /// What a token is good for, and for how long.
  public enum Purpose {
    /// Makes the account of a sign-up that waits.
    SIGN_UP(Duration.ofDays(1)),
    /// Marks the address of an account as its owner's.
    VERIFY(Duration.ofDays(1)),
    /// Gives an account another address.
    EMAIL(Duration.ofHours(1)),
    /// Gives an account another password.
    RESET(Duration.ofHours(1)),
    /// Signs in to an account, in the place of a password.
    SIGN_IN(Duration.ofMinutes(15)),
    /// Proves in a session who has it.
    STEP_UP(Duration.ofMinutes(15)),
    /// Lets somebody sign up.
    INVITATION(Duration.ofDays(7)),
    /// Nothing: it stands for a mail without a token, or for none at all.
    NOTICE(Duration.ofHours(1));

    private final Duration lifetime;

    Purpose(Duration lifetime) {
      this.lifetime = lifetime;
    }

    public Duration lifetime() {
      return lifetime;
    }
  }

  /// A token that is good.
  ///
  /// @param account whose it is, if it is an account's
  /// @param email the mailbox that it was sent to
  public record Row(
      byte[] hash,
      Purpose purpose,
      Optional<String> account,
      String email,
      Optional<String> payload) {}

  /// A new token for a mailbox; none when the mailbox was sent enough for this purpose for now.
  public Optional<OpaqueToken> issue(
      WriteContext write,
      Purpose purpose,
      String email,
      @Nullable String account,
      @Nullable String payload)
      throws SQLException {
    Expiry.prune(write, "varve_mail_token", "hash", "expires_at", write.at());
    boolean enough = sent(write, purpose, email) >= MAILS_MAX;
    OpaqueToken token = OpaqueToken.random(random);
    write
        .session()
        .update(
            "INSERT INTO varve_mail_token (hash, purpose, account, email, payload, created_at, expires_at)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?)",
            Arrays.asList(
                token.hash(),
                (enough ? Purpose.NOTICE : purpose).name(),
                enough ? null : account,
                email,
                enough ? null : payload,
                SqlValues.micros(write.at()),
                SqlValues.micros(write.at().plus(purpose.lifetime()))));
    return enough ? Optional.empty() : Optional.of(token);
  }

  private static long sent(WriteContext write, Purpose purpose, String email) throws SQLException {
    return write
        .session()
        .first(
            "SELECT COUNT(*) FROM (SELECT 1 FROM varve_mail_token"
                + " WHERE email = ? AND purpose = ? AND created_at > ? LIMIT ?) AS sent",
            List.of(
                email,
                purpose.name(),
                SqlValues.micros(write.at().minus(MAILS_COUNTED)),
                MAILS_MAX),
            row -> row.getLong(1))
        .orElseThrow();
  }

  /// The token, if it is good for one of the purposes.
  public static Optional<Row> find(
      Session session, String token, Set<Purpose> purposes, long nowMicros) throws SQLException {
    byte[] hash = OpaqueToken.sha256(token);
    return session
        .first(
            "SELECT purpose, account, email, payload FROM varve_mail_token"
                + " WHERE hash = ? AND used_at IS NULL AND expires_at > ?",
            List.of(hash, nowMicros),
            row ->
                new Row(
                    hash,
                    Purpose.valueOf(row.getString(1)),
                    Optional.ofNullable(row.getString(2)),
                    row.getString(3),
                    Optional.ofNullable(row.getString(4))))
        .filter(row -> purposes.contains(row.purpose()));
  }

  public static Optional<Row> find(WriteContext write, String token, Set<Purpose> purposes)
      throws SQLException {
    return find(write.session(), token, purposes, SqlValues.micros(write.at()));
  }

  /// What to say of a token that is not good.
  public static Problem useless() {
    return Problem.invalid(
        "token", "is not good: it was used, has expired, or never was one. Ask for another mail");
  }

  public static void use(WriteContext write, Row row) throws SQLException {
    write
        .session()
        .update(
            "UPDATE varve_mail_token SET used_at = ?, payload = NULL WHERE hash = ?",
            List.of(SqlValues.micros(write.at()), row.hash()));
  }

  /// The sign-up that waits for a mailbox to be confirmed, the last one if there are many.
  public static Optional<Row> waiting(WriteContext write, String email) throws SQLException {
    return open(write, email, Purpose.SIGN_UP);
  }

  /// The invitation of a mailbox, the last one if there are many.
  public static Optional<Row> invitation(WriteContext write, String email) throws SQLException {
    return open(write, email, Purpose.INVITATION);
  }

  private static Optional<Row> open(WriteContext write, String email, Purpose purpose)
      throws SQLException {
    return write
        .session()
        .first(
            "SELECT hash, payload FROM varve_mail_token WHERE email = ? AND purpose = ? AND used_at IS NULL"
                + " AND expires_at > ? ORDER BY created_at DESC LIMIT 1",
            List.of(email, purpose.name(), SqlValues.micros(write.at())),
            row ->
                new Row(
                    row.getBytes(1),
                    purpose,
                    Optional.empty(),
                    email,
                    Optional.ofNullable(row.getString(2))));
  }

  /// Whether the address of an account was confirmed in the unit at hand.
  static boolean confirmedNow(WriteContext write, String account, String email)
      throws SQLException {
    return write
        .session()
        .first(
            "SELECT 1 FROM varve_mail_token WHERE account = ? AND purpose = ? AND email = ? AND used_at = ?",
            List.of(account, Purpose.EMAIL.name(), email, SqlValues.micros(write.at())),
            row -> true)
        .isPresent();
  }

  /// Makes every token of an account useless.
  public static void endAll(WriteContext write, String account) throws SQLException {
    write
        .session()
        .update(
            "UPDATE varve_mail_token SET used_at = ?, payload = NULL WHERE account = ? AND used_at IS NULL",
            List.of(SqlValues.micros(write.at()), account));
  }

  /// Makes every sign-up useless that waits for a mailbox to be confirmed.
  public static void endWaiting(WriteContext write, String email) throws SQLException {
    write
        .session()
        .update(
            "UPDATE varve_mail_token SET used_at = ?, payload = NULL"
                + " WHERE email = ? AND purpose = ? AND used_at IS NULL",
            List.of(SqlValues.micros(write.at()), email, Purpose.SIGN_UP.name()));
  }
}
