package dev.varve.face.oauth;

import com.nimbusds.oauth2.sdk.pkce.CodeChallenge;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import dev.varve.face.auth.AccountContext;
import dev.varve.face.oauth.Answering.Code;
import dev.varve.identity.account.Consents;
import dev.varve.identity.account.RefreshTokens;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.SessionIssuer.Outcome;
import dev.varve.identity.account.SessionIssuer.Proof;
import dev.varve.identity.account.SessionUse;
import dev.varve.identity.account.Sessions;
import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.identity.account.SingleUse;
import dev.varve.identity.account.SingleUse.Use;
import dev.varve.identity.client.Client;
import dev.varve.identity.client.GrantType;
import dev.varve.identity.token.AccessTokens.Given;
import dev.varve.identity.token.IdTokens;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Answer;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import dev.varve.schema.Scopes;
import dev.varve.schema.record.Entity;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// `POST /oauth2/token`: a client gets tokens for a code, for the refresh token that came with the last, or for itself (RFC 6749,
/// sections 4.1.3, 6 and 4.4).
///
/// ```
/// {"access_token": "...", "token_type": "Bearer", "expires_in": 900, "refresh_token": "...", "scope": "openid orders:read",
///  "id_token": "..."}
/// ```
final class TokenEndpoint {
  static final String PATH = "/oauth2/token";
  private static final String WAY = "authorization-code";

  private final AccountContext context;
  private final ClientProof proof;
  private final SingleUse singleUse;
  private final IdTokens idTokens;
  private final Set<String> resources;

  TokenEndpoint(
      AccountContext context,
      ClientProof proof,
      SingleUse singleUse,
      IdTokens idTokens,
      Set<String> resources) {
    this.context = context;
    this.proof = proof;
    this.singleUse = singleUse;
    this.idTokens = idTokens;
    this.resources = resources;
  }

  /// What the writer decided. A refusal comes as a result, since what was written for it stays: a code that was used is used.
  private sealed interface Decided {
    /// @param refresh nothing when the client gets none
    /// @param nonce of the request that led here
    record Tokens(
        Given access, OneSession session, Optional<OpaqueToken> refresh, Optional<String> nonce)
        implements Decided {}

    record Refused(OAuthError error) implements Decided {}
  }

  Answer post(Request request) {
    QueryString form = OAuthForm.of(request);
    Client client = proof.prove(request, form);
    String name = OAuthForm.require(form, "grant_type");
    GrantType type =
        GrantType.of(name)
            .orElseThrow(() ->
                new OAuthError(
                    OAuthError.UNSUPPORTED_GRANT_TYPE, "grant_type is none of this server"));
    if (!client.grants().contains(type)) {
      throw new OAuthError(
          OAuthError.UNAUTHORIZED_CLIENT, "The client is not registered for this grant_type");
    }
    RequestSource source = AccountContext.source(request);
    return switch (type) {
      case AUTHORIZATION_CODE -> answer(code(form, client, source));
      case REFRESH_TOKEN -> answer(refresh(form, client, source));
      case CLIENT_CREDENTIALS -> forItself(form, client);
    };
  }

  private Decided code(QueryString form, Client client, RequestSource source) {
    String code = OAuthForm.require(form, "code");
    Optional<String> verifier = OAuthForm.value(form, "code_verifier");
    Optional<String> redirectUri = OAuthForm.value(form, "redirect_uri");
    Optional<String> resource = resource(form);
    return context.write(
        source,
        write -> {
          Use use = singleUse.use(write, SingleUse.Kind.CODE, code);
          return switch (use) {
            case Use.First(Map<String, Object> content) -> {
              Code known = Code.read(content);
              Optional<String> wrong = wrong(known, client, verifier, redirectUri, resource);
              yield wrong.isPresent()
                  ? refused(wrong.get())
                  : open(write, code, known, client, source);
            }
            case Use.Again(Optional<String> session) -> {
              // whoever brought it first may have stolen it (RFC 6749, section 4.1.2)
              if (session.isPresent()) {
                context.sessions().end(write, session.get());
              }
              yield refused("The code has been used before: what it gave is taken back");
            }
            case Use.Unknown() -> refused("The code is none, or has expired");
          };
        });
  }

  private static Decided refused(String description) {
    return new Decided.Refused(new OAuthError(OAuthError.INVALID_GRANT, description));
  }

