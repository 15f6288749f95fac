package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.SameOrigin;
import dev.varve.face.auth.Texts;
import dev.varve.face.oauth.FlowPages.Shown;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.identity.client.Flows.Flow;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/// What is known of a request that comes to a flow: whose flow it is, and how far it has come.
record FlowVisit(Shown shown, Optional<OneSession> session, Step step) {
  Flow flow() {
    return shown.flow();
  }

  Texts texts() {
    return shown.texts();
  }

  /// Sends the browser to the page that the flow shows by now.
  Answer again() {
    return Answer.empty(303).with("Location", FlowPath.of(flow()));
  }

  /// The same, by way of an offer for whoever has signed in.
  Answer offering() {
    return Answer.empty(303).with("Location", FlowPath.offer(flow()));
  }

  /// Whether it is a page of this server that wants to know who is there.
  boolean isForOwnPage() {
    return OwnPages.areFor(shown.client());
  }

  /// Sends the browser to that page.
  Answer toOwnPage(int status) {
    return Answer.empty(status).with("Location", shown.request().redirectUri());
  }

  /// Whether a request was sent by a page of this flow.
  ///
  /// @param token that came with it
  boolean isOwn(Request request, String token) {
    return SameOrigin.mayHaveSentForm(request)
        && MessageDigest.isEqual(bytes(shown.formToken()), bytes(token));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// A browser that is trusted has proven something earlier, and that is not what a client wants that asks for two factors.
  RequestSource source(Request request) {
    RequestSource source = AccountContext.source(request);
    return shown.request().secondFactor() ? source.distrusted() : source;
  }
}
