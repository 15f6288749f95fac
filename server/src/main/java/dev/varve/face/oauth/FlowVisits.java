package dev.varve.face.oauth;

import dev.varve.face.auth.BrowserCookies;
import dev.varve.face.auth.Texts;
import dev.varve.face.oauth.FlowPages.Shown;
import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.identity.client.Client;
import dev.varve.identity.client.Clients;
import dev.varve.identity.client.Flows;
import dev.varve.identity.client.Flows.Flow;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Request;
import java.util.Optional;

/// Finds the flow that a request comes to.
final class FlowVisits {
  private final Clients clients;
  private final Flows flows;
  private final Authorization authorization;

  FlowVisits(Clients clients, Flows flows, Authorization authorization) {
    this.clients = clients;
    this.flows = flows;
    this.authorization = authorization;
  }

  /// Nothing when there is no such flow in this browser, or its client may not have what it asked for any more.
  Optional<FlowVisit> of(Request request) {
    Optional<String> browser = BrowserCookies.BROWSER.of(request);
    Optional<Flow> flow =
        browser.flatMap(
            cookie -> flows.find(request.variable("id"), cookie, BrowserCookies.PROOF.of(request)));
    Optional<Client> client = flow.flatMap(this::client);
    if (client.isEmpty()) {
      return Optional.empty();
    }
    AuthorizationRequest asked = AuthorizationRequest.read(flow.orElseThrow().request());
    if (!OwnPages.areFor(client.get()) && !mayStillAsk(client.get(), asked)) {
      return Optional.empty();
    }
    Optional<OneSession> session = authorization.session(request);
    Step step =
        authorization.next(
            client.get(), asked, session, flow.get().createdAt(), flow.get().proven());
    Shown shown =
        new Shown(
            flow.get(),
            client.get(),
            asked,
            Flows.formToken(flow.get(), browser.orElseThrow()),
            Texts.of(request));
    return Optional.of(new FlowVisit(shown, session, step));
  }

  /// One that is not there any more, or says nothing good of itself by now, has no pages.
  private Optional<Client> client(Flow flow) {
    if (OwnPages.CLIENT.id().equals(flow.client())) {
      return Optional.of(OwnPages.CLIENT);
    }
    try {
      return clients.resolve(flow.client());
    } catch (Problem refused) {
      return Optional.empty();
    }
  }

  /// Whether a client may still have what it asked for, and where it asked for it: it may be another than when the flow began.
  private static boolean mayStillAsk(Client client, AuthorizationRequest asked) {
    boolean addressed = asked.device().isPresent() || client.mayBeSentTo(asked.redirectUri());
    return addressed && client.scopes().containsAll(asked.scopes());
  }
}
