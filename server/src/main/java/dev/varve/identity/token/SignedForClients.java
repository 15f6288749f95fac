package dev.varve.identity.token;

import dev.varve.kernel.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;

/// Signs what a client is told beside its tokens: who has signed in (OpenID Connect Core 1.0, section 5.3.2), and that a session has
/// ended (OpenID Connect Back-Channel Logout 1.0, section 2.4):
///
/// ```
/// header  {"typ": "logout+jwt", "alg": "RS256", "kid": "..."}
/// claims  {"iss": "https://shop.example", "sub": account, "aud": client, "iat": seconds, "exp": seconds, "jti": "...",
///          "sid": session, "events": {"http://schemas.openid.net/event/backchannel-logout": {}}}
/// ```
public final class SignedForClients {
  private static final String LOGOUT = "http://schemas.openid.net/event/backchannel-logout";
  // as short as the standard recommends (section 4)
  private static final Duration LOGOUT_LIFETIME = Duration.ofMinutes(2);

  private final SigningKeys keys;
  private final String issuer;
  private final Supplier<String> ids;

  /// @param ids makes the ids of tokens
  public SignedForClients(SigningKeys keys, String issuer, Supplier<String> ids) {
    this.keys = keys;
    this.issuer = issuer;
    this.ids = ids;
  }

  /// @param claims of who has signed in
  public String userInfo(String client, Map<String, ?> claims, Instant at) {
    byte[] payload =
        Json.bytes(json -> {
          json.writeStartObject();
          json.writeStringProperty("iss", issuer);
          json.writeStringProperty("aud", client);
          claims.forEach((name, value) -> {
            json.writeName(name);
            Json.write(json, value);
          });
          json.writeEndObject();
        });
    return keys.signing(at).sign(TokenType.USER_INFO, payload);
  }

  /// @param session of the client that has ended
  public String logout(String client, String account, String session, Instant at) {
    long issuedAt = at.getEpochSecond();
    byte[] payload =
        Json.bytes(json -> {
          json.writeStartObject();
          json.writeStringProperty("iss", issuer);
          json.writeStringProperty("sub", account);
          json.writeStringProperty("aud", client);
          json.writeNumberProperty("iat", issuedAt);
          json.writeNumberProperty("exp", issuedAt + LOGOUT_LIFETIME.toSeconds());
          json.writeStringProperty("jti", ids.get());
          json.writeStringProperty("sid", session);
          json.writeName("events");
          Json.write(json, Map.of(LOGOUT, Map.of()));
          json.writeEndObject();
        });
    return keys.signing(at).sign(TokenType.LOGOUT, payload);
  }
}
