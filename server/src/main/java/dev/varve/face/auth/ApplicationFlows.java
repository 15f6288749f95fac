package dev.varve.face.auth;

import dev.varve.identity.account.Consents;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.client.Client;
import dev.varve.identity.client.Clients;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.kernel.Rfc3339;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.record.Entity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Which applications somebody let in, and how to take that back.
public final class ApplicationFlows {
  private static final List<Member> APPLICATION =
      List.of(
          Member.text("client"),
          Member.text("title"),
          Member.of("scopes", new Route.Type.Texts()),
          Member.instant("since"));

  private final AccountContext context;
  private final Clients clients;
  private final Consents consents;

  ApplicationFlows(AccountContext context, Clients clients) {
    this.context = context;
    this.clients = clients;
    this.consents = new Consents(context.stages().database());
  }

  List<Route> routes() {
    return List.of(
        Endpoint.get("/auth/applications", "listApplications", "Which applications were let in")
            .says("What the account allowed other applications, the oldest first.")
            .asks(Route.Caller.ACCOUNT)
            .gives(200, List.of(Member.of("items", new Route.Type.Objects(APPLICATION))))
            .answeredBy(this::list),
        Endpoint.delete("/auth/applications/{client}", "shutOutApplication", "Shut one out")
            .says(
                "Takes back what the account allowed it, and ends its sessions: its tokens are no longer good.")
            .asks(Route.Caller.ACCOUNT)
            .answeredBy(this::shutOut));
  }

  /// `GET /auth/applications`
  Answer list(Request request) {
    Entity account = AccountContext.requireAccount(request.caller());
    List<Object> items = of(account).stream().map(this::json).toList();
    return Answer.json(200, Json.bytes(json -> Json.write(json, Map.of("items", items))));
  }

  /// What an account allowed, the oldest first.
  public List<Consents.Consent> of(Entity account) {
    return consents.of(account.id());
  }

  /// What people are told that an application is called.
  public String title(String client) {
    return clients.find(client).map(Client::title).orElse(client);
  }

  private Object json(Consents.Consent consent) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("client", consent.client());
    members.put("title", title(consent.client()));
    members.put("scopes", List.copyOf(new TreeSet<>(consent.scopes())));
    members.put("since", Rfc3339.text(consent.since()));
    return members;
  }

  /// `DELETE /auth/applications/{client}`
  Answer shutOut(Request request) {
    shutOut(request.caller(), request.variable("client"), AccountContext.source(request));
    return Answer.noContent();
  }

  /// Takes back what an account allowed an application, and ends its sessions.
  public void shutOut(Caller caller, String client, RequestSource source) {
    Entity account = AccountContext.requireAccount(caller);
    context.write(
        source,
        account.id(),
        write -> {
          boolean known = Consents.revoke(write, account.id(), client);
          int ended = context.sessions().endAllOf(write, account.id(), client);
          if (!known && ended == 0) {
            throw Problem.notFound("You have let in no application '%s'".formatted(client));
          }
          String email = context.accounts().email(account);
          context
              .events()
              .record(
                  write,
                  Event.of(Kind.APPLICATION_SHUT_OUT, account.id(), email, source)
                      .with("client", client)
                      .with("sessionsEnded", ended));
          return true;
        });
  }
}
