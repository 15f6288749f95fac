package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.BrowserCookies;
import dev.varve.face.auth.Texts;
import dev.varve.face.oauth.AuthorizationRequests.Reading;
import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.identity.client.Client;
import dev.varve.identity.client.Flows;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// `/oauth2/authorize`: a browser comes from a client, which wants to know who is there and what they let it do (RFC 6749, section
/// 3.1).
final class AuthorizationEndpoint {
  static final String PATH = "/oauth2/authorize";

  private final AccountContext context;
  private final AuthorizationRequests requests;
  private final PushedRequests pushes;
  private final Authorization authorization;
  private final Answering answering;
  private final Flows flows;
  private final SecureRandom random;

  AuthorizationEndpoint(
      AccountContext context,
      AuthorizationRequests requests,
      PushedRequests pushes,
      Authorization authorization,
      Answering answering,
      Flows flows,
      SecureRandom random) {
    this.context = context;
    this.requests = requests;
    this.pushes = pushes;
    this.authorization = authorization;
    this.answering = answering;
    this.flows = flows;
    this.random = random;
  }

  Answer post(Request request) {
    return Navigation.roundTrip(request, PATH, request.form());
  }

  Answer get(Request request) {
    try {
      Optional<PushedRequests.Known> pushed = pushes.find(request.query());
      QueryString parameters =
          pushed.map(PushedRequests.Known::parameters).orElseGet(request::query);
      return switch (requests.read(parameters, pushed.map(PushedRequests.Known::id))) {
        case Reading.Good(Client client, AuthorizationRequest asked) -> go(request, client, asked);
        case Reading.Bad(Client client, AuthorizationRequests.Return back, OAuthError error) ->
            tell(request, client, back, error);
      };
    } catch (Problem problem) {
      return FlowPages.refuses(request, problem);
    }
  }

  private Answer go(Request request, Client client, AuthorizationRequest asked) {
    Instant now = context.stages().clock().instant();
    Optional<OneSession> session = authorization.session(request);
    Step step = authorization.next(client, asked, session, now, Optional.empty());
    if (step == Step.DONE) {
      return answering
          .code(request, client, asked, session.orElseThrow(), Optional.empty(), Set.of(), 302)
          .orElseGet(() -> FlowPages.says(200, Texts.of(request), "done"));
    }
    if (asked.asksFor(AuthorizationRequest.NONE)) {
      return refuse(request, client, asked, needed(step));
    }
    return begin(request, client, asked);
  }

  private Answer tell(
      Request request, Client client, AuthorizationRequests.Return back, OAuthError error) {
    return authorization.mayBeSentAtOnce(client, authorization.session(request))
        ? answering.error(request, back, error, 302)
        : answering.offered(request, client, back, error);
  }

  private Answer refuse(
      Request request, Client client, AuthorizationRequest asked, OAuthError error) {
    boolean first =
        asked.pushed().isEmpty()
            || context.write(
                AccountContext.source(request),
                write -> Answering.finish(write, asked, Optional.empty()));
    return first
        ? tell(request, client, Answering.back(asked), error)
        : FlowPages.says(200, Texts.of(request), "done");
  }

  /// OpenID Connect Core 1.0, section 3.1.2.6
  private static OAuthError needed(Step step) {
    return step == Step.CONSENT
        ? new OAuthError("consent_required", "The account has not let the client in")
        : new OAuthError("login_required", "Nobody is signed in, or not as it was asked for");
  }

  private Answer begin(Request request, Client client, AuthorizationRequest asked) {
    Optional<String> known = BrowserCookies.BROWSER.of(request);
    OpaqueToken browser = known.map(OpaqueToken::new).orElseGet(() -> OpaqueToken.random(random));
    String id =
        context.write(
            AccountContext.source(request),
            write -> flows.begin(write, browser.text(), client.id(), asked.json()));
    Answer answer = Answer.empty(302).with("Location", FlowPath.of(id));
    return known.isPresent() ? answer : BrowserCookies.BROWSER.given(answer, request, browser);
  }
}
