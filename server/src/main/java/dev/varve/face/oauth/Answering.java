package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.Pages;
import dev.varve.face.oauth.ApplicationSessions.Allowed;
import dev.varve.identity.account.Consents;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.identity.account.SingleUse;
import dev.varve.identity.client.Flows;
import dev.varve.identity.client.Flows.Flow;
import dev.varve.identity.client.RedirectUri;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Sends the browser back to a client with what came of its request (RFC 6749, section 4.1.2): a code, or an error. Every answer
/// names who gives it (RFC 9207), so that a client that knows many servers confuses none.
final class Answering {
  private static final String SUBMIT = "document.forms[0].submit()";

  private final AccountContext context;
  private final SingleUse singleUse;
  private final String issuer;

  Answering(AccountContext context, SingleUse singleUse, String issuer) {
    this.context = context;
    this.singleUse = singleUse;
    this.issuer = issuer;
  }

  /// Lets the client in, for whoever has the session.
  ///
  /// @param browser asks
  /// @param flow of whose pages it is the end, if there were some
  /// @param allowed what somebody has allowed just now
  /// @param status of a redirect: 302, or 303 in answer to a form
  /// @return nothing when the flow had ended before
  Optional<Answer> code(
      Request browser,
      AuthorizationRequest request,
      OneSession session,
      Optional<Flow> flow,
      Set<String> allowed,
      int status) {
    RequestSource source = AccountContext.source(browser);
    Optional<OpaqueToken> code =
        context.write(
            source,
            session.account(),
            write -> code(write, request, session, flow, allowed, source));
    return code.map(token -> answer(browser, back(request), Map.of("code", token.text()), status));
  }

  private Optional<OpaqueToken> code(
      WriteContext write,
      AuthorizationRequest request,
      OneSession session,
      Optional<Flow> flow,
      Set<String> allowed,
      RequestSource source)
      throws SQLException {
    if (flow.isPresent() && !Flows.finish(write, flow.get())) {
      return Optional.empty();
    }
    context.sessions().used(write, session, source, context.settings().session());
    if (!allowed.isEmpty()) {
      Consents.allow(write, session.account(), request.client(), allowed);
      letIn(write, request, session, allowed, source);
    }
    return Optional.of(
        singleUse.issue(write, SingleUse.Kind.CODE, Code.of(request, session).members()));
  }

  private void letIn(
      WriteContext write,
      AuthorizationRequest request,
      OneSession session,
      Set<String> allowed,
      RequestSource source) {
    context
        .events()
        .record(
            write,
            new Event(
                Kind.APPLICATION_LET_IN,
                Optional.of(session.account()),
                write
                    .find(context.accounts().model(), session.account())
                    .map(context.accounts()::email),
                Optional.of(source),
                Map.of("client", request.client(), "scopes", List.copyOf(new TreeSet<>(allowed)))));
  }

  /// Tells the client what went wrong.
  Answer error(Request browser, AuthorizationRequests.Return back, OAuthError error, int status) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("error", error.code());
    parameters.put("error_description", error.description());
    return answer(browser, back, parameters, status);
  }

  static AuthorizationRequests.Return back(AuthorizationRequest request) {
    return new AuthorizationRequests.Return(
        request.redirectUri(), request.state(), request.formPost());
  }

  private Answer answer(
      Request browser,
      AuthorizationRequests.Return back,
      Map<String, String> parameters,
      int status) {
    Map<String, String> all = new LinkedHashMap<>(parameters);
    back.state().ifPresent(state -> all.put("state", state));
    all.put("iss", issuer);
    return back.formPost()
        ? form(back.redirectUri(), all, Texts.of(browser))
        : Answer.empty(status).with("Location", located(back.redirectUri(), all));
  }

  /// A URL with more parameters in its query.
  static String located(String uri, Map<String, String> parameters) {
    StringBuilder url = new StringBuilder(uri);
    char separator = uri.indexOf('?') < 0 ? '?' : '&';
    for (Map.Entry<String, String> parameter : parameters.entrySet()) {
      url.append(separator)
          .append(URLEncoder.encode(parameter.getKey(), StandardCharsets.UTF_8))
          .append('=')
          .append(URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8));
      separator = '&';
    }
    return url.toString();
  }

  /// OAuth 2.0 Form Post Response Mode, section 2.
  private static Answer form(String uri, Map<String, String> parameters, Texts texts) {
    StringBuilder form =
        new StringBuilder("<form method=\"post\" action=\"%s\">\n".formatted(Pages.escaped(uri)));
    parameters.forEach((name, value) ->
        form.append(
            "<input type=\"hidden\" name=\"%s\" value=\"%s\">\n"
                .formatted(name, Pages.escaped(value))));
    form.append("<button>%s</button></form>\n".formatted(Pages.escaped(texts.get("back.button"))));
    return Pages.page(
        200,
        texts.language(),
        texts.get("back.title"),
        form.toString(),
        List.of(RedirectUri.source(uri)),
        SUBMIT);
  }

  /// What stands behind a code.
  record Code(String client, Allowed allowed, String redirectUri, String challenge) {
    private static Code of(AuthorizationRequest request, OneSession session) {
      return new Code(
          request.client(),
          new Allowed(
              session.account(),
              session.id(),
              request.scopes(),
              request.resource(),
              request.nonce()),
          request.redirectUri(),
          request.challenge());
    }

    private Map<String, @Nullable Object> members() {
      Map<String, @Nullable Object> members = new LinkedHashMap<>();
      members.put("client", client);
      members.put("account", allowed.account());
      members.put("session", allowed.session());
      members.put("scopes", String.join(" ", new TreeSet<>(allowed.scopes())));
      members.put("redirectUri", redirectUri);
      members.put("nonce", allowed.nonce().orElse(null));
      members.put("challenge", challenge);
      members.put("resource", allowed.resource().orElse(null));
      return members;
    }

    static Code read(Map<String, Object> members) {
      return new Code(
          String.valueOf(members.get("client")),
          new Allowed(
              String.valueOf(members.get("account")),
              String.valueOf(members.get("session")),
              Set.of(String.valueOf(members.get("scopes")).split(" ", -1)),
              Optional.ofNullable((String) members.get("resource")),
              Optional.ofNullable((String) members.get("nonce"))),
          String.valueOf(members.get("redirectUri")),
          String.valueOf(members.get("challenge")));
    }
  }
}
