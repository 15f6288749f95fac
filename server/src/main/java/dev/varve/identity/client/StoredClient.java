package dev.varve.identity.client;

import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A client as it lies in the database.
///
/// @param origin who said what it is
/// @param createdBy the actor who made it
/// @param goodSince what it was given before is worth nothing
/// @param disabledAt since when it is shut out, if it is
public record StoredClient(
    String id,
    Client.Origin origin,
    ClientDescription description,
    List<ClientSecret> secrets,
    Instant createdAt,
    String createdBy,
    Instant changedAt,
    Instant goodSince,
    Optional<Instant> disabledAt) {
  private static final String SELECT =
      "SELECT id, origin, description, created_at, created_by, changed_at, good_since, disabled_at"
          + " FROM varve_client WHERE deleted_at IS NULL";

  public StoredClient {
    secrets = List.copyOf(secrets);
  }

  /// Every one that was not deleted.
  static List<StoredClient> all(Session session) throws SQLException {
    Map<String, List<ClientSecret>> secrets = new HashMap<>();
    session
        .list(
            "SELECT client, hash, created_at, expires_at FROM varve_client_secret ORDER BY created_at",
            List.of(),
            row -> Map.entry(row.getString(1), secret(row, 2)))
        .forEach(one ->
            secrets.computeIfAbsent(one.getKey(), _ -> new ArrayList<>()).add(one.getValue()));
    return session.list(SELECT + " ORDER BY id", List.of(), StoredClient::read).stream()
        .map(client -> client.with(secrets.getOrDefault(client.id(), List.of())))
        .toList();
  }

  static Optional<StoredClient> find(Session session, String id) throws SQLException {
    Optional<StoredClient> found =
        session.first(SELECT + " AND id = ?", List.of(id), StoredClient::read);
    if (found.isEmpty()) {
      return found;
    }
    List<ClientSecret> secrets =
        session.list(
            "SELECT hash, created_at, expires_at FROM varve_client_secret WHERE client = ? ORDER BY created_at",
            List.of(id),
            row -> secret(row, 1));
    return Optional.of(found.get().with(secrets));
  }

  /// Whether there is a client of that id, or was one.
  static boolean everWas(Session session, String id) throws SQLException {
    return session
        .first("SELECT 1 FROM varve_client WHERE id = ?", List.of(id), row -> row.getInt(1))
        .isPresent();
  }

  /// The ids of those that are not kept here, and that people have let in: URLs.
  static List<String> documentsLetIn(Session session, String after, int countMax)
      throws SQLException {
    return session.list(
        "SELECT client FROM varve_consent WHERE client > ?"
            + " AND (client LIKE 'https://%' OR client LIKE 'http://%')"
            + " GROUP BY client ORDER BY client LIMIT ?",
        List.of(after, countMax), row -> row.getString(1));
  }

  static long count(Session session, Client.Origin origin) throws SQLException {
    return session
        .first(
            "SELECT COUNT(*) FROM varve_client WHERE origin = ? AND deleted_at IS NULL",
            List.of(origin.name()),
            row -> row.getLong(1))
        .orElse(0L);
  }

  private static StoredClient read(ResultSet row) throws SQLException {
    return new StoredClient(
        row.getString(1),
        Client.Origin.valueOf(row.getString(2)),
        ClientDescription.read(row.getString(3)),
        List.of(),
        SqlValues.instant(row.getLong(4)),
        row.getString(5),
        SqlValues.instant(row.getLong(6)),
        SqlValues.instant(row.getLong(7)),
        instant(row, 8));
  }

  private static ClientSecret secret(ResultSet row, int column) throws SQLException {
    return new ClientSecret(
        row.getBytes(column), SqlValues.instant(row.getLong(column + 1)), instant(row, column + 2));
  }

  private static Optional<Instant> instant(ResultSet row, int column) throws SQLException {
    long micros = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(SqlValues.instant(micros));
  }

  private StoredClient with(List<ClientSecret> others) {
    return new StoredClient(
        id, origin, description, others, createdAt, createdBy, changedAt, goodSince, disabledAt);
  }

  void insert(Session session) throws SQLException {
    session.update(
        "INSERT INTO varve_client (id, origin, description, created_at, created_by, changed_at, good_since)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?)",
        List.of(
            id,
            origin.name(),
            description.json(),
            SqlValues.micros(createdAt),
            createdBy,
            SqlValues.micros(changedAt),
            SqlValues.micros(goodSince)));
    for (ClientSecret secret : secrets) {
      insert(session, secret);
    }
  }

  private void insert(Session session, ClientSecret secret) throws SQLException {
    session.update(
        "INSERT INTO varve_client_secret (hash, client, created_at, expires_at) VALUES (?, ?, ?, ?)",
        Arrays.<@Nullable Object>asList(
            secret.hash(),
            id,
            SqlValues.micros(secret.createdAt()),
            secret.until().map(SqlValues::micros).orElse(null)));
  }

  static void describe(Session session, String id, ClientDescription description, Instant at)
      throws SQLException {
    session.update(
        "UPDATE varve_client SET description = ?, changed_at = ? WHERE id = ?",
        List.of(description.json(), SqlValues.micros(at), id));
  }

  /// Adds a secret; those that are good forever are good until then.
  void rotate(Session session, ClientSecret next, Instant at, Instant until) throws SQLException {
    session.update(
        "DELETE FROM varve_client_secret WHERE client = ? AND expires_at <= ?",
        List.of(id, SqlValues.micros(at)));
    if (until.isAfter(at)) {
      session.update(
          "UPDATE varve_client_secret SET expires_at = ? WHERE client = ? AND (expires_at IS NULL OR expires_at > ?)",
          List.of(SqlValues.micros(until), id, SqlValues.micros(until)));
    } else {
      session.update("DELETE FROM varve_client_secret WHERE client = ?", List.of(id));
    }
    insert(session, next);
  }

  /// Shuts it out, or lets it in again: what it was given before stays worth nothing.
  static void disable(Session session, String id, boolean disabled, Instant at)
      throws SQLException {
    session.update(
        "UPDATE varve_client SET disabled_at = ?, good_since = ?, changed_at = ? WHERE id = ?",
        Arrays.<@Nullable Object>asList(
            disabled ? SqlValues.micros(at) : null,
            SqlValues.micros(at),
            SqlValues.micros(at),
            id));
  }

  /// Forgets one whose id was made up, so that no other gets it: what it was given has ended before.
  static void forget(Session session, String id) throws SQLException {
    RegistrationToken.endAllOf(session, id);
    session.update("DELETE FROM varve_client_secret WHERE client = ?", List.of(id));
    session.update("DELETE FROM varve_client WHERE id = ?", List.of(id));
  }

  static void delete(Session session, String id, Instant at) throws SQLException {
    session.update("DELETE FROM varve_client_secret WHERE client = ?", List.of(id));
    session.update(
        "UPDATE varve_client SET deleted_at = ?, description = '{}' WHERE id = ?",
        List.of(SqlValues.micros(at), id));
  }

  /// What answers requests; nothing while it is shut out. One whose keys are not good here, such as those that a later version took, is
  /// let in no more.
  Optional<Client> client() {
    return disabledAt.isPresent() || !description.features().mistakes().isEmpty()
        ? Optional.empty()
        : Optional.of(Client.of(id, origin, description, secrets, goodSince));
  }

  /// Whether it proves itself.
  public boolean confidential() {
    return !secrets.isEmpty() || description.features().proves();
  }

  /// How many of its secrets are good.
  long secretsAt(Instant at) {
    return secrets.stream().filter(secret -> secret.goodAt(at)).count();
  }
}
