package dev.varve.identity.account;

import dev.varve.identity.token.OpaqueToken;
import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/// Networks from which somebody has signed in to an account, and those alone. They prove nothing: attempts from them are counted apart from
/// those of the rest of the world, so that nobody out there holds the account locked for its owner.
public final class KnownNetworks {
  // home, work, a telephone and holidays; each is one more place from which guesses are counted
  // apart
  private static final long OF_ACCOUNT_MAX = 20;

  // who has not been there for a season does not miss it
  private static final Duration KEPT = Duration.ofDays(90);

  private KnownNetworks() {}

  /// Notes that somebody has signed in to the account there.
  public static void remember(WriteContext write, String account, RequestSource source)
      throws SQLException {
    Expiry.prune(write, "varve_known_network", "subject", "last_at", write.at().minus(KEPT));
    long now = SqlValues.micros(write.at());
    String subject = subject(account, source);
    int known =
        write
            .session()
            .update(
                "UPDATE varve_known_network SET last_at = ? WHERE subject = ?",
                List.of(now, subject));
    if (known > 0) {
      return;
    }
    write
        .session()
        .update(
            "DELETE FROM varve_known_network WHERE subject IN (SELECT subject FROM varve_known_network WHERE account = ?"
                + " ORDER BY last_at DESC, subject LIMIT ? OFFSET ?)",
            List.of(account, OF_ACCOUNT_MAX, OF_ACCOUNT_MAX - 1));
    write
        .session()
        .update(
            "INSERT INTO varve_known_network (subject, account, last_at) VALUES (?, ?, ?)",
            List.of(subject, account, now));
  }

  static boolean isKnown(Session rows, String account, RequestSource source, Instant at)
      throws SQLException {
    return rows.first(
            "SELECT 1 FROM varve_known_network WHERE subject = ? AND last_at > ?",
            List.of(subject(account, source), SqlValues.micros(at.minus(KEPT))),
            _ -> true)
        .isPresent();
  }

  private static String subject(String account, RequestSource source) {
    return HexFormat.of().formatHex(OpaqueToken.sha256(account + "\n" + source.network()));
  }

  /// Knows none any more: whoever was there may not be who the account is for.
  static void forget(WriteContext write, String account) throws SQLException {
    write.session().update("DELETE FROM varve_known_network WHERE account = ?", List.of(account));
  }
}
