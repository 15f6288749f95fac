package dev.varve.identity.factor;

import dev.varve.identity.token.OpaqueToken;
import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/// Codes that somebody writes down for the day on which another factor is lost. Each is good once, and they stand here as hashes.
public final class RecoveryCodes {
  /// How many an account gets at a time.
  public static final int CODES = 10;

  // 80 bits: nobody tries them all, with the hashes or without
  private static final int CHARACTERS = 16;
  private static final int GROUP = 4;

  // Crockford's: none of them looks like another
  private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

  private final SecureRandom random;

  public RecoveryCodes(SecureRandom random) {
    this.random = random;
  }

  /// Gives an account new ones in the place of all that it had.
  public List<String> make(WriteContext write, String account) throws SQLException {
    removeAll(write, account);
    List<String> codes = new ArrayList<>();
    for (int i = 0; i < CODES; i++) {
      String code = code();
      codes.add(code);
      write
          .session()
          .update(
              "INSERT INTO varve_recovery_code (account, hash, created_at) VALUES (?, ?, ?)",
              List.of(account, hash(account, code), SqlValues.micros(write.at())));
    }
    return codes;
  }

  private String code() {
    StringBuilder code = new StringBuilder();
    for (int i = 0; i < CHARACTERS; i++) {
      if (i > 0 && i % GROUP == 0) {
        code.append('-');
      }
      code.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return code.toString();
  }

  private static byte[] hash(String account, String code) {
    return OpaqueToken.sha256("recovery " + account + " " + normal(code));
  }

  /// As it was meant, whatever of capitals, groups and letters that look like digits was written down.
  private static String normal(String text) {
    return text.toLowerCase(Locale.ROOT)
        .replaceAll("[\\s-]", "")
        .replace('o', '0')
        .replace('i', '1')
        .replace('l', '1');
  }

  /// Uses one up.
  ///
  /// @return whether it was one of the account that was not used before
  public static boolean use(WriteContext write, String account, String code) throws SQLException {
    return write
            .session()
            .update(
                "UPDATE varve_recovery_code SET used_at = ? WHERE account = ? AND hash = ? AND used_at IS NULL",
                List.of(SqlValues.micros(write.at()), account, hash(account, code)))
        > 0;
  }

  /// How many an account has left.
  public static int left(Session rows, String account) throws SQLException {
    return rows.first(
            "SELECT count(*) FROM varve_recovery_code WHERE account = ? AND used_at IS NULL",
            List.of(account),
            row -> row.getInt(1))
        .orElse(0);
  }

  /// What tells those that an account has from any others that it had or will have, used or not.
  public static String set(Session rows, String account) throws SQLException {
    List<String> hashes =
        rows.list(
            "SELECT hash FROM varve_recovery_code WHERE account = ? ORDER BY hash",
            List.of(account),
            row -> base64(row.getBytes(1)));
    return base64(OpaqueToken.sha256(String.join(" ", hashes)));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  public static void removeAll(WriteContext write, String account) throws SQLException {
    write.session().update("DELETE FROM varve_recovery_code WHERE account = ?", List.of(account));
  }
}
