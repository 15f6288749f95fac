package dev.varve.face.account;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.BrowserCookies;
import dev.varve.face.auth.OwnAccount;
import dev.varve.face.auth.Pages;
import dev.varve.face.oauth.FlowPages;
import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Route;
import java.util.List;
import java.util.Map;

/// Where the account is signed in, and how that ends.
final class SessionPart implements AccountPart {
  private static final String END = AccountPage.PATH + "/sessions/end";
  private static final String END_OTHERS = AccountPage.PATH + "/sessions/end-others";
  private static final String SIGN_OUT = AccountPage.PATH + "/sign-out";

  private final AccountContext context;
  private final OwnAccount own;

  SessionPart(AccountContext context, OwnAccount own) {
    this.context = context;
    this.own = own;
  }

  @Override
  public List<Route> routes(AccountPage page) {
    return List.of(
        page.post(END, AccountPage.PATH, this::end),
        page.post(END_OTHERS, AccountPage.PATH, (visit, _) -> endOthers(visit)),
        page.post(SIGN_OUT, AccountPage.PATH, (visit, _) -> signOut(visit)));
  }

  @Override
  public String html(Visit visit) {
    List<OneSession> open = context.sessions().open(visit.account().id());
    return Html.section(
        visit,
        "sessions",
        Html.rows(
                visit,
                open.stream().map(session -> row(visit, session)).toList(),
                "account.sessions.none")
            + Html.form(visit, END_OTHERS, Html.button(visit, "account.sessions.endOthers"))
            + Html.form(
                visit,
                SIGN_OUT,
                "<button class=\"other\">%s</button>\n".formatted(visit.text("logout.button"))));
  }

  private String row(Visit visit, OneSession session) {
    boolean here = session.id().equals(visit.session());
    String application =
        session
            .application()
            .map(use -> Pages.escaped(own.applications().title(use.client())) + "<br>")
            .orElse("");
    String device = session.device() + ", " + session.address();
    return "<strong>%s</strong><br>%s%s\n%s"
        .formatted(
            Pages.escaped(device),
            application,
            visit.text("account.used", Html.time(visit, session.lastUsedAt())),
            here
                ? "<br><em>%s</em>\n".formatted(visit.text("account.sessions.here"))
                : Html.button(visit, END, session.id(), "account.end", device));
  }

  private Answer end(Visit visit, Map<String, String> fields) {
    own.sessions().end(visit.caller(), fields.getOrDefault("id", ""), visit.source());
    return AccountPage.back("session", "sessions");
  }

  private Answer endOthers(Visit visit) {
    own.sessions().endOthers(visit.caller(), visit.source());
    return AccountPage.back("sessions", "sessions");
  }

  private Answer signOut(Visit visit) {
    own.sessions().end(visit.caller(), visit.session(), visit.source());
    return BrowserCookies.SESSION.taken(
        FlowPages.says(200, visit.texts(), "logout.done"), visit.request());
  }
}
