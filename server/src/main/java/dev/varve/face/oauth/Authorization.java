package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.BrowserCookies;
import dev.varve.identity.account.Consents;
import dev.varve.identity.account.Factors;
import dev.varve.identity.account.FirstProof;
import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.identity.account.SignInMethod;
import dev.varve.identity.client.Client;
import dev.varve.net.http.Request;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// Finds out what is still missing before a client is let in: the one place that decides it, for requests that go on at once and for
/// pages alike.
final class Authorization {
  private final AccountContext context;
  private final Consents consents;

  Authorization(AccountContext context, Consents consents) {
    this.context = context;
    this.consents = consents;
  }

  /// The session of the browser, if it is open.
  Optional<OneSession> session(Request request) {
    return BrowserCookies.SESSION.of(request).flatMap(context.sessions()::ofBrowser);
  }

  /// What comes next.
  ///
  /// @param begun when the client asked
  /// @param proven what somebody has proven since, who owes a second factor
  Step next(
      Client client,
      AuthorizationRequest request,
      Optional<OneSession> session,
      Instant begun,
      Optional<FirstProof> proven) {
    if (session.isEmpty() || !isSignedIn(request, session.get(), begun)) {
      return proven.filter(first -> first.freshAt(now())).map(this::owed).orElse(Step.SIGN_IN);
    }
    return asks(client, request, session.get()) ? Step.CONSENT : Step.DONE;
  }

  private Step owed(FirstProof proven) {
    return context
            .stages()
            .database()
            .lookup(rows -> Factors.provable(rows, proven.account()).isEmpty())
        ? Step.ENROL
        : Step.SECOND_FACTOR;
  }

  private Instant now() {
    return context.stages().clock().instant();
  }

  private boolean isSignedIn(AuthorizationRequest request, OneSession session, Instant begun) {
    boolean other = request.subject().filter(id -> !id.equals(session.account())).isPresent();
    if (other || !isRecent(request, session, begun)) {
      return false;
    }
    return context.mayGoOn(session) && isStrong(request, session);
  }

  /// Whether it is known to be as short a time ago as the client wants that somebody has proven who they are.
  private static boolean isRecent(AuthorizationRequest request, OneSession session, Instant begun) {
    boolean login = request.asksFor(AuthorizationRequest.LOGIN);
    // who chooses need not prove anything beyond what opens a session
    boolean choice = request.asksFor(AuthorizationRequest.SELECT_ACCOUNT);
    if (login && !isProvenSince(session, begun)) {
      return false;
    }
    if (choice && session.createdAt().isBefore(begun) && !isProvenSince(session, begun)) {
      return false;
    }
    return request.maxAge().isEmpty()
        || isProvenSince(session, begun.minusSeconds(request.maxAge().getAsLong()));
  }

  private static boolean isProvenSince(OneSession session, Instant earliest) {
    return session.authenticatedAt().filter(at -> !at.isBefore(earliest)).isPresent();
  }

  /// Whether as much has been proven as the client wants of an account that can: a browser that is trusted has proven nothing.
  private boolean isStrong(AuthorizationRequest request, OneSession session) {
    return !request.secondFactor()
        || SignInMethod.isTwoFactors(session.methods())
        || !hasFactor(session.account());
  }

  private boolean hasFactor(String account) {
    return context.stages().database().lookup(rows -> !Factors.of(rows, account).isEmpty());
  }

  private boolean asks(Client client, AuthorizationRequest request, OneSession session) {
    if (request.device().isPresent()) {
      // somebody else may have sent the link (RFC 8628, section 5.4): whoever answers sees first
      // what they answer
      return true;
    }
    if (!client.asks()) {
      return false;
    }
    return request.asksFor(AuthorizationRequest.CONSENT)
        || !remembers(client, request)
        || !allowed(client, session).containsAll(request.scopes());
  }

  /// Whether what somebody allowed once counts the next time. Not where anybody could come with the name of the client: one without
  /// a secret whose answers go to an address that every program can have (RFC 8252, section 8.6).
  private static boolean remembers(Client client, AuthorizationRequest request) {
    return client.confidential() || request.redirectUri().startsWith("https://");
  }

  /// Whether the browser may be sent to a client with an error, and no page before: not to one that nobody here has looked at, and that
  /// nobody in this browser has let in. Whoever makes the link may have made the client too (RFC 9700, section 4.11.2).
  boolean mayBeSentAtOnce(Client client, Optional<OneSession> session) {
    return switch (client.origin()) {
      case SETTINGS, ADMINISTRATOR -> true;
      case REGISTERED, DOCUMENT -> session.isPresent() && !allowed(client, session.get()).isEmpty();
    };
  }

  private Set<String> allowed(Client client, OneSession session) {
    return consents.scopes(session.account(), client.id(), client.shown());
  }
}
