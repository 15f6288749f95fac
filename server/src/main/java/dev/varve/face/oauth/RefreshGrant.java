package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.identity.account.RefreshTokens;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.SessionUse;
import dev.varve.identity.account.Sessions;
import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.identity.client.Client;
import dev.varve.identity.token.Audiences;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.identity.token.TokenBinding;
import dev.varve.lane.write.WriteContext;
import dev.varve.schema.record.Entity;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Tokens for a refresh token, which gives way to the next (RFC 6749, section 6).
final class RefreshGrant {
  private final AccountContext context;
  private final Audiences audiences;

  RefreshGrant(AccountContext context, Audiences audiences) {
    this.context = context;
    this.audiences = audiences;
  }

  Granted grant(TokenRequest request) {
    String token = request.require("refresh_token");
    Set<String> narrowed = request.scopes();
    return context.write(
        request.source(),
        write -> {
          Optional<OneSession> before = session(write, token, request.client());
          if (before.filter(of -> !request.client().mayUse(of.createdAt())).isPresent()) {
            return Granted.refused("The client was shut out since, or is another of this id");
          }
          Optional<SessionUse.Application> known = before.flatMap(OneSession::application);
          // judged before it is used: a request that asks for too much costs nobody the token
          if (!given(known, request.client()).containsAll(narrowed)) {
            return new Granted.Refused(
                new OAuthError(
                    OAuthError.INVALID_SCOPE,
                    "scope may be less than what was given first, not more"));
          }
          if (known.filter(first -> request.isWider(first.resource(), audiences)).isPresent()) {
            return Granted.wider();
          }
          if (!known
              .map(SessionUse.Application::binding)
              .orElse(TokenBinding.NONE)
              .isMetBy(request.binding())) {
            return Granted.refused(
                "The proof of the key, or the certificate, to which the refresh token is bound is missing");
          }
          RefreshTokens.Use use =
              context
                  .refreshTokens()
                  .use(write, token, Optional.of(request.client().id()), request.source());
          return switch (use) {
            case RefreshTokens.Use.Rotated(OneSession session, OpaqueToken next) ->
                goOn(write, session, request, next);
            case RefreshTokens.Use.Reused(OneSession session) -> {
              reused(write, session, request.source());
              yield Granted.refused("The refresh token has been used before: its session is ended");
            }
            case RefreshTokens.Use.Unknown() ->
                Granted.refused("The refresh token is none of this client, or not good any more");
          };
        });
  }

  /// The session of a token of this client, used or not.
  private static Optional<OneSession> session(WriteContext write, String token, Client client)
      throws SQLException {
    Optional<String> id = RefreshTokens.session(write, token);
    Optional<OneSession> session =
        id.isPresent() ? Sessions.find(write, id.get()) : Optional.empty();
    return session.filter(
        of -> of.application().filter(use -> use.client().equals(client.id())).isPresent());
  }

  /// What its client may still have of it. Of one that is none it makes no difference what is asked for.
  private static Set<String> given(Optional<SessionUse.Application> known, Client client) {
    return known.map(use -> both(use.scopes(), client.scopes())).orElse(client.scopes());
  }

  private static Set<String> both(Set<String> some, Set<String> others) {
    Set<String> both = new TreeSet<>(some);
    both.retainAll(others);
    return both;
  }

  private Granted goOn(
      WriteContext write, OneSession session, TokenRequest request, OpaqueToken next)
      throws SQLException {
    Optional<Entity> account = write.find(context.accounts().model(), session.account());
    if (account.isEmpty()
        || !context.issuer().mayGoOn(write.session(), account.get(), session.methods())) {
      context.end(write, Kind.SIGNED_OUT, session.id(), request.source());
      return Granted.refused("The account may not sign in any more");
    }
    SessionUse.Application use = session.application().orElseThrow();
    // the settings may give the client less than they did
    Set<String> left = both(use.scopes(), request.client().scopes());
    Set<String> scopes = request.scopes().isEmpty() ? left : request.scopes();
    if (scopes.isEmpty()) {
      context.end(write, Kind.SIGNED_OUT, session.id(), request.source());
      return Granted.refused("The client may have none of what it was given any more");
    }
    return new Granted.ForAccount(
        ApplicationSessions.given(session, use, scopes, request.resource().or(use::resource)),
        session,
        Optional.of(next),
        Optional.empty());
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
}
