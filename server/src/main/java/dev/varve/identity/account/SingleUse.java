package dev.varve.identity.account;

import dev.varve.identity.passkey.PasskeyOptions;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.Json;
import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is good once, each kind for itself: nothing of one kind is taken for another. It is used up before anybody looks at
/// what it says, so that a wrong use of it is its last.
public final class SingleUse {
  // more than are added with each that is issued, and few enough that no write is slow
  private static final long PRUNED_MAX = 20;

  private final SecureRandom random;

  public SingleUse(SecureRandom random) {
    this.random = random;
  }

  public enum Kind {
    /// An authorization code (RFC 6749, section 4.1.2), for as long as a browser takes to bring it to a client.
    CODE(Duration.ofMinutes(1), Duration.ofDays(1)),
    /// What somebody gets who has proven one thing and owes another: with both, a session of the application that Varve serves.
    TICKET(FirstProof.LIFETIME, Duration.ofDays(1)),
    /// The challenge of a passkey.
    PASSKEY(PasskeyOptions.LIFETIME, Duration.ZERO),
    /// What somebody gets whose account must have a second factor and has none: good for enrolling one, and for nothing else.
    ENROLMENT_TICKET(FirstProof.LIFETIME, Duration.ofDays(1)),
    /// The way of a browser to a provider and back (`state`), as long as somebody takes to sign in there.
    PROVIDER_TRIP(Duration.ofMinutes(15), Duration.ofHours(1)),
    /// What a page sends a browser to a provider with to link an account to it.
    PROVIDER_LINK(Duration.ofMinutes(5), Duration.ofHours(1)),
    /// What somebody brings who is back from a provider: a session, for whoever sent them there.
    PROVIDER_CODE(Duration.ofMinutes(1), Duration.ofHours(1)),
    /// The same for a link of the account that asked for it.
    PROVIDER_LINK_CODE(Duration.ofMinutes(1), Duration.ofHours(1)),
    /// What a page sends a browser to a provider with to prove once more who somebody is.
    PROVIDER_PROOF(Duration.ofMinutes(5), Duration.ofHours(1)),
    /// What somebody brings who is back from that, for the session in which they asked.
    PROVIDER_PROOF_CODE(Duration.ofMinutes(1), Duration.ofHours(1)),
    /// The form that asks somebody new for what accounts need.
    PROVIDER_SIGN_UP(Duration.ofHours(1), Duration.ofHours(1)),
    /// The secret of an authenticator application that was shown, until the application shows the right code for it.
    TOTP_ENROLMENT(Duration.ofMinutes(10), Duration.ofDays(1)),
    /// A request that a client has pushed (RFC 9126, section 2.2), for as long as a browser takes to come with it; it is used
    /// when somebody has answered it.
    PUSHED_REQUEST(Duration.ofMinutes(1), Duration.ZERO),
    /// The id of such a request that was answered, for as long as a page of it may still be open somewhere.
    ANSWERED_REQUEST(Duration.ZERO, Duration.ZERO),
    /// The id of a client's assertion (RFC 7523, section 3), which says itself how long it is good.
    ASSERTION(Duration.ZERO, Duration.ZERO),
    /// A proof of a key that came with a request (RFC 9449), where several nodes have to know of it ([SpentProofs]).
    KEY_PROOF(Duration.ZERO, Duration.ZERO);

    private final Duration lifetime;
    // how much longer it is known for one that was good
    private final Duration kept;

    Kind(Duration lifetime, Duration kept) {
      this.lifetime = lifetime;
      this.kept = kept;
    }

    public Duration lifetime() {
      return lifetime;
    }
  }

  /// What became of one that was sent in.
  public sealed interface Use {
    /// It was good, and is now used.
    record First(Map<String, Object> content) implements Use {}

    /// It had been used before.
    ///
    /// @param outcome what came of that
    record Again(Optional<String> outcome) implements Use {}

    /// It is none, or has expired.
    record Unknown() implements Use {}
  }

  private record Row(String content, boolean used, boolean expired, Optional<String> outcome) {}

  /// Makes one.
  ///
  /// @param content plain JSON values
  public OpaqueToken issue(WriteContext write, Kind kind, Map<String, ?> content)
      throws SQLException {
    return issue(write, kind, content, null);
  }

  /// Makes one for a client, unless it has too many that are good and were not used yet.
  ///
  /// @param most how many it may have
  /// @return nothing when it has as many
  public Optional<OpaqueToken> issue(
      WriteContext write, Kind kind, Map<String, ?> content, String client, long most)
      throws SQLException {
    long open =
        write
            .session()
            .first(
                "SELECT COUNT(*) FROM varve_single_use"
                    + " WHERE client = ? AND kind = ? AND expires_at > ? AND used_at IS NULL",
                List.of(client, kind.name(), SqlValues.micros(write.at())),
                row -> row.getLong(1))
            .orElse(0L);
    return open < most ? Optional.of(issue(write, kind, content, client)) : Optional.empty();
  }

