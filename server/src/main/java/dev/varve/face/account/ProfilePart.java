package dev.varve.face.account;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.Accounts;
import dev.varve.face.auth.JsonBody;
import dev.varve.face.auth.OwnAccount;
import dev.varve.face.auth.Pages;
import dev.varve.face.auth.ReturnPath;
import dev.varve.identity.account.Credentials;
import dev.varve.identity.account.Passwords;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Route;
import dev.varve.schema.EmailAddress;
import java.util.List;
import java.util.Map;

/// Who the account is, its e-mail address and its password.
final class ProfilePart implements AccountPart {
  private static final String EMAIL = AccountPage.PATH + "/email";
  private static final String PASSWORD = AccountPage.PATH + "/password";

  private final AccountContext context;
  private final OwnAccount own;

  ProfilePart(AccountContext context, OwnAccount own) {
    this.context = context;
    this.own = own;
  }

  @Override
  public List<Route> routes(AccountPage page) {
    return List.of(
        page.post(EMAIL, AccountPage.PATH + "#profile", this::changeEmail),
        page.post(PASSWORD, AccountPage.PATH + "#profile", this::changePassword));
  }

  @Override
  public String html(Visit visit) {
    boolean password =
        context
            .stages()
            .database()
            .lookup(rows -> Credentials.hash(rows, visit.account().id()).isPresent());
    return Html.section(
        visit,
        "profile",
        known(visit) + (password ? email(visit) + password(visit) : noPassword(visit)));
  }

  private String known(Visit visit) {
    String name =
        own.record().name(visit.caller()).map(text -> line(visit, "account.name", text)).orElse("");
    return "<dl>\n%s%s</dl>\n"
        .formatted(name, line(visit, "signIn.email", context.accounts().email(visit.account())));
  }

  private static String line(Visit visit, String key, String text) {
    return "<dt>%s</dt>\n<dd>%s</dd>\n".formatted(visit.text(key), Pages.escaped(text));
  }

  private static String email(Visit visit) {
    return details(
        visit,
        "account.email",
        Html.form(
            visit,
            EMAIL,
            Html.field(
                    "new-email",
                    visit.text("account.email.new"),
                    "type=\"email\" name=\"newEmail\" autocomplete=\"email\" maxlength=\"%d\" required"
                        .formatted(EmailAddress.LENGTH_MAX))
                + currentPassword(visit, "email-password", "password")
                + Html.button(visit, "account.email.button")));
  }

  private static String details(Visit visit, String key, String content) {
    return "<details>\n<summary>%s</summary>\n%s</details>\n".formatted(visit.text(key), content);
  }

  private static String currentPassword(Visit visit, String id, String name) {
    return Html.field(
        id,
        visit.text("account.password.current"),
        "type=\"password\" name=\"%s\" autocomplete=\"current-password\" maxlength=\"%d\" required"
            .formatted(name, Passwords.LENGTH_MAX));
  }

  private static String password(Visit visit) {
    return details(
        visit,
        "account.password",
        Html.form(
            visit,
            PASSWORD,
            currentPassword(visit, "current-password", "currentPassword")
                + Pages.chosenPassword(
                    visit.texts(), "newPassword", visit.texts().get("newPassword.password"))
                + Html.button(visit, "newPassword.button")));
  }

  /// Whoever signs in otherwise gets a password by mail.
  private static String noPassword(Visit visit) {
    return Html.paragraph(visit.text("account.password.none"))
        + Html.link(
            visit,
            "%s?%s=%s".formatted(Accounts.FORGOTTEN_PATH, ReturnPath.NAME, AccountPage.PATH),
            "account.password.make");
  }

  private Answer changeEmail(Visit visit, Map<String, String> fields) {
    own.emails().change(visit.caller(), known -> JsonBody.of(fields, known), visit.source());
    return AccountPage.back("email", "profile");
  }

  private Answer changePassword(Visit visit, Map<String, String> fields) {
    own.passwords().change(visit.caller(), known -> JsonBody.of(fields, known), visit.source());
    return AccountPage.back("password", "profile");
  }
}
