package dev.varve.face.auth;

import dev.varve.kernel.Rfc3339;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What an administrator wants a new API key to be: `{"name": "...", "roles": ["..."], "expiresAt": "..."}`.
record ApiKeyRequest(String name, Set<String> roles, Optional<Instant> expiresAt) {
  static final List<Member> MEMBERS =
      List.of(
          Member.text("name"),
          Member.of("roles", new Route.Type.Texts()),
          Member.instant("expiresAt").optional().orNull());
  private static final int NAME_LENGTH_MAX = 100;
  private static final int ROLES_MAX = 20;
  private static final int ROLE_LENGTH_MAX = 64;

  /// @throws dev.varve.kernel.Problem VALIDATION_ERROR with everything that is wrong
  static ApiKeyRequest of(Request request) {
    JsonBody body = JsonBody.of(request, MEMBERS);
    String name = name(body);
    Set<String> roles = roles(body);
    Optional<Instant> expiresAt = expiresAt(body, request.startedAt());
    body.check();
    return new ApiKeyRequest(name, roles, expiresAt);
  }

  private static String name(JsonBody body) {
    if (body.rest().get("name") instanceof String name && fits(name, NAME_LENGTH_MAX)) {
      return name;
    }
    body.wrong("name", "must be text of 1 to %d characters".formatted(NAME_LENGTH_MAX));
    return "";
  }

  private static Set<String> roles(JsonBody body) {
    Set<String> roles = new LinkedHashSet<>();
    @Nullable Object given = body.rest().get("roles");
    boolean list = given instanceof List<?> values && values.size() <= ROLES_MAX;
    if (list && given instanceof List<?> values) {
      for (Object value : values) {
        list &= value instanceof String role && fits(role, ROLE_LENGTH_MAX);
        roles.add(String.valueOf(value));
      }
    }
    if (!list) {
      body.wrong(
          "roles",
          "must be a list of at most %d names of roles, each of 1 to %d characters"
              .formatted(ROLES_MAX, ROLE_LENGTH_MAX));
    }
    return roles;
  }

  private static Optional<Instant> expiresAt(JsonBody body, Instant now) {
    @Nullable Object given = body.rest().get("expiresAt");
    if (given == null) {
      return Optional.empty();
    }
    Instant instant = given instanceof String text ? Rfc3339.instant(text) : null;
    if (instant == null || !instant.isAfter(now)) {
      body.wrong("expiresAt", "must be an instant to come, such as 2030-01-31T12:00:00Z");
      return Optional.empty();
    }
    return Optional.of(instant);
  }

  private static boolean fits(String text, int lengthMax) {
    return !text.isBlank()
        && text.codePointCount(0, text.length()) <= lengthMax
        && text.codePoints().noneMatch(Character::isISOControl);
  }
}
