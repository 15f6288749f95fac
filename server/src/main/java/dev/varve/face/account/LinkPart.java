package dev.varve.face.account;

import dev.varve.face.auth.Pages;
import dev.varve.face.provider.LinkFlows;
import dev.varve.identity.account.Links;
import dev.varve.identity.provider.IdentityProvider;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Route;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The providers that the account is linked to, and the way to another and back. Browsers hold it against the policy of a page when a form
/// ends elsewhere, so a form leads to a page with a link.
final class LinkPart implements AccountPart {
  private static final String LINK = AccountPage.PATH + "/link";
  private static final String CONFIRM = LINK + "/confirm";
  private static final String REMOVE = LINK + "/remove";
  private static final String BACK = AccountPage.PATH + "#links";

  private final LinkFlows links;
  private final List<IdentityProvider> offered;

  LinkPart(LinkFlows links, List<IdentityProvider> offered) {
    this.links = links;
    this.offered = List.copyOf(offered);
  }

  @Override
  public List<Route> routes(AccountPage page) {
    return List.of(
        page.get(LINK, visit -> cameBack(page, visit)),
        page.post(LINK, BACK, this::begin),
        page.post(CONFIRM, BACK, this::confirm),
        page.post(REMOVE, BACK, this::remove));
  }

  @Override
  public String html(Visit visit) {
    List<String> rows = links.of(visit.account()).stream().map(link -> row(visit, link)).toList();
    StringBuilder content = new StringBuilder(Html.rows(visit, rows, "account.links.none"));
    for (IdentityProvider provider : offered) {
      content.append(
          Html.form(
              visit,
              LINK,
              Html.hidden("provider", provider.name())
                  + "<button class=\"other\">%s</button>\n"
                      .formatted(visit.text("account.links.add", provider.title()))));
    }
    return Html.section(visit, "links", content.toString());
  }

  private String row(Visit visit, Links.Link link) {
    String title = links.title(link.provider());
    String name = link.email().map(email -> title + ", " + email).orElse(title);
    return Html.named(visit, name, link.since(), Optional.of(link.lastUsedAt()))
        + Html.button(visit, REMOVE, link.id(), "account.remove", name);
  }

  private Answer begin(Visit visit, Map<String, String> fields) {
    String provider = fields.getOrDefault("provider", "");
    String url = links.begin(visit.caller(), provider, LINK, visit.verifier(), visit.source());
    String title = links.title(provider);
    return AccountPage.beside(
        visit,
        200,
        visit.texts().get("account.links.add", title),
        Html.paragraph(visit.text("account.links.text", title))
            + "<p><a class=\"button\" href=\"%s\">%s</a></p>\n"
                .formatted(Pages.escaped(url), visit.text("account.links.go", title)),
        Pages.Script.NONE);
  }

  /// Somebody is back: looking at the page links nothing.
  private Answer cameBack(AccountPage page, Visit visit) {
    Optional<String> code = visit.request().query().value("code");
    if (code.isEmpty()) {
      String key = "elsewhere." + visit.request().query().value("error").orElse("");
      return page.show(
          visit, 200, visit.texts().get(visit.texts().has(key) ? key : "elsewhere.failed"));
    }
    return AccountPage.beside(
        visit,
        200,
        visit.texts().get("account.links.confirm"),
        Html.paragraph(visit.text("account.links.confirm.text"))
            + Html.form(
                visit,
                CONFIRM,
                Html.hidden("code", code.get())
                    + Html.button(visit, "account.links.confirm.button")),
        Pages.Script.NONE);
  }

  private Answer confirm(Visit visit, Map<String, String> fields) {
    links.confirm(
        visit.caller(), fields.getOrDefault("code", ""), visit.verifier(), visit.source());
    return AccountPage.back("linked", "links");
  }

  private Answer remove(Visit visit, Map<String, String> fields) {
    links.unlink(visit.caller(), fields.getOrDefault("id", ""), visit.source());
    return AccountPage.back("removed", "links");
  }
}
