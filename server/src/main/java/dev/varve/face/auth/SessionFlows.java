package dev.varve.face.auth;

import dev.varve.identity.account.RefreshTokens;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.Sessions;
import dev.varve.identity.factor.TrustedDevices;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.kernel.Rfc3339;
import dev.varve.lane.access.Caller;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.record.Entity;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where an account is signed in, and how to end that.
public final class SessionFlows {
  private static final String REFRESH_TOKEN = "refreshToken";

  private static final List<Member> SIGNED_OUT = List.of(Member.text(REFRESH_TOKEN).optional());
  private static final List<Member> SESSION =
      List.of(
          Member.text("id"),
          Member.of("current", new Route.Type.Truth()),
          Member.text("client").optional(),
          Member.text("device"),
          Member.text("address"),
          Member.instant("createdAt"),
          Member.instant("lastUsedAt"),
          Member.instant("expiresAt"));

  private final AccountContext context;

  SessionFlows(AccountContext context) {
    this.context = context;
  }

  List<Route> routes() {
    return List.of(
        Endpoint.post("/auth/sign-out", "signOut", "Sign out")
            .says(
                "Ends the session of the refresh token in the body, or else that of the access token or of the browser's cookie.")
            .asks(Route.Caller.ANYBODY_OR_KNOWN)
            .takes(SIGNED_OUT)
            .answeredBy(this::signOut),
        Endpoint.get("/auth/sessions", "listSessions", "Where the account is signed in")
            .says("Every open session, with the device and the address that used it last.")
            .asks(Route.Caller.ACCOUNT)
            .gives(200, List.of(Member.of("items", new Route.Type.Objects(SESSION))))
            .answeredBy(this::list),
        Endpoint.delete("/auth/sessions", "endSessions", "Sign out everywhere")
            .says(
                "Ends every session of the account, that of the request included, and the trust in every browser.")
            .asks(Route.Caller.ACCOUNT)
            .answeredBy(this::endAll),
        Endpoint.delete("/auth/sessions/{id}", "endSession", "Sign out in one place")
            .says("Ends one session of the account: its tokens are no longer good.")
            .asks(Route.Caller.ACCOUNT)
            .answeredBy(this::end));
  }

  /// `POST /auth/sign-out`: ends the session of the access token, or that of a refresh token in the body.
  Answer signOut(Request request) {
    JsonBody body = JsonBody.of(request, SIGNED_OUT);
    Optional<String> token = body.optionalToken(REFRESH_TOKEN);
    body.check();
    RequestSource source = AccountContext.source(request);
    if (token.isPresent()) {
      context.write(
          source,
          write -> {
            Optional<String> session = RefreshTokens.session(write, token.get());
            return session.isPresent() && end(write, session.get(), source);
          });
      return Answer.noContent();
    }
    Entity account = AccountContext.requireAccount(request.caller());
    String session = request.caller().session().orElseThrow();
    context.write(source, account.id(), write -> end(write, session, source));
    return BrowserCookies.SESSION.of(request).isPresent()
        ? BrowserCookies.SESSION.taken(Answer.noContent(), request)
        : Answer.noContent();
  }

  private boolean end(WriteContext write, String id, RequestSource source) throws SQLException {
    return context.end(write, Kind.SIGNED_OUT, id, source);
  }

  /// `GET /auth/sessions`
  Answer list(Request request) {
    Caller caller = request.caller();
    Entity account = AccountContext.requireAccount(caller);
    List<Object> items =
        context.sessions().open(account.id()).stream()
            .map(session -> json(session, caller))
            .toList();
    return Answer.json(200, Json.bytes(json -> Json.write(json, Map.of("items", items))));
  }

  private static Object json(Sessions.OneSession session, Caller caller) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("id", session.id());
    members.put("current", caller.session().equals(Optional.of(session.id())));
    session.application().ifPresent(used -> members.put("client", used.client()));
    members.put("device", session.device());
    members.put("address", session.address());
    members.put("createdAt", Rfc3339.text(session.createdAt()));
    members.put("lastUsedAt", Rfc3339.text(session.lastUsedAt()));
    members.put("expiresAt", Rfc3339.text(session.expiresAt()));
    return members;
  }

  /// `DELETE /auth/sessions/{id}`
  Answer end(Request request) {
    end(request.caller(), request.variable("id"), AccountContext.source(request));
    return Answer.noContent();
  }

  /// Ends one session of an account.
  ///
  /// @throws Problem NOT_FOUND when it has no such open one
  public void end(Caller caller, String id, RequestSource source) {
    Entity account = AccountContext.requireAccount(caller);
    context.write(
        source,
        account.id(),
        write -> {
          Optional<Sessions.OneSession> session =
              Sessions.find(write, id).filter(found -> found.account().equals(account.id()));
          if (session.isEmpty() || !session.get().openAt(write.at())) {
            throw Problem.notFound("You have no open session '%s'".formatted(id));
          }
          return end(write, id, source);
        });
  }

  /// `DELETE /auth/sessions`: all of them, that of the request included.
  Answer endAll(Request request) {
    endAll(request.caller(), Optional.empty(), AccountContext.source(request));
    return Answer.noContent();
  }

  /// Ends every session of an account but that in which it asks, and the trust in every browser.
  public void endOthers(Caller caller, RequestSource source) {
    endAll(caller, caller.session(), source);
  }

  private void endAll(Caller caller, Optional<String> kept, RequestSource source) {
    Entity account = AccountContext.requireAccount(caller);
    context.write(
        source,
        account.id(),
        write -> {
          int ended = context.sessions().endAll(write, account.id(), kept);
          TrustedDevices.endAll(write, account.id());
          String email = context.accounts().email(account);
          context
              .events()
              .record(
                  write,
                  Event.of(Kind.SESSIONS_ENDED, account.id(), email, source).with("count", ended));
          return ended;
        });
  }
}
