package dev.varve.face.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.identity.account.ApiKeys;
import dev.varve.identity.client.Clients;
import dev.varve.identity.token.AccessTokens;
import dev.varve.identity.token.KeyProofs;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.Authentication;
import dev.varve.net.http.Request;
import dev.varve.net.http.ShownCertificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Tells who sends a request from its bearer token (RFC 6750): an access token or an API key. An access token that is bound to a key
/// comes with the scheme `DPoP` and a proof of the key (RFC 9449, section 7), and one that is bound to a certificate over a connection on
/// which that was shown (RFC 8705, section 3).
///
/// A signature is verified once for each token; whether its session is open and its account may act is asked anew with
/// every request.
public final class BearerAuthentication implements Authentication {
  private static final String BEARER = "Bearer ";
  private static final String BOUND = KeyProofs.HEADER + " ";
  // of about a kilobyte each
  private static final int TOKENS_MAX = 20_000;

  private final AccessTokens tokens;
  private final ApiKeys keys;
  private final SessionCallers sessions;
  private final Clients clients;
  private final Clock clock;
  private final RequestProofs proofs;
  private final Cache<String, Verified> verified;

  /// A token whose signature is good, and who its bearer was last.
  private static final class Verified {
    private final String token;
    private final AccessTokens.Claims claims;
    private volatile @Nullable Caller caller;

    Verified(String token, AccessTokens.Claims claims) {
      this.token = token;
      this.claims = claims;
    }
  }

  /// @param clients the applications whose tokens are good
  public BearerAuthentication(
      AccessTokens tokens,
      ApiKeys keys,
      SessionCallers sessions,
      Clients clients,
      Clock clock,
      RequestProofs proofs) {
    this.tokens = tokens;
    this.keys = keys;
    this.sessions = sessions;
    this.clients = clients;
    this.clock = clock;
    this.proofs = proofs;
    this.verified =
        Caffeine.newBuilder()
            .maximumSize(TOKENS_MAX)
            .expireAfterWrite(Duration.ofSeconds(tokens.lifetimeSeconds()))
            .build();
  }

  @Override
  public Caller caller(String authorization) {
    return caller(authorization, _ -> {});
  }

  @Override
  public Caller caller(String authorization, Request request) {
    return caller(
        authorization,
        token -> {
          requireFor(token.claims, request);
          requireCertificate(token.claims, request);
          Optional<String> key = token.claims.binding().key();
          if (key.isPresent()) {
            proofs.require(request, token.token, key.get());
          }
        });
  }

  @Override
  public Caller callerNow(String authorization, Request request) {
    return caller(authorization, token -> requireCertificate(token.claims, request));
  }

  @Override
  public boolean isOwn(String authorization) {
    for (String scheme : List.of(BEARER, BOUND)) {
      if (startsWith(authorization, scheme)) {
        String token = token(authorization, scheme);
        return token.startsWith(ApiKeys.PREFIX) || tokens.isOwn(token);
      }
    }
    return false;
  }

  /// What is for a path is worth nothing elsewhere.
  private static void requireFor(AccessTokens.Claims claims, Request request) {
    List<String> path = claims.path();
    List<String> asked = request.segments();
    if (path.size() > asked.size() || !asked.subList(0, path.size()).equals(path)) {
      throw refused("The access token is for the resource /" + String.join("/", path) + " alone");
    }
  }

  /// Whoever has found a token has not the key of the certificate (RFC 8705, section 3).
  private static void requireCertificate(AccessTokens.Claims claims, Request request) {
    Optional<String> bound = claims.binding().certificate();
    if (bound.isPresent()
        && !bound.equals(request.certificate().map(ShownCertificate::thumbprint))) {
      throw refused(
          "The access token is bound to a certificate: send it over a connection on which the client shows that one");
    }
  }

  /// @param check of an access token before anything is done with it
  private Caller caller(String authorization, Consumer<Verified> check) {
    if (authorization.isEmpty()) {
      return Caller.ANONYMOUS;
    }
    Verified known = verified.getIfPresent(authorization);
    if (known == null) {
      boolean bound = startsWith(authorization, BOUND);
      String token = token(authorization, bound ? BOUND : BEARER);
      if (!bound && token.startsWith(ApiKeys.PREFIX)) {
        return keys.caller(token);
      }
      known = verified(token, bound);
      verified.put(authorization, known);
    }
    check.accept(known);
    return account(known, clock.instant());
  }

  /// Whether it is an API key, or is meant to be one.
  static boolean isKey(String authorization) {
    return startsWith(authorization, BEARER)
        && token(authorization, BEARER).startsWith(ApiKeys.PREFIX);
  }

  private static boolean startsWith(String authorization, String scheme) {
    // whose capitals do not matter (RFC 9110, section 11.1)
    return authorization.regionMatches(true, 0, scheme, 0, scheme.length());
  }

  /// What stands behind the scheme.
  private static String token(String authorization, String scheme) {
    if (!startsWith(authorization, scheme)) {
      throw refused(
          "The header Authorization must be of the form: Bearer TOKEN, with an access token or an API key");
    }
    int start = scheme.length();
    while (start < authorization.length() && authorization.charAt(start) == ' ') {
      start++;
    }
    return authorization.substring(start);
  }

  private Verified verified(String token, boolean bound) {
    AccessTokens.Claims claims = tokens.verify(token, clock.instant());
    if (bound != claims.binding().key().isPresent()) {
      throw refused(
          bound
              ? "The access token is bound to no key: send it with Authorization: Bearer TOKEN"
              : "The access token is bound to a key: send it with Authorization: DPoP TOKEN and a proof of the key");
    }
    return new Verified(token, claims);
  }

  private Caller account(Verified token, Instant now) {
    AccessTokens.Claims claims = token.claims;
    AccessTokens.requireAlive(claims, now);
    Optional<Caller.Application> application = claims.application();
    if (application.isPresent() && !clients.mayHave(application.get(), claims.issuedAt())) {
      throw refused("The application of the access token may not have any more what it was given");
    }
    if (claims.session().isEmpty()) {
      return Caller.application(application.orElseThrow());
    }
    String session = claims.session().get();
    if (!sessions.isOpen(session)) {
      throw refused("The session of the access token has ended: sign in again");
    }
    Caller caller =
        sessions.caller(
            claims.subject(),
            session,
            token.caller,
            account -> application.map(account::through).orElse(account));
    token.caller = caller;
    return caller;
  }

  private static Problem refused(String message) {
    return SessionCallers.refused(message);
  }
}
