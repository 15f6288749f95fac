package dev.varve.face.provider;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Discord: no OpenID Connect, numbers in texts for ids, clients that say what they are, an address only with its scope, which may be
/// none or not verified, a name that is shown which may be none, and pictures by hashes.
class FakeDiscord extends FakeProvider {
  // who signs in
  volatile Map<String, @Nullable Object> user = Map.of();

  private static final String AGENT = "DiscordBot \\(https?://[^,]+, [^)]+\\).*";

  @Override
  void routes() {
    on("/oauth2/authorize", this::authorize);
    on("/api/oauth2/token", this::token);
    on("/api/users/@me", this::me);
  }

  @Override
  void authorize(HttpExchange exchange) throws IOException {
    Map<String, String> request = form(exchange.getRequestURI().getRawQuery());
    List<String> scopes = List.of(request.getOrDefault("scope", "").split(" ", -1));
    boolean known = List.of("identify", "email", "openid").containsAll(scopes);
    if (!known || scopes.contains("openid")) {
      sendBack(
          exchange,
          request,
          Map.of("error", "invalid_scope", "state", request.getOrDefault("state", "")));
      return;
    }
    super.authorize(exchange);
  }

  @Override
  void token(HttpExchange exchange) throws IOException {
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    if (type == null || !type.startsWith("application/x-www-form-urlencoded")) {
      json(exchange, 400, Map.of("error", "unsupported_grant_type"));
      return;
    }
    super.token(exchange);
  }

  @Override
  Map<String, Object> tokens(Grant grant, String access) {
    Map<String, Object> tokens = new LinkedHashMap<>();
    tokens.put("token_type", "Bearer");
    tokens.put("access_token", access);
    tokens.put("expires_in", 604_800L);
    tokens.put("refresh_token", UUID.randomUUID().toString());
    tokens.put("scope", grant.request().get("scope"));
    return tokens;
  }

  private void me(HttpExchange exchange) throws IOException {
    String agent = exchange.getRequestHeaders().getFirst("User-Agent");
    Grant grant = grant(exchange);
    if (agent == null || !agent.matches(AGENT)) {
      json(exchange, 403, Map.of("message", "internal network error", "code", 40_333L));
    } else if (grant == null) {
      json(exchange, 401, Map.of("message", "401: Unauthorized", "code", 0L));
    } else {
      Map<String, @Nullable Object> told = new LinkedHashMap<>(user);
      if (!grant.request().getOrDefault("scope", "").contains("email")) {
        told.keySet().removeAll(List.of("email", "verified"));
      }
      json(exchange, 200, told);
    }
  }

  /// @param shown the name that is shown, if one was chosen
  static Map<String, @Nullable Object> person(
      String id, @Nullable String shown, @Nullable String email, boolean verified) {
    Map<String, @Nullable Object> person = new LinkedHashMap<>();
    person.put("id", id);
    person.put("username", "ada.lovelace");
    person.put("discriminator", "0");
    person.put("global_name", shown);
    person.put("avatar", "a_1269e74af4df7417b13759eae50c83dc");
    person.put("mfa_enabled", true);
    person.put("locale", "de");
    person.put("email", email);
    person.put("verified", verified);
    return person;
  }
}
