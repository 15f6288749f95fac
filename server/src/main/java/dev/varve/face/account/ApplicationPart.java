package dev.varve.face.account;

import dev.varve.face.auth.ApplicationFlows;
import dev.varve.face.auth.Pages;
import dev.varve.face.oauth.ScopeTexts;
import dev.varve.identity.account.Consents.Consent;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Route;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// The applications that were let in, and how that is taken back.
final class ApplicationPart implements AccountPart {
  private static final String SHUT_OUT = AccountPage.PATH + "/applications/remove";

  private final ApplicationFlows applications;
  private final ScopeTexts scopes;

  ApplicationPart(ApplicationFlows applications, ScopeTexts scopes) {
    this.applications = applications;
    this.scopes = scopes;
  }

  @Override
  public List<Route> routes(AccountPage page) {
    return List.of(page.post(SHUT_OUT, AccountPage.PATH, this::shutOut));
  }

  @Override
  public String html(Visit visit) {
    List<String> rows =
        applications.of(visit.account()).stream().map(consent -> row(visit, consent)).toList();
    return Html.section(visit, "applications", Html.rows(visit, rows, "account.applications.none"));
  }

  private String row(Visit visit, Consent consent) {
    String title = applications.title(consent.client());
    StringBuilder wishes = new StringBuilder("<ul>\n");
    for (String scope : new TreeSet<>(consent.scopes())) {
      wishes.append("<li>%s</li>\n".formatted(Pages.escaped(scopes.of(visit.texts(), scope))));
    }
    wishes.append("</ul>\n");
    return "<strong>%s</strong><br>%s\n%s%s"
        .formatted(
            Pages.escaped(title),
            visit.text("account.since", Html.time(visit, consent.since())),
            wishes,
            Html.button(visit, SHUT_OUT, consent.client(), "account.shutOut", title));
  }

  private Answer shutOut(Visit visit, Map<String, String> fields) {
    applications.shutOut(visit.caller(), fields.getOrDefault("id", ""), visit.source());
    return AccountPage.back("shutOut", "applications");
  }
}
