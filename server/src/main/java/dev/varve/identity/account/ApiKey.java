package dev.varve.identity.account;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.kernel.Rfc3339;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// A key for a machine, as it lies in the database.
///
/// @param hash of the secret
/// @param createdBy the actor who made it
/// @param lastUsedAt to the hour
public record ApiKey(
    String id,
    String name,
    Set<String> roles,
    byte[] hash,
    Instant createdAt,
    String createdBy,
    Optional<Instant> lastUsedAt,
    Optional<Instant> expiresAt,
    Optional<Instant> revokedAt) {
  private static final String SELECT =
      "SELECT id, name, roles, hash, created_at, created_by, last_used_at, expires_at, revoked_at"
          + " FROM varve_api_key";

  public static Optional<ApiKey> find(Session session, String id) throws SQLException {
    return session.first(SELECT + " WHERE id = ?", List.of(id), ApiKey::read);
  }

  /// The keys whose ids come before another one, newest first.
  public static List<ApiKey> before(Session session, String id, int limit) throws SQLException {
    return session.list(
        SELECT + " WHERE id < ? ORDER BY id DESC LIMIT ?", List.of(id, (long) limit), ApiKey::read);
  }

  public static long count(Session session) throws SQLException {
    return session
        .first("SELECT COUNT(*) FROM varve_api_key", List.of(), row -> row.getLong(1))
        .orElse(0L);
  }

  private static ApiKey read(ResultSet row) throws SQLException {
    return new ApiKey(
        row.getString(1),
        row.getString(2),
        roles(row.getString(3)),
        row.getBytes(4),
        SqlValues.instant(row.getLong(5)),
        row.getString(6),
        instant(row, 7),
        instant(row, 8),
        instant(row, 9));
  }

  private static Set<String> roles(String json) {
    Set<String> roles = new LinkedHashSet<>();
    if (Json.read(json.getBytes(StandardCharsets.UTF_8)) instanceof List<?> names) {
      names.forEach(name -> roles.add(String.valueOf(name)));
    }
    return roles;
  }

  private static Optional<Instant> instant(ResultSet row, int column) throws SQLException {
    long micros = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(SqlValues.instant(micros));
  }

  public void insert(Session session) throws SQLException {
    String rolesJson =
        new String(
            Json.bytes(json -> Json.write(json, List.copyOf(roles))), StandardCharsets.UTF_8);
    session.update(
        "INSERT INTO varve_api_key (id, name, roles, hash, created_at, created_by, expires_at)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?)",
        Arrays.<@Nullable Object>asList(
            id,
            name,
            rolesJson,
            hash,
            SqlValues.micros(createdAt),
            createdBy,
            expiresAt.map(SqlValues::micros).orElse(null)));
  }

  static void used(Session session, String id, Instant at) throws SQLException {
    session.update(
        "UPDATE varve_api_key SET last_used_at = ? WHERE id = ?",
        List.of(SqlValues.micros(at), id));
  }

  public static void revoke(Session session, String id, Instant at) throws SQLException {
    session.update(
        "UPDATE varve_api_key SET revoked_at = ? WHERE id = ?", List.of(SqlValues.micros(at), id));
  }

  /// @throws Problem UNAUTHENTICATED when it is good no more
  void requireGood(Instant at) {
    if (revokedAt.isPresent()) {
      throw refused("it is revoked");
    }
    if (expiresAt.isPresent() && !at.isBefore(expiresAt.get())) {
      throw refused("it has expired");
    }
  }

  static Problem refused(String reason) {
    return Problem.badToken(
        ErrorCode.UNAUTHENTICATED,
        "The API key is not good: %s. An administrator can make another at /auth/keys"
            .formatted(reason));
  }

  /// What administrators see of it, within an object.
  public void write(JsonGenerator json) {
    json.writeStringProperty("id", id);
    json.writeStringProperty("name", name);
    json.writeName("roles");
    Json.write(json, List.copyOf(roles));
    json.writeStringProperty("createdAt", Rfc3339.text(createdAt));
    json.writeStringProperty("createdBy", createdBy);
    write(json, "lastUsedAt", lastUsedAt);
    write(json, "expiresAt", expiresAt);
    write(json, "revokedAt", revokedAt);
  }

  private static void write(JsonGenerator json, String name, Optional<Instant> instant) {
    json.writeName(name);
    Json.write(json, instant.map(Rfc3339::text).orElse(null));
  }

  /// Not the hash: this ends up in logs.
  @Override
  public String toString() {
    return "ApiKey[" + id + "]";
  }
}
