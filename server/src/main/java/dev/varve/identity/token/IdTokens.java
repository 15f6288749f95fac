package dev.varve.identity.token;

import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Signs ID tokens, which tell an application who has signed in (OpenID Connect Core 1.0, section 2):
///
/// ```
/// header  {"typ": "JWT", "alg": "RS256", "kid": "..."}
/// claims  {"iss": "https://shop.example", "sub": account, "aud": client, "exp": seconds, "iat": seconds, "auth_time": seconds,
///          "nonce": "...", "acr": "...", "amr": ["pwd"], "sid": session}
/// ```
public final class IdTokens {
  /// As long as an application needs to read it.
  private static final Duration LIFETIME = Duration.ofMinutes(5);

  private static final int LENGTH_MAX = 8_192;

  private final SigningKeys keys;
  private final String issuer;

  public IdTokens(SigningKeys keys, String issuer) {
    this.keys = keys;
    this.issuer = issuer;
  }

  /// Who has signed in, and where.
  ///
  /// @param client to whom it is told
  /// @param nonce that the application sent, to know its answer by
  public record Subject(
      String account,
      String client,
      String session,
      Optional<String> nonce,
      Authenticated authenticated) {}

  public String issue(Subject subject, Instant at) {
    long issuedAt = at.getEpochSecond();
    byte[] claims =
        Json.bytes(json -> {
          json.writeStartObject();
          json.writeStringProperty("iss", issuer);
          json.writeStringProperty("sub", subject.account());
          json.writeStringProperty("aud", subject.client());
          json.writeNumberProperty("iat", issuedAt);
          json.writeNumberProperty("exp", issuedAt + LIFETIME.toSeconds());
          subject.nonce().ifPresent(nonce -> json.writeStringProperty("nonce", nonce));
          subject.authenticated().write(json);
          json.writeStringProperty("sid", subject.session());
          json.writeEndObject();
        });
    return keys.signing(at).sign(TokenType.ID, claims);
  }

  /// What an ID token of this server says that comes back, as a hint: it may have expired long ago.
  ///
  /// @param session in which it was issued
  public record Hint(String account, String client, String session) {}

  /// Nothing when none of the own keys has signed it.
  public Optional<Hint> hint(String token, Instant at) {
    int headerEnd = token.indexOf('.');
    int payloadEnd = token.indexOf('.', headerEnd + 1);
    if (token.length() > LENGTH_MAX
        || headerEnd < 0
        || payloadEnd < 0
        || token.indexOf('.', payloadEnd + 1) >= 0) {
      return Optional.empty();
    }
    SigningKey key = keys.verifying(TokenType.ID, token.substring(0, headerEnd), at);
    if (key == null
        || !key.verify(
            TokenType.ID, token.substring(0, payloadEnd), token.substring(payloadEnd + 1))) {
      return Optional.empty();
    }
    return read(token.substring(headerEnd + 1, payloadEnd));
  }

  private Optional<Hint> read(String base64) {
    try {
      byte[] json = Base64.getUrlDecoder().decode(base64.getBytes(StandardCharsets.US_ASCII));
      return Json.read(json) instanceof Map<?, ?> claims && issuer.equals(claims.get("iss"))
          ? Optional.of(new Hint(text(claims, "sub"), text(claims, "aud"), text(claims, "sid")))
          : Optional.empty();
    } catch (Problem | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String text(Map<?, ?> claims, String name) {
    @Nullable Object value = claims.get(name);
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(name);
  }
}
