package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.BrowserCookies;
import dev.varve.identity.client.Client;
import dev.varve.identity.client.Flows;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.schema.record.Entity;
import java.security.SecureRandom;
import java.util.Optional;

/// Pages of this server that want to know who is there, such as that of an account. People sign in to them over the pages of a flow, as to
/// an application, and the browser comes back with nothing but its cookie. Where it comes back to lies in the flow: no link says it.
public final class OwnPages {
  /// The page of an account, to which whoever proves nothing goes back.
  public static final String HOME = "/auth/account";

  // no id of an application has a colon at its start
  static final Client CLIENT = Client.ofOwnPages(":pages");

  private final AccountContext context;
  private final Flows flows;
  private final SecureRandom random = new SecureRandom();

  OwnPages(AccountContext context) {
    this.context = context;
    this.flows = new Flows(context.stages().database(), random, context.stages().clock());
  }

  static boolean areFor(Client client) {
    return client.id().equals(CLIENT.id());
  }

  /// Sends the browser to sign in, and back.
  ///
  /// @param path of the page
  public Answer signIn(Request request, String path) {
    return begin(
        request,
        AuthorizationRequest.ofOwnPage(CLIENT.id(), path, Optional.empty(), Optional.empty()));
  }

  /// Sends the browser to where an account proves once more who it is, with a second factor if it has one, and back.
  public Answer prove(Request request, Entity account, String path) {
    return begin(
        request,
        AuthorizationRequest.ofOwnPage(
            CLIENT.id(),
            path,
            Optional.of(context.accounts().email(account)),
            Optional.of(account.id())));
  }

  private Answer begin(Request request, AuthorizationRequest asked) {
    Optional<String> known = BrowserCookies.BROWSER.of(request);
    OpaqueToken browser = known.map(OpaqueToken::new).orElseGet(() -> OpaqueToken.random(random));
    String id =
        context.write(
            AccountContext.source(request),
            write -> flows.begin(write, browser.text(), asked.client(), asked.json()));
    Answer answer = Answer.empty(303).with("Location", FlowPath.of(id));
    return known.isPresent() ? answer : BrowserCookies.BROWSER.given(answer, request, browser);
  }
}
