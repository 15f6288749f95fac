package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.BrowserCookies;
import dev.varve.face.auth.Pages;
import dev.varve.face.auth.SameOrigin;
import dev.varve.face.auth.Texts;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.SessionUse;
import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.identity.client.Client;
import dev.varve.identity.client.Clients;
import dev.varve.identity.client.Flows;
import dev.varve.identity.token.IdTokens;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `/oauth2/logout`: a client sends the browser to sign somebody out here too (OpenID Connect RP-Initiated Logout 1.0). With an ID token of
/// its own it is done at once, and the browser goes on to an address that the client has registered; without one the person is asked, and
/// stays here.
final class Logout {
  static final String PATH = "/oauth2/logout";
  private static final String TOKEN = "token";

  private final AccountContext context;
  private final Authorization authorization;
  private final Clients clients;
  private final IdTokens idTokens;

  Logout(AccountContext context, Authorization authorization, Clients clients, IdTokens idTokens) {
    this.context = context;
    this.authorization = authorization;
    this.clients = clients;
    this.idTokens = idTokens;
  }

  Answer get(Request request) {
    return answer(request, request.query());
  }

  Answer post(Request request) {
    QueryString form = request.form();
    Optional<OneSession> session = authorization.session(request);
    if (session.isPresent() && isOwnForm(request, form)) {
      end(request, session.get());
      return BrowserCookies.SESSION.taken(
          FlowPages.says(200, Texts.of(request), "logout.done"), request);
    }
    return Navigation.roundTrip(request, PATH, form);
  }

  private Answer answer(Request request, QueryString parameters) {
    Optional<IdTokens.Hint> hint = hint(parameters);
    Optional<OneSession> session = authorization.session(request);
    Optional<OneSession> meant = hint.flatMap(this::session);
    boolean other =
        session.isPresent()
            && hint.filter(known -> known.account().equals(session.get().account())).isEmpty();
    if (hint.isEmpty() || other) {
      return session.isPresent()
          ? ask(request, session.get())
          : FlowPages.says(200, Texts.of(request), "logout.done");
    }
    meant.ifPresent(found -> end(request, found));
    session.ifPresent(found -> end(request, found));
    Answer answer =
        target(parameters, hint.get())
            .map(uri -> Answer.empty(302).with("Location", uri))
            .orElseGet(() -> FlowPages.says(200, Texts.of(request), "logout.done"));
    return session.isPresent() ? BrowserCookies.SESSION.taken(answer, request) : answer;
  }

  private Optional<IdTokens.Hint> hint(QueryString parameters) {
    Optional<String> client = parameters.value("client_id");
    return parameters
        .value("id_token_hint")
        .flatMap(token -> idTokens.hint(token, context.stages().clock().instant()))
        .filter(known -> client.isEmpty() || client.get().equals(known.client()));
  }

  private Optional<OneSession> session(IdTokens.Hint hint) {
    return context.sessions().find(hint.session());
  }

  private void end(Request request, OneSession session) {
    RequestSource source = AccountContext.source(request);
    String id = session.application().flatMap(SessionUse.Application::parent).orElse(session.id());
    context.write(
        source, session.account(), write -> context.end(write, Kind.SIGNED_OUT, id, source));
  }

  /// Where the browser goes on to, with what the client wants to have back.
  private Optional<String> target(QueryString parameters, IdTokens.Hint hint) {
    Optional<Client> client = client(hint);
    Optional<String> uri =
        parameters
            .value("post_logout_redirect_uri")
            .filter(asked -> client.filter(known -> known.mayBeSentAfterLogout(asked)).isPresent());
    Map<String, String> more =
        parameters.value("state").map(state -> Map.of("state", state)).orElse(Map.of());
    return uri.map(known -> Answering.located(known, more));
  }

  /// One that describes itself is asked anew: somebody has let it in, or it had no ID token.
  private Optional<Client> client(IdTokens.Hint hint) {
    try {
      return clients.resolve(hint.client());
    } catch (Problem refused) {
      return Optional.empty();
    }
  }

  private Answer ask(Request request, OneSession session) {
    Texts texts = Texts.of(request);
    String email =
        context.account(session.account()).map(context.accounts()::email).orElse(session.account());
    return Pages.page(
        200,
        texts.language(),
        texts.get("logout.title"),
        """
        <p>%s</p>
        <form method="post" action="%s">
        <input type="hidden" name="token" value="%s">
        <button>%s</button>
        </form>
        """
            .formatted(
                Pages.escaped(texts.get("logout.text", email)),
                PATH,
                token(request),
                Pages.escaped(texts.get("logout.button"))),
        List.of(),
        "");
  }

  /// What the form carries, which nobody makes without the cookie of the session.
  private static String token(Request request) {
    return BrowserCookies.SESSION.of(request).map(Flows::logoutToken).orElse("");
  }

  private static boolean isOwnForm(Request request, QueryString form) {
    String sent = form.value(TOKEN).orElse("");
    return !sent.isEmpty()
        && SameOrigin.mayHaveSentForm(request)
        && MessageDigest.isEqual(
            token(request).getBytes(StandardCharsets.UTF_8), sent.getBytes(StandardCharsets.UTF_8));
  }
}