  private OpaqueToken issue(
      WriteContext write, Kind kind, Map<String, ?> content, @Nullable String client)
      throws SQLException {
    prune(write, kind);
    OpaqueToken token = OpaqueToken.random(random);
    write
        .session()
        .update(
            "INSERT INTO varve_single_use (kind, hash, content, created_at, expires_at, client) VALUES (?, ?, ?, ?, ?, ?)",
            Arrays.asList(
                kind.name(),
                token.hash(),
                new String(Json.bytes(json -> Json.write(json, content)), StandardCharsets.UTF_8),
                SqlValues.micros(write.at()),
                SqlValues.micros(write.at().plus(kind.lifetime)),
                client));
    return token;
  }

  private static void prune(WriteContext write, Kind kind) throws SQLException {
    write
        .session()
        .update(
            "DELETE FROM varve_single_use WHERE (kind, hash) IN"
                + " (SELECT kind, hash FROM varve_single_use WHERE kind = ? AND expires_at < ? LIMIT ?)",
            List.of(kind.name(), SqlValues.micros(write.at().minus(kind.kept)), PRUNED_MAX));
  }

  /// What one says that is good and was not used yet, for whoever has to prove something else with it before it is used.
  public static Optional<Map<String, Object>> find(WriteContext write, Kind kind, String token)
      throws SQLException {
    return find(write.session(), kind, token, write.at());
  }

  /// The same at an instant.
  public static Optional<Map<String, Object>> find(
      Session session, Kind kind, String token, Instant at) throws SQLException {
    return session
        .first(
            "SELECT content FROM varve_single_use"
                + " WHERE kind = ? AND hash = ? AND used_at IS NULL AND expires_at > ?",
            List.of(kind.name(), OpaqueToken.sha256(token), SqlValues.micros(at)),
            row -> row.getString(1))
        .map(SingleUse::content);
  }

  /// Uses one up that was found before, however long that took.
  ///
  /// @return whether it had not been used meanwhile
  public static boolean finish(WriteContext write, Kind kind, String token) throws SQLException {
    return write
            .session()
            .update(
                "UPDATE varve_single_use SET used_at = ? WHERE kind = ? AND hash = ? AND used_at IS NULL",
                List.of(SqlValues.micros(write.at()), kind.name(), OpaqueToken.sha256(token)))
        > 0;
  }

  /// Uses up what somebody else has made.
  ///
  /// @return whether it had not come before
  public static boolean spend(WriteContext write, Kind kind, String id, Instant expiresAt)
      throws SQLException {
    prune(write, kind);
    byte[] hash = OpaqueToken.sha256(id);
    boolean known =
        write
            .session()
            .first(
                "SELECT 1 FROM varve_single_use WHERE kind = ? AND hash = ?",
                List.of(kind.name(), hash),
                row -> row.getInt(1))
            .isPresent();
    if (known) {
      return false;
    }
    long now = SqlValues.micros(write.at());
    write
        .session()
        .update(
            "INSERT INTO varve_single_use (kind, hash, content, created_at, expires_at, used_at) VALUES (?, ?, ?, ?, ?, ?)",
            List.of(kind.name(), hash, "{}", now, SqlValues.micros(expiresAt), now));
    return true;
  }

  /// Uses one up.
  public Use use(WriteContext write, Kind kind, String token) throws SQLException {
    byte[] hash = OpaqueToken.sha256(token);
    long now = SqlValues.micros(write.at());
    Optional<Row> row =
        write
            .session()
            .first(
                "SELECT content, used_at IS NOT NULL, expires_at <= ?, outcome FROM varve_single_use"
                    + " WHERE kind = ? AND hash = ?",
                List.of(now, kind.name(), hash),
                SingleUse::read);
    if (row.isEmpty()) {
      return new Use.Unknown();
    }
    if (row.get().used()) {
      return new Use.Again(row.get().outcome());
    }
    write
        .session()
        .update(
            "UPDATE varve_single_use SET used_at = ? WHERE kind = ? AND hash = ?",
            List.of(now, kind.name(), hash));
    return row.get().expired() ? new Use.Unknown() : new Use.First(content(row.get().content()));
  }

  private static Row read(ResultSet row) throws SQLException {
    return new Row(
        row.getString(1),
        row.getBoolean(2),
        row.getBoolean(3),
        Optional.ofNullable(row.getString(4)));
  }

  private static Map<String, Object> content(String text) {
    Map<String, Object> content = new LinkedHashMap<>();
    if (Json.read(text.getBytes(StandardCharsets.UTF_8)) instanceof Map<?, ?> members) {
      members.forEach((name, value) -> {
        if (value != null) {
          content.put(String.valueOf(name), value);
        }
      });
    }
    return content;
  }

  /// Notes what came of a use, for whoever uses it again.
  public void came(WriteContext write, Kind kind, String token, String outcome)
      throws SQLException {
    write
        .session()
        .update(
            "UPDATE varve_single_use SET outcome = ? WHERE kind = ? AND hash = ?",
            Arrays.asList(outcome, kind.name(), OpaqueToken.sha256(token)));
  }
}
