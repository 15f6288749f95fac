package dev.varve.face.oauth;

import dev.varve.face.auth.Texts;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import java.util.Optional;
import java.util.Set;

/// Ends a flow: its client is let in, or refused.
final class FlowEnd {
  private final Answering answering;

  FlowEnd(Answering answering) {
    this.answering = answering;
  }

  /// @param allowed what somebody has allowed just now
  /// @param status of a redirect: 302, or 303 in answer to a form
  Answer letIn(Request request, FlowVisit visit, Set<String> allowed, int status) {
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

  Answer deny(Request request, FlowVisit visit) {
    return answering.deny(request, visit.shown().request(), visit.flow());
  }
}
