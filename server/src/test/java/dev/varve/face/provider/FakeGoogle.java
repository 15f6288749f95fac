package dev.varve.face.provider;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// Google: more parameters than asked for in its answer, an issuer that has no scheme now and then, and no way to be asked again.
class FakeGoogle extends FakeProvider {
  volatile boolean leavesSchemeOut;

  @Override
  boolean asksAgain() {
    return false;
  }

  @Override
  void authorize(HttpExchange exchange) throws IOException {
    Map<String, String> request = form(exchange.getRequestURI().getRawQuery());
    if ("login".equals(request.get("prompt"))) {
      text(exchange, 400, "text/plain", "Error 400: invalid_request, Invalid prompt: login");
      return;
    }
    super.authorize(exchange);
  }

  @Override
  void sendBack(HttpExchange exchange, Map<String, String> request, Map<String, String> answer)
      throws IOException {
    Map<String, String> more = new LinkedHashMap<>(answer);
    more.put("scope", "email profile openid https://www.googleapis.com/auth/userinfo.email");
    more.put("authuser", "0");
    more.put("prompt", "none");
    super.sendBack(exchange, request, more);
  }

  @Override
  Map<String, Object> claimsOf(Grant grant) {
    Map<String, Object> claims = super.claimsOf(grant);
    if (leavesSchemeOut) {
      claims.put("iss", issuer().replace("http://", ""));
    }
    claims.put("azp", CLIENT);
    claims.put("at_hash", "hash-of-the-access-token");
    return claims;
  }

  @Override
  void reset() {
    super.reset();
    leavesSchemeOut = false;
  }

  static Map<String, Object> person(String subject, String email, boolean verified) {
    return Map.of(
        "sub", subject, "email", email, "email_verified", verified, "name", "Ada Lovelace");
  }
}
