package dev.varve.face.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.identity.account.ApiKeys;
import dev.varve.identity.client.Clients;
import dev.varve.identity.token.AccessTokens;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.Authentication;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Tells who sends a request from its bearer token (RFC 6750): an access token or an API key.
///
/// A signature is verified once for each token; whether its session is open and its account may act is asked anew with
/// every request.
public final class BearerAuthentication implements Authentication {
  private static final String SCHEME = "Bearer ";
  // of about a kilobyte each
  private static final int TOKENS_MAX = 20_000;

  private final AccessTokens tokens;
  private final ApiKeys keys;
  private final SessionCallers sessions;
  private final Clients clients;
  private final Clock clock;
  private final Cache<String, Verified> verified;

  /// A token whose signature is good, and who its bearer was last.
  private static final class Verified {
    private final AccessTokens.Claims claims;
    private volatile @Nullable Caller caller;

    Verified(AccessTokens.Claims claims) {
      this.claims = claims;
    }
  }

  /// @param clients the applications whose tokens are good
  public BearerAuthentication(
      AccessTokens tokens, ApiKeys keys, SessionCallers sessions, Clients clients, Clock clock) {
    this.tokens = tokens;
    this.keys = keys;
    this.sessions = sessions;
    this.clients = clients;
    this.clock = clock;
    this.verified =
        Caffeine.newBuilder()
            .maximumSize(TOKENS_MAX)
            .expireAfterWrite(Duration.ofSeconds(tokens.lifetimeSeconds()))
            .build();
  }

  @Override
  public Caller caller(String authorization) {
    if (authorization.isEmpty()) {
      return Caller.ANONYMOUS;
    }
    Verified known = verified.getIfPresent(authorization);
    if (known != null) {
      return account(known, clock.instant());
    }
    String token = token(authorization);
    if (token.startsWith(ApiKeys.PREFIX)) {
      return keys.caller(token);
    }
    Instant now = clock.instant();
    Verified fresh = new Verified(tokens.verify(token, now));
    verified.put(authorization, fresh);
    return account(fresh, now);
  }

  /// What stands behind the scheme, whose capitals do not matter (RFC 9110, section 11.1).
  private static String token(String authorization) {
    if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      throw refused(
          "The header Authorization must be of the form: Bearer TOKEN, with an access token or an API key");
    }
    int start = SCHEME.length();
    while (start < authorization.length() && authorization.charAt(start) == ' ') {
      start++;
    }
    return authorization.substring(start);
  }

  private Caller account(Verified token, Instant now) {
    AccessTokens.Claims claims = token.claims;
    AccessTokens.requireAlive(claims, now);
    Optional<Caller.Application> application = claims.application();
    if (application.isPresent() && !clients.mayHave(application.get())) {
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