  private static Optional<String> wrong(
      Code code,
      Client client,
      Optional<String> verifier,
      Optional<String> redirectUri,
      Optional<String> resource) {
    if (!code.client().equals(client.id())) {
      return Optional.of("The code is another client's");
    }
    // not needed (OAuth 2.1, section 4.1.3), and the same when it is sent
    if (redirectUri.filter(uri -> !uri.equals(code.redirectUri())).isPresent()) {
      return Optional.of("redirect_uri is not that of the request for the code");
    }
    if (verifier.isEmpty() || !verifies(verifier.get(), code.challenge())) {
      return Optional.of("code_verifier is missing, or does not fit the code_challenge");
    }
    if (resource.isPresent() && !resource.equals(code.resource())) {
      return Optional.of("resource is not that of the request for the code");
    }
    return Optional.empty();
  }

  private static boolean verifies(String verifier, String challenge) {
    try {
      String computed =
          CodeChallenge.compute(CodeChallengeMethod.S256, new CodeVerifier(verifier)).getValue();
      return MessageDigest.isEqual(
          computed.getBytes(StandardCharsets.US_ASCII),
          challenge.getBytes(StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      return false; // too short or too long (RFC 7636, section 4.1)
    }
  }

  private Decided open(
      WriteContext write, String text, Code code, Client client, RequestSource source)
      throws SQLException {
    Optional<OneSession> parent =
        Sessions.find(write, code.session()).filter(found -> found.openAt(write.at()));
    Optional<Entity> account = write.find(context.accounts().model(), code.account());
    if (parent.isEmpty() || account.isEmpty()) {
      return refused("Whoever allowed it has signed out since");
    }
    if (client.asks()
        && !Consents.scopes(write, code.account(), client.id()).containsAll(code.scopes())) {
      return refused("It was allowed, and that was taken back since");
    }
    boolean alone = code.scopes().contains(Scopes.OFFLINE_ACCESS);
    SessionUse.Application use =
        new SessionUse.Application(
            client.id(), code.scopes(), alone ? Optional.empty() : Optional.of(parent.get().id()));
    Proof known = new Proof(WAY, parent.get().methods(), parent.get().authenticatedAt());
    Outcome outcome = context.issuer().open(write, account.get(), known, use, source);
    return switch (outcome) {
      case Outcome.Opened(Entity _, String id) -> {
        singleUse.came(write, SingleUse.Kind.CODE, text, id);
        OneSession session = Sessions.find(write, id).orElseThrow();
        Optional<OpaqueToken> refresh =
            client.grants().contains(GrantType.REFRESH_TOKEN)
                ? Optional.of(context.refreshTokens().issue(write, id))
                : Optional.empty();
        yield new Decided.Tokens(
            given(session, use, use.scopes(), code.resource()), session, refresh, code.nonce());
      }
      case Outcome.Owed _ -> refused("The account has a second factor since: sign in again");
      case Outcome.Refused(Problem problem) -> refused(problem.text());
    };
  }

  private static Given given(
      OneSession session,
      SessionUse.Application use,
      Set<String> scopes,
      Optional<String> resource) {
    return new Given(
        session.account(),
        use.client(),
        scopes,
        Optional.of(session.id()),
        resource,
        Optional.of(session.authenticated()));
  }

  private Decided refresh(QueryString form, Client client, RequestSource source) {
    String token = OAuthForm.require(form, "refresh_token");
    Set<String> narrowed = scopes(form);
    Optional<String> resource = resource(form);
    return context.write(
        source,
        write -> {
          // judged before it is used: a request that asks for too much costs nobody the token
          if (!given(write, token, client).containsAll(narrowed)) {
            return new Decided.Refused(
                new OAuthError(
                    OAuthError.INVALID_SCOPE,
                    "scope may be less than what was given first, not more"));
          }
          RefreshTokens.Use use =
              context.refreshTokens().use(write, token, Optional.of(client.id()), source);
          return switch (use) {
            case RefreshTokens.Use.Rotated(OneSession session, OpaqueToken next) ->
                goOn(write, session, client, next, narrowed, resource);
            case RefreshTokens.Use.Reused(OneSession session) -> {
              reused(write, session, source);
              yield refused("The refresh token has been used before: its session is ended");
            }
            case RefreshTokens.Use.Unknown() ->
                refused("The refresh token is none of this client, or not good any more");
          };
        });
  }

  /// What a token stands for and its client may still have. Of one that is none it makes no difference what is asked for.
  private static Set<String> given(WriteContext write, String token, Client client)
      throws SQLException {
    Optional<String> id = RefreshTokens.session(write, token);
    Optional<OneSession> session =
        id.isPresent() ? Sessions.find(write, id.get()) : Optional.empty();
    return session
        .flatMap(OneSession::application)
        .filter(use -> use.client().equals(client.id()))
        .map(use -> both(use.scopes(), client.scopes()))
        .orElse(client.scopes());
  }

  private static Set<String> both(Set<String> some, Set<String> others) {
    Set<String> both = new TreeSet<>(some);
    both.retainAll(others);
    return both;
  }

  private Decided goOn(
      WriteContext write,
      OneSession session,
      Client client,
      OpaqueToken next,
      Set<String> narrowed,
      Optional<String> resource)
      throws SQLException {
    Optional<Entity> account = write.find(context.accounts().model(), session.account());
    if (account.isEmpty()
        || !context.issuer().mayGoOn(write.session(), account.get(), session.methods())) {
      context.sessions().end(write, session.id());
      return refused("The account may not sign in any more");
    }
    SessionUse.Application use = session.application().orElseThrow();
    // the settings may give the client less than they did
    Set<String> left = both(use.scopes(), client.scopes());
    Set<String> scopes = narrowed.isEmpty() ? left : narrowed;
    if (scopes.isEmpty()) {
      context.sessions().end(write, session.id());
      return refused("The client may have none of what it was given any more");
    }
    return new Decided.Tokens(
        given(session, use, scopes, resource), session, Optional.of(next), Optional.empty());
  }

  private void reused(WriteContext write, OneSession session, RequestSource source) {
    context
        .events()
        .record(
            write,
            new Event(
                Kind.REFRESH_TOKEN_REUSED,
                Optional.of(session.account()),
                write
                    .find(context.accounts().model(), session.account())
                    .map(context.accounts()::email),
                Optional.of(source),
                Map.of("session", session.id())));
  }

  private Answer forItself(QueryString form, Client client) {
    Set<String> asked = scopes(form);
    Set<String> scopes = new LinkedHashSet<>(asked.isEmpty() ? client.scopes() : asked);
    // who somebody is, and what they may, takes somebody
    scopes.removeAll(Scopes.OWN);
    if (!client.scopes().containsAll(scopes) || scopes.isEmpty()) {
      throw new OAuthError(
          OAuthError.INVALID_SCOPE, "The client may have none of these scopes for itself");
    }
    Given given = Given.ofItself(client.id(), scopes, resource(form));
    return told(given, context.stages().clock().instant(), Optional.empty(), Optional.empty());
  }

  private static Set<String> scopes(QueryString form) {
    Set<String> scopes = new LinkedHashSet<>();
    OAuthForm.value(form, "scope").ifPresent(text -> scopes.addAll(List.of(text.split(" ", -1))));
    scopes.remove("");
    return scopes;
  }

  private Optional<String> resource(QueryString form) {
    List<String> asked = form.values(OAuthForm.RESOURCE);
    if (asked.size() > 1 || (asked.size() == 1 && !resources.contains(asked.getFirst()))) {
      throw new OAuthError(
          OAuthError.INVALID_TARGET, "resource must be one of the resources of this server");
    }
    return asked.stream().findFirst();
  }

  private Answer answer(Decided decided) {
    return switch (decided) {
      case Decided.Tokens(
              Given access,
              OneSession session,
              Optional<OpaqueToken> refresh,
              Optional<String> nonce) -> {
        Instant now = context.stages().clock().instant();
        Optional<String> idToken =
            access.scopes().contains(Scopes.OPENID)
                ? Optional.of(idTokens.issue(subject(access, session, nonce), now))
                : Optional.empty();
        yield told(access, now, refresh, idToken);
      }
      case Decided.Refused(OAuthError error) -> throw error;
    };
  }

  private static IdTokens.Subject subject(
      Given access, OneSession session, Optional<String> nonce) {
    return new IdTokens.Subject(
        session.account(), access.client(), session.id(), nonce, session.authenticated());
  }

  private Answer told(
      Given given, Instant at, Optional<OpaqueToken> refresh, Optional<String> idToken) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("access_token", context.tokens().access().issue(given, at));
    members.put("token_type", "Bearer");
    members.put("expires_in", context.tokens().access().lifetimeSeconds());
    refresh.ifPresent(token -> members.put("refresh_token", token.text()));
    members.put("scope", String.join(" ", new TreeSet<>(given.scopes())));
    idToken.ifPresent(token -> members.put("id_token", token));
    return OAuthForm.secret(Answer.json(200, Json.bytes(json -> Json.write(json, members))));
  }
}
