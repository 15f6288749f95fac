package dev.varve.face.provider;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Apple: a form that the browser posts, the name the first time alone and beside the token, truths that are texts, addresses that are
/// relayed, and a secret that is a JWT.
class FakeApple extends FakeProvider {
  static final String TEAM = "TEAM123456";
  static final String KEY_ID = "KEY1234567";
  private static final Pattern INPUT = Pattern.compile("name='([^']*)' value='([^']*)'");

  final ECKey clientKey;
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  FakeApple() {
    try {
      clientKey = new ECKeyGenerator(Curve.P_256).keyID(KEY_ID).generate();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /// As it stands in the file that Apple gives.
  String pem() {
    try {
      return "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
          .formatted(
              Base64.getMimeEncoder().encodeToString(clientKey.toECPrivateKey().getEncoded()));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  boolean asksAgain() {
    return false;
  }

  @Override
  Map<String, Object> about() {
    Map<String, Object> about = super.about();
    about.remove("userinfo_endpoint");
    about.put("token_endpoint_auth_methods_supported", List.of("client_secret_post"));
    about.put("response_modes_supported", List.of("query", "fragment", "form_post"));
    return about;
  }

  @Override
  void sendBack(HttpExchange exchange, Map<String, String> request, Map<String, String> answer)
      throws IOException {
    if (!"form_post".equals(request.get("response_mode"))) {
      text(
          exchange,
          400,
          "text/plain",
          "form_post is needed when a name or an address is asked for");
      return;
    }
    Map<String, String> form = new LinkedHashMap<>(answer);
    if (known.add(String.valueOf(person.get("sub")))) {
      form.put(
          "user",
          "{\"name\":{\"firstName\":\"Ada\",\"lastName\":\"Lovelace\"},\"email\":\"forged@example.com\"}");
    }
    StringBuilder page =
        new StringBuilder(
            "<form method='post' action='%s'>".formatted(request.get("redirect_uri")));
    form.forEach((name, value) ->
        page.append("<input type='hidden' name='%s' value='%s'>".formatted(name, value)));
    text(exchange, 200, "text/html", page + "</form>");
  }

  @Override
  Return returned(HttpResponse<String> page) {
    Matcher action = Pattern.compile("action='([^']*)'").matcher(page.body());
    if (!action.find()) {
      throw new AssertionError(page.statusCode() + " " + page.body());
    }
    Map<String, String> form = new LinkedHashMap<>();
    Matcher input = INPUT.matcher(page.body());
    while (input.find()) {
      form.put(input.group(1), input.group(2));
    }
    return new Return(URI.create(action.group(1)).getRawPath(), form);
  }

  @Override
  String refusal(HttpExchange exchange, Map<String, String> request) {
    try {
      SignedJWT secret = SignedJWT.parse(request.getOrDefault("client_secret", ""));
      JWTClaimsSet claims = secret.getJWTClaimsSet();
      boolean good =
          CLIENT.equals(request.get("client_id"))
              && KEY_ID.equals(secret.getHeader().getKeyID())
              && secret.verify(new ECDSAVerifier(clientKey))
              && TEAM.equals(claims.getIssuer())
              && CLIENT.equals(claims.getSubject())
              && List.of(issuer()).equals(claims.getAudience())
              && Duration.between(
                          claims.getIssueTime().toInstant(), claims.getExpirationTime().toInstant())
                      .compareTo(Duration.ofDays(180))
                  < 0;
      return good ? "" : "invalid_client";
    } catch (Exception e) {
      return "invalid_client";
    }
  }

  static Map<String, Object> person(String subject, String email) {
    return Map.of(
        "sub", subject, "email", email, "email_verified", "true", "is_private_email", "true");
  }
}
