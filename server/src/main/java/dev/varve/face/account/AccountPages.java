package dev.varve.face.account;

import dev.varve.face.auth.Accounts;
import dev.varve.face.auth.OwnAccount;
import dev.varve.face.oauth.OAuth;
import dev.varve.face.provider.ProviderSignIn;
import dev.varve.net.http.Route;
import java.util.ArrayList;
import java.util.List;

/// The page of an account, and those beside it.
public final class AccountPages {
  /// Where it is.
  public static final String PATH = AccountPage.PATH;

  private final AccountPage page;
  private final List<AccountPart> parts = new ArrayList<>();

  public AccountPages(Accounts accounts, OAuth oauth, ProviderSignIn elsewhere) {
    OwnAccount own = accounts.own();
    parts.add(new ProfilePart(accounts.context(), own));
    parts.add(new SessionPart(accounts.context(), own));
    parts.add(new PasskeyPart(accounts.context(), own, accounts.passkeySignals()));
    parts.add(new FactorPart(accounts.context(), own));
    elsewhere.links().ifPresent(links -> parts.add(new LinkPart(links, elsewhere.offered())));
    parts.add(new ApplicationPart(own.applications(), oauth.scopeTexts()));
    this.page = new AccountPage(accounts, oauth.ownPages(), parts);
  }

  public List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    routes.add(page.get(PATH, page::show));
    parts.forEach(part -> routes.addAll(part.routes(page)));
    return List.copyOf(routes);
  }
}
