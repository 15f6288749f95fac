package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.Pages;
import dev.varve.face.auth.Texts;
import dev.varve.face.oauth.ApplicationSessions.Allowed;
import dev.varve.identity.account.Consents;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.identity.account.SingleUse;
import dev.varve.identity.client.Client;
import dev.varve.identity.client.Devices;
import dev.varve.identity.client.Flows;
import dev.varve.identity.client.Flows.Flow;
import dev.varve.identity.client.RedirectUri;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.Json;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.store.sql.SqlValues;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HexFormat;
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

  /// Lets the client in, for whoever has the session: it gets a code, or its device is told.
  ///
  /// @param browser asks
  /// @param client as people were shown it
  /// @param flow of whose pages it is the end, if there were some
  /// @param allowed what somebody has allowed just now
  /// @param status of a redirect: 302, or 303 in answer to a form
  /// @return nothing when the flow, or the request that the client has pushed, had ended before
  Optional<Answer> code(
      Request browser,
      Client client,
      AuthorizationRequest request,
      OneSession session,
      Optional<Flow> flow,
      Set<String> allowed,
      int status) {
    RequestSource source = AccountContext.source(browser);
    if (request.device().isPresent()) {
      Ended ended =
          context.write(
              source,
              session.account(),
              write -> device(write, client, request, session, flow, allowed, source));
      return Optional.of(says(browser, ended.page("device.allowed")));
    }
    Optional<OpaqueToken> code =
        context.write(
            source,
            session.account(),
            write -> code(write, client, request, session, flow, allowed, source));
    return code.map(token -> answer(browser, back(request), Map.of("code", token.text()), status));
  }

  private Optional<OpaqueToken> code(
      WriteContext write,
      Client client,
      AuthorizationRequest request,
      OneSession session,
      Optional<Flow> flow,
      Set<String> allowed,
      RequestSource source)
      throws SQLException {
    if (!finish(write, request, flow)) {
      return Optional.empty();
    }
    letIn(write, client, request, session, allowed, source);
    return Optional.of(
        singleUse.issue(
            write, SingleUse.Kind.CODE, Code.of(request, session, write.at()).members()));
  }

  /// What came of an answer to a device.
  private enum Ended {
    FIRST,
    /// The flow had ended before.
    AGAIN,
    /// The device does not wait any more.
    LATE;

    /// What the person is told.
    private String page(String first) {
      return switch (this) {
        case FIRST -> first;
        case AGAIN -> "done";
        case LATE -> "device.late";
      };
    }
  }

  private Ended device(
      WriteContext write,
      Client client,
      AuthorizationRequest request,
      OneSession session,
      Optional<Flow> flow,
      Set<String> allowed,
      RequestSource source)
      throws SQLException {
    Ended ended = decide(write, flow, Optional.of(session), request);
    if (ended == Ended.FIRST) {
      letIn(write, client, request, session, allowed, source);
    }
    return ended;
  }

  /// Notes that a client is let in, once it is sure that it is.
  private void letIn(
      WriteContext write,
      Client client,
      AuthorizationRequest request,
      OneSession session,
      Set<String> allowed,
      RequestSource source)
      throws SQLException {
    context.sessions().used(write, session, source, context.settings().session());
    if (!allowed.isEmpty()) {
      Consents.allow(write, session.account(), request.client(), allowed, client.shown());
      record(write, request, session, allowed, source);
    }
  }

  /// Tells a device what somebody has answered.
  ///
  /// @param session of whoever lets it in; nothing when they refuse
  private static Ended decide(
      WriteContext write,
      Optional<Flow> flow,
      Optional<OneSession> session,
      AuthorizationRequest request)
      throws SQLException {
    if (!finish(write, request, flow)) {
      return Ended.AGAIN;
    }
    byte[] device = HexFormat.of().parseHex(request.device().orElseThrow().id());
    Optional<String> allowed =
        session.map(of ->
            new String(
                Json.bytes(json -> Json.write(json, Allowed.of(request, of).members())),
                StandardCharsets.UTF_8));
    return Devices.decide(write, device, allowed) ? Ended.FIRST : Ended.LATE;
  }

  private static Answer says(Request browser, String key) {
    return FlowPages.says(200, Texts.of(browser), key);
  }

  /// Refuses what a client asks for, as somebody wants it.
  Answer deny(Request browser, AuthorizationRequest request, Flow flow) {
    RequestSource source = AccountContext.source(browser);
    if (request.device().isPresent()) {
      Ended ended =
          context.write(
              source, write -> decide(write, Optional.of(flow), Optional.empty(), request));
      return says(browser, ended.page("device.refused"));
    }
    boolean first = context.write(source, write -> finish(write, request, Optional.of(flow)));
    return first
        ? error(
            browser,
            back(request),
            new OAuthError(OAuthError.ACCESS_DENIED, "The person did not let the client in"),
            303)
        : says(browser, "done");
  }

  /// Ends what is answered once, whatever the answer.
  ///
  /// @return whether it had not ended before
  static boolean finish(WriteContext write, AuthorizationRequest request, Optional<Flow> flow)
      throws SQLException {
    return (flow.isEmpty() || Flows.finish(write, flow.get()))
        && (request.pushed().isEmpty() || PushedRequests.finish(write, request.pushed().get()));
  }

  private void record(
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
    return answer(browser, back, parameters(error), status);
  }

  private static Map<String, String> parameters(OAuthError error) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("error", error.code());
    parameters.put("error_description", error.description());
    return parameters;
  }

  /// Tells the person what went wrong, and leaves it to them whether the client is told.
  Answer offered(
      Request browser, Client client, AuthorizationRequests.Return back, OAuthError error) {
    Texts texts = Texts.of(browser);
    Map<String, String> parameters = all(back, parameters(error));
    String place = RedirectUri.source(back.redirectUri());
    String content =
        "<p>%s</p>\n<p class=\"note\">%s</p>\n"
            .formatted(
                Pages.escaped(error.description()),
                Pages.escaped(texts.get("unknown.text", client.title(), place)));
    String way =
        back.formPost()
            ? form(back.redirectUri(), parameters, texts)
            : "<p><a href=\"%s\" rel=\"noreferrer\">%s</a></p>\n"
                .formatted(
                    Pages.escaped(located(back.redirectUri(), parameters)),
                    Pages.escaped(texts.get("back.button")));
    return Pages.page(
        400,
        texts.language(),
        texts.get("wrong.title"),
        content + way,
        back.formPost() ? List.of(place) : List.of(),
        "");
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
    Map<String, String> all = all(back, parameters);
    return back.formPost()
        ? submitted(back.redirectUri(), all, Texts.of(browser))
        : Answer.empty(status).with("Location", located(back.redirectUri(), all));
  }

  private Map<String, String> all(
      AuthorizationRequests.Return back, Map<String, String> parameters) {
    Map<String, String> all = new LinkedHashMap<>(parameters);
    back.state().ifPresent(state -> all.put("state", state));
    all.put("iss", issuer);
    return all;
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
  private static Answer submitted(String uri, Map<String, String> parameters, Texts texts) {
    return Pages.page(
        200,
        texts.language(),
        texts.get("back.title"),
        form(uri, parameters, texts),
        List.of(RedirectUri.source(uri)),
        SUBMIT);
  }

  private static String form(String uri, Map<String, String> parameters, Texts texts) {
    StringBuilder form =
        new StringBuilder("<form method=\"post\" action=\"%s\">\n".formatted(Pages.escaped(uri)));
    parameters.forEach((name, value) ->
        form.append(
            "<input type=\"hidden\" name=\"%s\" value=\"%s\">\n"
                .formatted(name, Pages.escaped(value))));
    form.append("<button>%s</button></form>\n".formatted(Pages.escaped(texts.get("back.button"))));
    return form.toString();
  }

  /// What stands behind a code.
  ///
  /// @param key with whose proof alone it is good
  /// @param at when it was given
  record Code(
      String client,
      Allowed allowed,
      String redirectUri,
      String challenge,
      Optional<String> key,
      Instant at) {
    private static Code of(AuthorizationRequest request, OneSession session, Instant at) {
      return new Code(
          request.client(),
          Allowed.of(request, session),
          request.redirectUri(),
          request.challenge(),
          request.key(),
          at);
    }

    private Map<String, @Nullable Object> members() {
      Map<String, @Nullable Object> members = allowed.members();
      members.put("client", client);
      members.put("redirectUri", redirectUri);
      members.put("challenge", challenge);
      members.put("key", key.orElse(null));
      members.put("at", SqlValues.micros(at));
      return members;
    }

    static Code read(Map<String, Object> members) {
      return new Code(
          String.valueOf(members.get("client")),
          Allowed.read(members),
          String.valueOf(members.get("redirectUri")),
          String.valueOf(members.get("challenge")),
          Optional.ofNullable((String) members.get("key")),
          members.get("at") instanceof Long micros ? SqlValues.instant(micros) : Instant.EPOCH);
    }
  }
}
