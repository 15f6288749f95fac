package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.BrowserCookies;
import dev.varve.face.auth.PasskeySignals;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.net.http.Answer;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import java.util.Map;

/// The step of a flow at which whoever is signed in says whether its client may have what it asks for.
final class FlowConsent {
  private final AccountContext context;
  private final PasskeySignals signals;
  private final FlowPages pages;
  private final FlowEnd end;

  FlowConsent(AccountContext context, PasskeySignals signals, FlowPages pages, FlowEnd end) {
    this.context = context;
    this.signals = signals;
    this.pages = pages;
    this.end = end;
  }

  Answer show(FlowVisit visit) {
    OneSession session = visit.session().orElseThrow();
    return pages.consent(visit.shown(), session.id(), email(session), signals(session));
  }

  private Map<String, Object> signals(OneSession session) {
    return context.account(session.account()).flatMap(signals::of).orElse(Map.of());
  }

  private String email(OneSession session) {
    return context
        .account(session.account())
        .map(context.accounts()::email)
        .orElse(session.account());
  }

  Answer post(Request request, QueryString form, FlowVisit visit) {
    boolean same =
        form.text("session").equals(visit.session().orElseThrow().id())
            && form.text("shown").equals(visit.shown().client().shownMark());
    if (!same) {
      // the page was shown to somebody who was signed in before, or of a client that was another
      return visit.again();
    }
    return switch (form.text("decision")) {
      case "allow" -> end.letIn(request, visit, visit.shown().request().scopes(), 303);
      case "switch" -> switchAccount(request, visit);
      default -> end.deny(request, visit);
    };
  }

  /// Signs out here, so that the same flow asks who it is.
  private Answer switchAccount(Request request, FlowVisit visit) {
    OneSession session = visit.session().orElseThrow();
    RequestSource source = AccountContext.source(request);
    context.write(
        source,
        session.account(),
        write -> context.end(write, Kind.SIGNED_OUT, session.id(), source));
    return BrowserCookies.SESSION.taken(visit.again(), request);
  }
}
