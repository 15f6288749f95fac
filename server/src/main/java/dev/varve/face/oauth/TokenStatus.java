package dev.varve.face.oauth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.face.auth.AccountContext;
import dev.varve.identity.account.RefreshTokens;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.SessionUse;
import dev.varve.identity.account.Sessions;
import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.identity.client.Client;
import dev.varve.identity.token.AccessTokens;
import dev.varve.identity.token.KeyProofs;
import dev.varve.identity.token.TokenBinding;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Authentication;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// `POST /oauth2/introspect` tells a client whether a token of its own is good (RFC 7662), and `POST /oauth2/revoke` ends one (RFC 7009).
/// Of tokens of others it learns nothing.
final class TokenStatus {
  static final String INTROSPECT = "/oauth2/introspect";
  static final String REVOKE = "/oauth2/revoke";
  private static final String TOKEN = "token";
  // of about a kilobyte each
  private static final int TOKENS_MAX = 10_000;
  private static final Map<String, Object> INACTIVE = Map.of("active", false);

  private final AccountContext context;
  private final Authentication authentication;
  private final ClientProof proof;
  private final String issuer;
  // a signature is looked at once, and whether the token is still good each time
  private final Cache<String, AccessTokens.Claims> verified;

  /// @param authentication tells whether an access token is good, as it does for every request
  TokenStatus(
      AccountContext context, Authentication authentication, ClientProof proof, String issuer) {
    this.context = context;
    this.authentication = authentication;
    this.proof = proof;
    this.issuer = issuer;
    this.verified =
        Caffeine.newBuilder()
            .maximumSize(TOKENS_MAX)
            .expireAfterWrite(Duration.ofSeconds(context.tokens().access().lifetimeSeconds()))
            .build();
  }

  Answer introspect(Request request) {
    QueryString form = OAuthForm.of(request);
    Client client = proof.prove(request, form);
    if (!client.confidential()) {
      throw new OAuthError(OAuthError.INVALID_CLIENT, "Only a client that proves itself is told");
    }
    String token = OAuthForm.require(form, TOKEN);
    Map<String, Object> told =
        access(token, client).or(() -> refresh(token, client)).orElse(INACTIVE);
    return OAuthForm.secret(Answer.json(200, Json.bytes(json -> Json.write(json, told))));
  }

  private Optional<Map<String, Object>> access(String token, Client client) {
    try {
      Instant now = context.stages().clock().instant();
      AccessTokens.Claims claims =
          verified.get(token, text -> context.tokens().access().verify(text, now));
      if (!isOf(client, claims.application())) {
        return Optional.empty();
      }
      // which also looks at whether it has expired since
      authentication.caller((claims.binding().key().isPresent() ? "DPoP " : "Bearer ") + token);
      Map<String, Object> told =
          told(
              client,
              claims.application().orElseThrow().scopes(),
              claims.audience(),
              claims.subject(),
              claims.binding(),
              claims.expiresAt());
      told.put("iat", claims.issuedAt().getEpochSecond());
      return Optional.of(told);
    } catch (Problem notGood) {
      return Optional.empty();
    }
  }

  private static boolean isOf(Client client, Optional<Caller.Application> application) {
    return application.filter(used -> used.client().equals(client.id())).isPresent();
  }

  private Optional<Map<String, Object>> refresh(String token, Client client) {
    return session(token, client)
        .filter(context::mayGoOn)
        .map(session -> told(client, session, session.application().orElseThrow()));
  }

  private Map<String, Object> told(Client client, OneSession session, SessionUse.Application use) {
    // the access tokens that it gives are for that
    String audience = use.resource().orElse(context.tokens().access().audience());
    return told(
        client, use.scopes(), audience, session.account(), use.binding(), session.expiresAt());
  }

  /// The open session of a refresh token that the client could use now.
  private Optional<OneSession> session(String token, Client client) {
    Instant now = context.stages().clock().instant();
    return context
        .stages()
        .database()
        .lookup(session -> RefreshTokens.find(session, token))
        .filter(found -> found.openAt(now))
        .filter(found -> isOf(client, found));
  }

  private static boolean isOf(Client client, OneSession session) {
    return session.application().filter(use -> use.client().equals(client.id())).isPresent();
  }

  private Map<String, Object> told(
      Client client,
      Set<String> scopes,
      String audience,
      String subject,
      TokenBinding binding,
      Instant expiresAt) {
    // the client may have less by now than it was given
    Set<String> left = new TreeSet<>(scopes);
    left.retainAll(client.scopes());
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("active", true);
    told.put("scope", String.join(" ", left));
    told.put("client_id", client.id());
    told.put("token_type", binding.key().isPresent() ? KeyProofs.HEADER : "Bearer");
    // RFC 9449, section 6.2; RFC 8705, section 3.2
    if (!binding.isNone()) {
      told.put(TokenBinding.CLAIM, binding.members());
    }
    told.put("sub", subject);
    told.put("aud", audience);
    told.put("exp", expiresAt.getEpochSecond());
    told.put("iss", issuer);
    return told;
  }

  /// A token that is none is no error: it is good for nothing, as was wanted (RFC 7009, section 2.2).
  Answer revoke(Request request) {
    QueryString form = OAuthForm.of(request);
    Client client = proof.prove(request, form);
    String token = OAuthForm.require(form, TOKEN);
    Optional<String> ofAccess = ofAccess(token, client);
    RequestSource source = AccountContext.source(request);
    context.write(
        source,
        write -> {
          // used or not: two tabs may have one each
          Optional<String> id =
              ofAccess.isPresent() ? ofAccess : RefreshTokens.session(write, token);
          Optional<OneSession> session =
              id.isPresent() ? Sessions.find(write, id.get()) : Optional.empty();
          return session.isPresent()
              && isOf(client, session.get())
              && context.end(write, Kind.SIGNED_OUT, session.get().id(), source);
        });
    return Answer.empty(200);
  }

  private Optional<String> ofAccess(String token, Client client) {
    try {
      Instant now = context.stages().clock().instant();
      AccessTokens.Claims claims = context.tokens().access().verify(token, now);
      if (!isOf(client, claims.application())) {
        return Optional.empty();
      }
      if (claims.session().isEmpty()) {
        throw new OAuthError(
            "unsupported_token_type",
            "A token that the client has for itself cannot be revoked: it ends by itself, soon");
      }
      return claims.session();
    } catch (Problem notGood) {
      return Optional.empty();
    }
  }
}
