package dev.varve.identity.client;

import dev.varve.identity.account.Expiry;
import dev.varve.identity.account.FirstProof;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.SqlValues;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Requests of clients to sign somebody in, while people answer what they are asked. A flow belongs to the browser in which it
/// began, and pages carry nothing but its id.
public final class Flows {
  /// Long enough to find a password, and to read a mail.
  public static final Duration LIFETIME = Duration.ofHours(1);

  private final Database database;
  private final SecureRandom random;
  private final Clock clock;

  public Flows(Database database, SecureRandom random, Clock clock) {
    this.database = database;
    this.random = random;
    this.clock = clock;
  }

  /// @param request of the client, as JSON
  /// @param proven what somebody has proven who owes a second factor
  public record Flow(
      String id,
      String client,
      String request,
      Instant createdAt,
      boolean finished,
      Optional<FirstProof> proven) {}

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
  public Optional<Flow> find(String id, String browser) {
    return database.lookup(session ->
        session.first(
            "SELECT client, request, created_at, finished_at IS NOT NULL, proven FROM varve_flow"
                + " WHERE hash = ? AND browser = ? AND expires_at > ?",
            List.of(
                OpaqueToken.sha256(id),
                OpaqueToken.sha256(browser),
                SqlValues.micros(clock.instant())),
            row -> read(id, row)));
  }

  private static Flow read(String id, ResultSet row) throws SQLException {
    return new Flow(
        id,
        row.getString(1),
        row.getString(2),
        SqlValues.instant(row.getLong(3)),
        row.getBoolean(4),
        Optional.ofNullable(row.getString(5)).map(FirstProof::read));
  }

  /// Keeps what somebody has proven, in place of what was proven before.
  public static void prove(WriteContext write, Flow flow, FirstProof proof) throws SQLException {
    write
        .session()
        .update(
            "UPDATE varve_flow SET proven = ? WHERE hash = ? AND finished_at IS NULL",
            List.of(proof.json(), OpaqueToken.sha256(flow.id())));
  }

  /// What is kept of a flow that goes on.
  public static Optional<FirstProof> proven(WriteContext write, Flow flow) throws SQLException {
    return write
        .session()
        .first(
            "SELECT proven FROM varve_flow WHERE hash = ? AND finished_at IS NULL AND proven IS NOT NULL",
            List.of(OpaqueToken.sha256(flow.id())),
            row -> FirstProof.read(row.getString(1)));
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
