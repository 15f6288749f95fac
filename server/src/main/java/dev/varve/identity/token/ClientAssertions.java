package dev.varve.identity.token;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Verifies the JWTs with which clients authenticate, signed with a key of their own (RFC 7523, section 3, as RFC 10070 narrows it):
///
/// ```
/// header  {"alg": "ES256", "kid": "...", "typ": "client-authentication+jwt"}
/// claims  {"iss": client, "sub": client, "aud": "https://shop.example", "exp": seconds, "jti": "..."}
/// ```
public final class ClientAssertions {
  // those that say nothing of their type are from before RFC 10070
  private static final Set<String> TYPES = Set.of("client-authentication+jwt", "jwt");

  /// How long one may be good: it is made for one request.
  private static final Duration AHEAD_MAX = Duration.ofMinutes(5);

  private static final Duration CLOCKS_APART_MAX = Duration.ofMinutes(1);
  private static final int ID_LENGTH_MAX = 256;

  private final String audience;

  /// @param audience for which they are made: the issuer, and nothing else
  public ClientAssertions(String audience) {
    this.audience = audience;
  }

  /// One that is good, and may come once.
  ///
  /// @param id that no other of its client has
  /// @param expiresAt until when it must be known
  public record Verified(String id, Instant expiresAt) {}

  /// One that is not good.
  public static final class Wrong extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean unsigned;

    private Wrong(String message) {
      this(message, false);
    }

    private Wrong(String message, boolean unsigned) {
      super(message, null, false, false);
      this.unsigned = unsigned;
    }

    /// Whether no key of those that are known has signed it.
    public boolean unsigned() {
      return unsigned;
    }
  }

  /// Who says that they sign, before anything is verified.
  public static Optional<String> client(String assertion) {
    return SignedByOther.parse(assertion).flatMap(token -> token.text("sub"));
  }

  /// @param keys of the client
  public Verified verify(String assertion, String client, List<ForeignKey> keys, Instant now)
      throws Wrong {
    SignedByOther token =
        SignedByOther.parse(assertion).orElseThrow(() -> new Wrong("it is no signed JWT"));
    if (token.type().filter(type -> !TYPES.contains(type.toLowerCase(Locale.ROOT))).isPresent()) {
      throw new Wrong("its typ must be client-authentication+jwt");
    }
    if (keys.stream().noneMatch(key -> fits(key, token) && key.verifies(token))) {
      throw new Wrong("no key of the client has signed it with its algorithm", true);
    }
    if (!Optional.of(client).equals(token.text("iss"))
        || !Optional.of(client).equals(token.text("sub"))) {
      throw new Wrong("iss and sub must be the client");
    }
    // one of a list may be somebody else, who then has an assertion that is good here
    if (!audience.equals(token.claims().get("aud"))) {
      throw new Wrong("aud must be the issuer of this server, as a text");
    }
    return new Verified(id(token), expiry(token, now));
  }

  private static boolean fits(ForeignKey key, SignedByOther token) {
    String named = token.header().getKeyID();
    return key.algorithm().equals(token.header().getAlgorithm())
        && (named == null || key.id().isEmpty() || key.id().get().equals(named));
  }

  private static String id(SignedByOther token) throws Wrong {
    return token
        .text("jti")
        .filter(id -> id.length() <= ID_LENGTH_MAX)
        .orElseThrow(() -> new Wrong("jti is missing, or longer than %d".formatted(ID_LENGTH_MAX)));
  }

  private static Instant expiry(SignedByOther token, Instant now) throws Wrong {
    try {
      long at = now.getEpochSecond();
      long expiresAt = token.seconds("exp").orElseThrow(() -> new Wrong("exp is missing"));
      if (expiresAt <= at || expiresAt > at + AHEAD_MAX.toSeconds()) {
        throw new Wrong("exp must be within %d seconds".formatted(AHEAD_MAX.toSeconds()));
      }
      for (String name : List.of("iat", "nbf")) {
        if (token.seconds(name).orElse(at) > at + CLOCKS_APART_MAX.toSeconds()) {
          throw new Wrong("%s is in the future".formatted(name));
        }
      }
      return Instant.ofEpochSecond(expiresAt);
    } catch (IllegalArgumentException e) {
      throw new Wrong("exp, iat and nbf are seconds");
    }
  }
}
