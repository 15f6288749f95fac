package dev.varve.face.account;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.JsonBody;
import dev.varve.face.auth.OwnAccount;
import dev.varve.face.auth.PageForm;
import dev.varve.face.auth.Pages;
import dev.varve.face.auth.TotpEnrolment.Begun;
import dev.varve.identity.account.Factors;
import dev.varve.identity.factor.RecoveryCodes;
import dev.varve.identity.factor.Totps;
import dev.varve.identity.factor.TrustedDevices.Device;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.ErrorAnswers;
import dev.varve.net.http.Route;
import java.util.List;
import java.util.Map;

/// The second factors of the account: authenticator applications, recovery codes, and browsers that are trusted.
final class FactorPart implements AccountPart {
  private static final String ADD = AccountPage.PATH + "/authenticator";
  private static final String REMOVE = ADD + "/remove";
  private static final String CODES = AccountPage.PATH + "/recovery-codes";
  private static final String DISTRUST = AccountPage.PATH + "/browsers/end";
  private static final String SET = "set";
  private static final String BACK = AccountPage.PATH + "#factors";

  private final AccountContext context;
  private final OwnAccount own;

  FactorPart(AccountContext context, OwnAccount own) {
    this.context = context;
    this.own = own;
  }

  @Override
  public List<Route> routes(AccountPage page) {
    return List.of(
        page.get(ADD, this::begin),
        page.post(ADD, ADD, this::confirm),
        page.post(REMOVE, BACK, this::remove),
        page.post(CODES, BACK, (visit, fields) -> makeCodes(page, visit, fields)),
        page.post(DISTRUST, BACK, this::distrust));
  }

  /// What is known of the second factors of an account.
  ///
  /// @param set which recovery codes there are
  private record Known(List<Totps.Totp> applications, boolean any, int codes, String set) {}

  @Override
  public String html(Visit visit) {
    String account = visit.account().id();
    Known known =
        context
            .stages()
            .database()
            .lookup(rows ->
                new Known(
                    Totps.of(rows, account),
                    !Factors.of(rows, account).isEmpty(),
                    RecoveryCodes.left(rows, account),
                    RecoveryCodes.set(rows, account)));
    return Html.section(
        visit,
        "factors",
        Html.rows(
                visit,
                known.applications().stream().map(totp -> row(visit, totp)).toList(),
                "account.factors.none")
            + Html.link(visit, ADD, "account.factors.add")
            + (known.any() ? codes(visit, known) : "")
            + browsers(visit));
  }

  private static String row(Visit visit, Totps.Totp totp) {
    return Html.named(visit, totp.name(), totp.createdAt(), totp.lastUsedAt())
        + Html.button(visit, REMOVE, totp.id(), "account.remove", totp.name());
  }

  private static String codes(Visit visit, Known known) {
    return Html.paragraph(visit.text("account.codes.left", known.codes()))
        + Html.form(
            visit,
            CODES,
            Html.hidden(SET, known.set())
                + "<button class=\"other\">%s</button>\n"
                    .formatted(visit.text("account.codes.make")));
  }

  private String browsers(Visit visit) {
    List<Device> trusted = own.browsers().of(visit.account());
    return trusted.isEmpty()
        ? ""
        : "<h3>%s</h3>\n".formatted(visit.text("account.browsers"))
            + Html.rows(
                visit,
                trusted.stream().map(device -> row(visit, device)).toList(),
                "account.browsers");
  }

  private static String row(Visit visit, Device device) {
    String name = device.device() + ", " + device.address();
    return "<strong>%s</strong><br>%s\n"
            .formatted(
                Pages.escaped(name),
                visit.text("account.until", Html.time(visit, device.expiresAt())))
        + Html.button(visit, DISTRUST, device.id(), "account.distrust", name);
  }

  /// Another secret each time; one that was shown before stays good for a form in another tab.
  private Answer begin(Visit visit) {
    return page(visit, own.factors().begin(visit.caller(), visit.source()), 200, "");
  }

  private static Answer page(Visit visit, Begun begun, int status, String note) {
    String fields =
        Html.hidden("enrolment", begun.enrolment().text())
            + Html.field(
                "code",
                visit.text("enrol.code"),
                "name=\"code\" inputmode=\"numeric\" autocomplete=\"one-time-code\" maxlength=\"20\" required")
            + Html.field(
                "factor-name",
                visit.text("account.called"),
                "name=\"name\" autocomplete=\"off\" maxlength=\"100\"")
            + Html.button(visit, "enrol.button");
    return AccountPage.beside(
        visit,
        status,
        visit.texts().get("account.factors.add"),
        Html.paragraph(visit.text("account.factors.text"))
            + Pages.note(note)
            + begun.picture()
            + "<p>%s: <code>%s</code></p>\n".formatted(visit.text("enrol.secret"), begun.secret())
            + Html.form(visit, ADD, fields),
        Pages.Script.NONE);
  }

  private Answer confirm(Visit visit, Map<String, String> fields) {
    String enrolment = fields.getOrDefault("enrolment", "");
    try {
      List<String> codes =
          own.factors()
              .confirm(visit.caller(), known -> JsonBody.of(fields, known), visit.source())
              .recoveryCodes();
      return codes.isEmpty()
          ? AccountPage.back("factor", "factors")
          : AccountPage.codes(visit, codes);
    } catch (Problem problem) {
      if (problem.code() != ErrorCode.VALIDATION_ERROR) {
        throw problem;
      }
      return wrong(visit, enrolment, problem);
    }
  }

  /// The same secret once more, which an application may have by now.
  private Answer wrong(Visit visit, String enrolment, Problem problem) {
    Begun begun =
        own.factors()
            .again(visit.caller(), enrolment, visit.source())
            .orElseGet(() -> own.factors().begin(visit.caller(), visit.source()));
    return ErrorAnswers.waiting(
        page(visit, begun, problem.code().status(), PageForm.told(visit.texts(), problem)),
        problem);
  }

  private Answer remove(Visit visit, Map<String, String> fields) {
    own.factors().remove(visit.caller(), fields.getOrDefault("id", ""), visit.source());
    return AccountPage.back("removed", "factors");
  }

  private Answer makeCodes(AccountPage page, Visit visit, Map<String, String> fields) {
    return own.factors()
        .replaceCodes(visit.caller(), fields.getOrDefault(SET, ""), visit.source())
        .map(codes -> AccountPage.codes(visit, codes))
        .orElseGet(() -> page.show(visit, 409, visit.texts().get("account.codes.others")));
  }

  private Answer distrust(Visit visit, Map<String, String> fields) {
    own.browsers().end(visit.caller(), fields.getOrDefault("id", ""), visit.source());
    return AccountPage.back("distrusted", "factors");
  }
}
