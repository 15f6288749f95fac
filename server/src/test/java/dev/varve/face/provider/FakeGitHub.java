package dev.varve.face.provider;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// GitHub: no OpenID Connect, 200 for errors, forms where JSON is not asked for, numbers for ids, and addresses that are told apart.
class FakeGitHub extends FakeProvider {
  volatile List<Object> emails = List.of();

  @Override
  void routes() {
    on("/login/oauth/authorize", this::authorize);
    on("/login/oauth/access_token", this::token);
    on("/api/v3/user/emails", exchange -> api(exchange, emails));
    on("/api/v3/user", exchange -> api(exchange, person));
  }

  @Override
  Map<String, Object> tokens(Grant grant, String access) {
    Map<String, Object> tokens = new LinkedHashMap<>();
    tokens.put("access_token", access);
    tokens.put("token_type", "bearer");
    tokens.put("scope", "read:user,user:email");
    return tokens;
  }

  @Override
  void token(HttpExchange exchange) throws IOException {
    if (!"application/json".equals(exchange.getRequestHeaders().getFirst("Accept"))) {
      text(exchange, 200, "application/x-www-form-urlencoded", "access_token=not-json");
      return;
    }
    super.token(exchange);
  }

  @Override
  void refuse(HttpExchange exchange, String error) throws IOException {
    json(
        exchange,
        200,
        Map.of(
            "error",
            error.equals("invalid_grant")
                ? "bad_verification_code"
                : "incorrect_client_credentials",
            "error_description",
            "The code passed is incorrect or expired."));
  }

  private void api(HttpExchange exchange, Object body) throws IOException {
    String agent = exchange.getRequestHeaders().getFirst("User-Agent");
    if (agent == null || agent.startsWith("Java") || agent.startsWith("Helidon")) {
      text(exchange, 403, "text/plain", "Request forbidden by administrative rules.");
    } else if (grant(exchange) == null) {
      json(exchange, 401, Map.of("message", "Bad credentials"));
    } else {
      json(exchange, 200, body);
    }
  }

  static Map<String, Object> email(String address, boolean primary, boolean verified) {
    return Map.of("email", address, "primary", primary, "verified", verified);
  }
}
