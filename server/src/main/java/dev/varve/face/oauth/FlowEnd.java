package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.Texts;
import dev.varve.identity.client.Flows;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import java.util.Optional;
import java.util.Set;

/// Ends a flow: its client is let in, or refused.
final class FlowEnd {
  private final AccountContext context;
  private final Answering answering;

  FlowEnd(AccountContext context, Answering answering) {
    this.context = context;
    this.answering = answering;
  }

  /// @param allowed what somebody has allowed just now
  /// @param status of a redirect: 302, or 303 in answer to a form
  Answer letIn(Request request, FlowVisit visit, Set<String> allowed, int status) {
    if (visit.isForOwnPage()) {
      finish(request, visit);
      return visit.toOwnPage(status);
    }
    return answering
        .code(
            request,
            visit.shown().client(),
            visit.shown().request(),
            visit.session().orElseThrow(),
            Optional.of(visit.flow()),
            allowed,
            status)
        .orElseGet(() -> FlowPages.says(200, Texts.of(request), "done"));
  }

  /// Whoever is signed in goes on to the page for which they were asked, and nobody else is told of it.
  private void finish(Request request, FlowVisit visit) {
    context.write(AccountContext.source(request), write -> Flows.finish(write, visit.flow()));
  }

  Answer deny(Request request, FlowVisit visit) {
    if (visit.isForOwnPage()) {
      finish(request, visit);
      return Answer.empty(303).with("Location", OwnPages.HOME);
    }
    return answering.deny(request, visit.shown().request(), visit.flow());
  }
}
