package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.identity.account.Consents;
import dev.varve.identity.account.SessionIssuer.Outcome;
import dev.varve.identity.account.SessionIssuer.Proof;
import dev.varve.identity.account.SessionUse;
import dev.varve.identity.account.Sessions;
import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.identity.client.Client;
import dev.varve.identity.client.Clients;
import dev.varve.identity.client.GrantType;
import dev.varve.identity.token.AccessTokens.Given;
import dev.varve.identity.token.Audiences;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.identity.token.TokenBinding;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.schema.Scopes;
import dev.varve.schema.record.Entity;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Opens the session of an application that somebody has let in, however it comes for it, and says what its tokens say.
final class ApplicationSessions {
  private final AccountContext context;
  private final Clients clients;
  private final Audiences audiences;

  /// @param audiences whom access tokens may be for
  ApplicationSessions(AccountContext context, Clients clients, Audiences audiences) {
    this.context = context;
    this.clients = clients;
    this.audiences = audiences;
  }

  /// How an application comes for what it was allowed.
  enum Way {
    CODE("authorization-code"),
    DEVICE("device-code");

    private final String method;

    Way(String method) {
      this.method = method;
    }

    /// Whether somebody was asked, who can take back what they said. Whoever answers a device is, whatever its client.
    private boolean asks(Client client) {
      return this == DEVICE || client.asks();
    }
  }

  /// What somebody has allowed.
  ///
  /// @param session of the browser in which they did
  /// @param resource whom the access token is for
  /// @param nonce of the request
  record Allowed(
      String account,
      String session,
      Set<String> scopes,
      Optional<String> resource,
      Optional<String> nonce) {
    static Allowed of(AuthorizationRequest request, OneSession session) {
      return new Allowed(
          session.account(), session.id(), request.scopes(), request.resource(), request.nonce());
    }

    /// To be kept until the application comes.
    Map<String, @Nullable Object> members() {
      Map<String, @Nullable Object> members = new LinkedHashMap<>();
      members.put("account", account);
      members.put("session", session);
      members.put("scopes", String.join(" ", new TreeSet<>(scopes)));
      members.put("resource", resource.orElse(null));
      members.put("nonce", nonce.orElse(null));
      return members;
    }

    static Allowed read(Map<?, ?> members) {
      return new Allowed(
          String.valueOf(members.get("account")),
          String.valueOf(members.get("session")),
          Set.of(String.valueOf(members.get("scopes")).split(" ", -1)),
          Optional.ofNullable((String) members.get("resource")),
          Optional.ofNullable((String) members.get("nonce")));
    }
  }

  Granted open(WriteContext write, Way way, Allowed allowed, TokenRequest request)
      throws SQLException {
    Client client = request.client();
    Optional<OneSession> parent =
        Sessions.find(write, allowed.session()).filter(found -> found.openAt(write.at()));
    Optional<Entity> account = write.find(context.accounts().model(), allowed.account());
    if (parent.isEmpty() || account.isEmpty()) {
      return Granted.refused("Whoever allowed it has signed out since");
    }
    if (!clients.isStill(client)) {
      return Granted.refused("The client was shut out since");
    }
    if (way.asks(client)
        && !Consents.scopes(write, allowed.account(), client.id(), client.shown())
            .containsAll(allowed.scopes())) {
      return Granted.refused("It was allowed, and that was taken back since");
    }
    if (request.isWider(allowed.resource(), audiences)) {
      return Granted.wider();
    }
    boolean alone = allowed.scopes().contains(Scopes.OFFLINE_ACCESS);
    SessionUse.Application use =
        new SessionUse.Application(
            client.id(),
            allowed.scopes(),
            alone ? Optional.empty() : Optional.of(parent.get().id()),
            // who can prove who it is may change its key, and its certificate (RFC 9449, section 5;
            // RFC 8705, section 4)
            client.confidential() ? TokenBinding.NONE : request.binding(),
            allowed.resource());
    Proof known = known(way, parent.get());
    Outcome outcome = context.issuer().open(write, account.get(), known, use, request.source());
    return switch (outcome) {
      case Outcome.Opened(Entity _, String id) -> {
        OneSession session = Sessions.find(write, id).orElseThrow();
        Optional<OpaqueToken> refresh =
            client.grants().contains(GrantType.REFRESH_TOKEN)
                ? Optional.of(context.refreshTokens().issue(write, id))
                : Optional.empty();
        yield new Granted.ForAccount(
            given(session, use, use.scopes(), request.resource().or(allowed::resource)),
            session,
            refresh,
            allowed.nonce());
      }
      case Outcome.Owed _ ->
          Granted.refused("The account has a second factor since: sign in again");
      case Outcome.Refused(Problem problem) -> Granted.refused(problem.text());
    };
  }

  /// What was proven in the session in which somebody lets an application in.
  private static Proof known(Way way, OneSession parent) {
    return new Proof(
        way.method,
        parent.methods(),
        parent.authenticatedAt(),
        parent.authenticatedAt().orElse(parent.createdAt()),
        Optional.empty(),
        Optional.empty());
  }

  /// What an access token of a session says.
  static Given given(
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
        Optional.of(session.authenticated()),
        TokenBinding.NONE);
  }
}
