package dev.varve.face.account;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.JsonBody;
import dev.varve.face.auth.OwnAccount;
import dev.varve.face.auth.Pages;
import dev.varve.face.auth.PasskeyEnrolment;
import dev.varve.face.auth.PasskeyFlows;
import dev.varve.face.auth.PasskeyForm;
import dev.varve.face.auth.PasskeySignals;
import dev.varve.identity.passkey.Passkey;
import dev.varve.identity.passkey.Passkeys;
import dev.varve.kernel.Json;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import java.util.List;
import java.util.Map;

/// The passkeys of the account, and the page on which one is made.
final class PasskeyPart implements AccountPart {
  private static final String ADD = AccountPage.PATH + "/passkey";
  private static final String OPTIONS = ADD + "/options";
  private static final String RENAME = ADD + "/rename";
  private static final String REMOVE = ADD + "/remove";
  private static final String BACK = AccountPage.PATH + "#passkeys";

  private final AccountContext context;
  private final PasskeyFlows passkeys;
  private final PasskeyEnrolment enrolment;
  private final PasskeySignals signals;

  PasskeyPart(AccountContext context, OwnAccount own, PasskeySignals signals) {
    this.context = context;
    this.passkeys = own.passkeys();
    this.enrolment = own.passkeyEnrolment();
    this.signals = signals;
  }

  @Override
  public List<Route> routes(AccountPage page) {
    return List.of(
        page.get(ADD, this::begin),
        page.post(ADD, ADD, this::add),
        Route.unlisted("POST", OPTIONS, request -> options(page, request)),
        page.post(RENAME, BACK, this::rename),
        page.post(REMOVE, BACK, this::remove));
  }

  @Override
  public String html(Visit visit) {
    List<Passkey> known =
        context.stages().database().lookup(rows -> Passkeys.of(rows, visit.account().id()));
    return Html.section(
        visit,
        "passkeys",
        Html.rows(
                visit,
                known.stream().map(passkey -> row(visit, passkey)).toList(),
                "account.passkeys.none")
            + Html.link(visit, ADD, "account.passkeys.add")
            + PasskeyForm.signals(signals.of(visit.account()).orElse(Map.of())));
  }

  private static String row(Visit visit, Passkey passkey) {
    String id = "name-" + passkey.id();
    return Html.named(visit, passkey.name(), passkey.createdAt(), passkey.lastUsedAt())
        + "<details>\n<summary>%s</summary>\n%s</details>\n"
            .formatted(
                visit.text("account.rename"),
                Html.form(
                    visit,
                    RENAME,
                    Html.hidden("id", passkey.id())
                        + name(visit, Pages.escaped(id), passkey.name(), " required")
                        + Html.button(visit, "account.rename.button")))
        + Html.button(visit, REMOVE, passkey.id(), "account.remove", passkey.name());
  }

  private static String name(Visit visit, String id, String value, String more) {
    return Html.field(
        id,
        visit.text("account.called"),
        "name=\"name\" value=\"%s\" autocomplete=\"off\" maxlength=\"%d\"%s"
            .formatted(Pages.escaped(value), Passkeys.NAME_LENGTH_MAX, more));
  }

  private Answer begin(Visit visit) {
    enrolment.requireFresh(visit.caller());
    PasskeyForm form = new PasskeyForm(ADD, OPTIONS, Map.of("token", visit.token()));
    return AccountPage.beside(
        visit,
        200,
        visit.texts().get("account.passkeys.add"),
        Html.paragraph(visit.text("account.passkeys.text"))
            + form.toMake(
                visit.texts(), name(visit, "passkey-name", "", ""), "account.passkeys.button")
            + "<noscript><p>%s</p></noscript>\n".formatted(visit.text("passkey.scripts")),
        PasskeyForm.SCRIPT);
  }

  /// What the script of the page asks the browser for.
  private Answer options(AccountPage page, Request request) {
    String token =
        Json.read(request.body("application/json")) instanceof Map<?, ?> members
            ? String.valueOf(members.get("token"))
            : "";
    Visit visit = page.requireScript(request, token);
    Map<String, Object> options = enrolment.options(visit.caller(), false, visit.source());
    return Answer.json(200, Json.bytes(json -> Json.write(json, options)))
        .with("Cache-Control", "no-store");
  }

  private Answer add(Visit visit, Map<String, String> fields) {
    PasskeyEnrolment.Added added =
        enrolment.add(visit.caller(), known -> JsonBody.of(fields, known), visit.source());
    return added.recoveryCodes().isEmpty()
        ? AccountPage.back("passkey", "passkeys")
        : AccountPage.codes(visit, added.recoveryCodes());
  }

  private Answer rename(Visit visit, Map<String, String> fields) {
    String id = fields.getOrDefault("id", "");
    fields.remove("id");
    passkeys.rename(visit.caller(), id, known -> JsonBody.of(fields, known), visit.source());
    return AccountPage.back("renamed", "passkeys");
  }

  private Answer remove(Visit visit, Map<String, String> fields) {
    passkeys.remove(visit.caller(), fields.getOrDefault("id", ""), visit.source());
    return AccountPage.back("removed", "passkeys");
  }
}
