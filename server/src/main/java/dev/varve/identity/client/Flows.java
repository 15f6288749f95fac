package dev.varve.identity.client;

import dev.varve.identity.account.Expiry;
import dev.varve.identity.account.FirstProof;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.Json;
import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.SqlValues;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Requests of clients to sign somebody in, while people answer what they are asked. A flow belongs to the browser in which it
/// began, and pages carry nothing but its id.
public final class Flows {
  /// Long enough to find a password, and to read a mail.
  public static final Duration LIFETIME = Duration.ofHours(1);

  private static final String KEEPER = "keeper";

  private final Database database;
  private final SecureRandom random;
  private final Clock clock;

  public Flows(Database database, SecureRandom random, Clock clock) {
    this.database = database;
    this.random = random;
    this.clock = clock;
  }

  /// @param request of the client, as JSON
  /// @param proven what somebody has proven in this browser who owes a second factor
  /// @param keeper the cookie that they were given for it
  public record Flow(
      String id,
      String client,
      String request,
      Instant createdAt,
      boolean finished,
      Optional<FirstProof> proven,
      Optional<String> keeper) {}

  /// Begins a flow.
  ///
  /// @param browser the cookie of the browser
  /// @return its id
  public String begin(WriteContext write, String browser, String client, String request)
      throws SQLException {
    Expiry.prune(write, "varve_flow", "hash", "expires_at", write.at());
    OpaqueToken id = OpaqueToken.random(random);
    write
        .session()
        .update(
            "INSERT INTO varve_flow (hash, browser, client, request, created_at, expires_at)"
                + " VALUES (?, ?, ?, ?, ?, ?)",
            List.of(
                id.hash(),
                OpaqueToken.sha256(browser),
                client,
                request,
                SqlValues.micros(write.at()),
                SqlValues.micros(write.at().plus(LIFETIME))));
    return id.text();
  }

  /// The flow of that id, if it is this browser's and has not expired.
  ///
  /// @param browser the cookie of the browser
  /// @param keeper the cookie that it was given when somebody proved something in it: who planted the other one, and knows the flow,
  ///     is not to go on with what was proven there
  public Optional<Flow> find(String id, String browser, Optional<String> keeper) {
    return database.lookup(session ->
        session.first(
            "SELECT client, request, created_at, finished_at IS NOT NULL, proven FROM varve_flow"
                + " WHERE hash = ? AND browser = ? AND expires_at > ?",
            List.of(
                OpaqueToken.sha256(id),
                OpaqueToken.sha256(browser),
                SqlValues.micros(clock.instant())),
            row -> read(id, keeper, row)));
  }

  private static Flow read(String id, Optional<String> keeper, ResultSet row) throws SQLException {
    return new Flow(
        id,
        row.getString(1),
        row.getString(2),
        SqlValues.instant(row.getLong(3)),
        row.getBoolean(4),
        kept(row.getString(5), keeper),
        keeper);
  }

  /// What was proven in the browser that has the cookie.
  private static Optional<FirstProof> kept(@Nullable String proven, Optional<String> keeper) {
    if (proven == null || keeper.isEmpty()) {
      return Optional.empty();
    }
    Map<?, ?> members =
        (Map<?, ?>) Objects.requireNonNull(Json.read(proven.getBytes(StandardCharsets.UTF_8)));
    boolean own =
        MessageDigest.isEqual(
            keeper(keeper.get()).getBytes(StandardCharsets.US_ASCII),
            String.valueOf(members.get(KEEPER)).getBytes(StandardCharsets.UTF_8));
    return own ? Optional.of(FirstProof.read(members)) : Optional.empty();
  }

  private static String keeper(String cookie) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(OpaqueToken.sha256(cookie));
  }

  /// Keeps what somebody has proven, in place of what was proven before.
  ///
  /// @param keeper the cookie that the browser is given for it
  public static void prove(WriteContext write, Flow flow, FirstProof proof, OpaqueToken keeper)
      throws SQLException {
    Map<String, Object> members = new LinkedHashMap<>(proof.members());
    members.put(KEEPER, keeper(keeper.text()));
    write
        .session()
        .update(
            "UPDATE varve_flow SET proven = ? WHERE hash = ? AND finished_at IS NULL",
            List.of(
                new String(Json.bytes(json -> Json.write(json, members)), StandardCharsets.UTF_8),
                OpaqueToken.sha256(flow.id())));
  }

  /// What is kept of a flow that goes on, and was proven in this browser.
  public static Optional<FirstProof> proven(WriteContext write, Flow flow) throws SQLException {
    return write
        .session()
        .first(
            "SELECT proven FROM varve_flow WHERE hash = ? AND finished_at IS NULL AND proven IS NOT NULL",
            List.of(OpaqueToken.sha256(flow.id())),
            row -> row.getString(1))
        .flatMap(proven -> kept(proven, flow.keeper()));
  }

  /// Forgets it.
  public static void forget(WriteContext write, Flow flow) throws SQLException {
    write
        .session()
        .update(
            "UPDATE varve_flow SET proven = NULL WHERE hash = ?",
            List.of(OpaqueToken.sha256(flow.id())));
  }

  /// Forgets every flow of a client.
  static void endAllOf(WriteContext write, String client) throws SQLException {
    write.session().update("DELETE FROM varve_flow WHERE client = ?", List.of(client));
  }

  /// Ends a flow.
  ///
  /// @return whether it had not ended before
  public static boolean finish(WriteContext write, Flow flow) throws SQLException {
    return write
            .session()
            .update(
                "UPDATE varve_flow SET finished_at = ? WHERE hash = ? AND finished_at IS NULL",
                List.of(SqlValues.micros(write.at()), OpaqueToken.sha256(flow.id())))
        > 0;
  }

  /// What a form on a page of the flow carries, so that no page of another site can send it: nobody makes it without the cookie.
  public static String formToken(Flow flow, String browser) {
    return OpaqueToken.derived(browser.getBytes(StandardCharsets.UTF_8), "form " + flow.id())
        .text();
  }

  /// The same of the form that takes the code of a device.
  public static String deviceToken(String browser) {
    return OpaqueToken.derived(browser.getBytes(StandardCharsets.UTF_8), "device").text();
  }

  /// The same of the form that signs out, for the session of a browser.
  public static String logoutToken(String session) {
    return OpaqueToken.derived(session.getBytes(StandardCharsets.UTF_8), "logout").text();
  }
}
