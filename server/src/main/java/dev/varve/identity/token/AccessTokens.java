package dev.varve.identity.token;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Signs and verifies access tokens (RFC 9068), which are JWTs:
///
/// ```
/// header  {"typ": "at+jwt", "alg": "RS256", "kid": "..."}
/// claims  {"iss": "https://shop.example", "aud": "https://shop.example", "sub": account, "sid": session,
///          "client_id": "varve", "iat": seconds, "exp": seconds, "jti": "..."}
/// ```
public final class AccessTokens {
  /// Long enough for a request to be queued and sent again, and short enough that a token which is lost is of no use.
  public static final Duration FOR_SERVICE = Duration.ofMinutes(1);

  // tokens of Varve have about a tenth of it
  private static final int LENGTH_MAX = 8_192;
  // of two machines that share a secret, or of one whose clock was set back
  private static final Duration CLOCKS_APART_MAX = Duration.ofMinutes(1);
  // everybody who signs in here without another client in between
  private static final String CLIENT = "varve";

  private final SigningKeys keys;
  private final String issuer;
  private final String audience;
  private final Duration lifetime;
  private final Supplier<String> ids;

  /// What a token that was verified says.
  public record Claims(String accountId, String sessionId, Instant expiresAt) {}

  /// @param issuer a URL
  /// @param audience whom they are for
  /// @param lifetime how long one is good
  /// @param ids makes the ids of tokens
  public AccessTokens(
      SigningKeys keys, String issuer, String audience, Duration lifetime, Supplier<String> ids) {
    this.keys = keys;
    this.issuer = issuer;
    this.audience = audience;
    this.lifetime = lifetime;
    this.ids = ids;
  }

  /// A token for an account in one of its sessions, good from `at` for [#lifetimeSeconds].
  public String issue(String accountId, String sessionId, Instant at) {
    long issuedAt = at.getEpochSecond();
    byte[] claims =
        Json.bytes(json -> {
          json.writeStartObject();
          json.writeStringProperty("iss", issuer);
          json.writeStringProperty("aud", audience);
          json.writeStringProperty("sub", accountId);
          json.writeStringProperty("sid", sessionId);
          json.writeStringProperty("client_id", CLIENT);
          json.writeNumberProperty("iat", issuedAt);
          json.writeNumberProperty("exp", issuedAt + lifetimeSeconds());
          json.writeStringProperty("jti", ids.get());
          json.writeEndObject();
        });
    return keys.signing(at).sign(claims);
  }

  /// A token that tells a service behind this server who sends a request to it, good for [#FOR_SERVICE]. It is none of this
  /// server: it has another audience, and belongs to no session.
  ///
  /// @param service its audience
  /// @param subject an account, or the name of another caller
  public String issueTo(String service, String subject, Set<String> roles, Instant at) {
    long issuedAt = at.getEpochSecond();
    byte[] claims =
        Json.bytes(json -> {
          json.writeStartObject();
          json.writeStringProperty("iss", issuer);
          json.writeStringProperty("aud", service);
          json.writeStringProperty("sub", subject);
          json.writeStringProperty("client_id", CLIENT);
          json.writeArrayPropertyStart("roles");
          for (String role : new TreeSet<>(roles)) {
            json.writeString(role);
          }
          json.writeEndArray();
          json.writeNumberProperty("iat", issuedAt);
          json.writeNumberProperty("exp", issuedAt + FOR_SERVICE.toSeconds());
          json.writeStringProperty("jti", ids.get());
          json.writeEndObject();
        });
    return keys.signing(at).sign(claims);
  }

  /// Reads a token that one of the own keys has signed. Only then are its claims looked at, and all that a token of
  /// Varve has must be there.
  ///
  /// @throws Problem UNAUTHENTICATED when it is no token of this server, TOKEN_EXPIRED when it was one
  public Claims verify(String token, Instant at) {
    if (token.length() > LENGTH_MAX) {
      throw refused("it is longer than %,d characters".formatted(LENGTH_MAX));
    }
    int headerEnd = token.indexOf('.');
    int payloadEnd = token.indexOf('.', headerEnd + 1);
    if (headerEnd < 0 || payloadEnd < 0 || token.indexOf('.', payloadEnd + 1) >= 0) {
      throw refused("it has not the three parts of a signed JWT");
    }
    SigningKey key = keys.verifying(token.substring(0, headerEnd), at);
    if (key == null) {
      throw refused("no key of this server signs tokens with such a header");
    }
    if (!key.verify(token.substring(0, payloadEnd), token.substring(payloadEnd + 1))) {
      throw refused("its signature is wrong");
    }
    return claims(payload(token.substring(headerEnd + 1, payloadEnd)), at);
  }

  private static Map<?, ?> payload(String base64) {
    try {
      byte[] json = Base64.getUrlDecoder().decode(base64.getBytes(StandardCharsets.US_ASCII));
      if (Json.read(json) instanceof Map<?, ?> claims) {
        return claims;
      }
    } catch (Problem | IllegalArgumentException e) {
      throw refused("its claims are not well-formed");
    }
    throw refused("its claims are not well-formed");
  }

  private Claims claims(Map<?, ?> claims, Instant at) {
    if (!issuer.equals(claims.get("iss"))) {
      throw refused("it is from another issuer");
    }
    if (!audience.equals(claims.get("aud"))) {
      throw refused("it is for another audience");
    }
    long issuedAt = seconds(claims, "iat");
    long expiresAt = seconds(claims, "exp");
    String account = text(claims, "sub");
    String session = text(claims, "sid");
    text(claims, "jti");
    if (issuedAt > at.getEpochSecond() + CLOCKS_APART_MAX.toSeconds()) {
      throw refused("it was issued in the future");
    }
    long lifetime = expiresAt - issuedAt;
    if (lifetime <= 0 || lifetime > SigningKeys.TOKEN_LIFETIME_MAX.toSeconds()) {
      throw refused("it would live longer than a token may");
    }
    Claims read = new Claims(account, session, Instant.ofEpochSecond(expiresAt));
    requireAlive(read, at);
    return read;
  }

  /// @throws Problem TOKEN_EXPIRED
  public static void requireAlive(Claims claims, Instant at) {
    if (!at.isBefore(claims.expiresAt())) {
      throw Problem.badToken(
          ErrorCode.TOKEN_EXPIRED,
          "The access token has expired: get a new one with your refresh token, or sign in again");
    }
  }

  private static long seconds(Map<?, ?> claims, String name) {
    if (claims.get(name) instanceof Long seconds && seconds >= 0) {
      return seconds;
    }
    throw refused("its claim '%s' is missing or no instant".formatted(name));
  }

  private static String text(Map<?, ?> claims, String name) {
    @Nullable Object value = claims.get(name);
    if (value instanceof String text && !text.isEmpty()) {
      return text;
    }
    throw refused("its claim '%s' is missing or no text".formatted(name));
  }

  private static Problem refused(String reason) {
    return Problem.badToken(
        ErrorCode.UNAUTHENTICATED,
        "The access token is not good: %s. Sign in to get one".formatted(reason));
  }

  public long lifetimeSeconds() {
    return lifetime.toSeconds();
  }
}
