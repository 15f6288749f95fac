package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.BrowserCookies;
import dev.varve.face.auth.OwedEnrolment;
import dev.varve.face.auth.OwedEnrolment.Confirmation;
import dev.varve.face.auth.PageForm;
import dev.varve.face.auth.Pages;
import dev.varve.face.auth.TotpEnrolment.Begun;
import dev.varve.face.oauth.FlowPages.Shown;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SessionIssuer.Outcome;
import dev.varve.identity.account.SessionUse;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.ErrorAnswers;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The page of a flow on which somebody enrols the second factor that their account must have and has not.
final class FlowEnrolment {
  private static final String NAME = "Authenticator";

  private final OwedEnrolment enrolment;
  private final SecureRandom random;

  FlowEnrolment(OwedEnrolment enrolment, SecureRandom random) {
    this.enrolment = enrolment;
    this.random = random;
  }

  /// Shows a secret, another one each time; one that was shown before stays good for a form in another tab.
  Answer show(Request request, Shown shown) {
    return enrolment
        .begin(kept(shown), bound(shown), AccountContext.source(request))
        .map(begun -> page(shown, begun, 200, ""))
        .orElseGet(() -> FlowPages.says(400, shown.texts(), "expired"));
  }

  private static BrowserSignIn.Kept kept(Shown shown) {
    return new BrowserSignIn.Kept(shown.flow());
  }

  private static String bound(Shown shown) {
    return "flow " + shown.flow().id();
  }

  private static Answer page(Shown shown, Begun begun, int status, String note) {
    String fields =
        """
        <input type="hidden" name="enrolment" value="%s">
        <label for="code">%s</label>
        <input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="20" required>
        <button>%s</button>
        """
            .formatted(
                begun.enrolment().text(), shown.text("enrol.code"), shown.text("enrol.button"));
    return shown.page(
        status,
        shown.texts().get("enrol.title"),
        "<p>%s</p>\n".formatted(shown.text("enrol.text"))
            + FlowPages.unknown(shown)
            + Pages.note(note)
            + begun.picture()
            + "<p>%s: <code>%s</code></p>\n".formatted(shown.text("enrol.secret"), begun.secret())
            + shown.form(Step.ENROL, fields)
            + shown.form(Step.ENROL, FlowPages.back(shown)));
  }

  /// Enrols it and opens the session of the browser.
  ///
  /// @param over the answer when nothing can be enrolled any more
  Answer confirm(
      Request request,
      QueryString form,
      Shown shown,
      BrowserSignIn browser,
      Function<Problem, Optional<Answer>> over) {
    RequestSource source = AccountContext.source(request);
    String token = form.value("enrolment").orElse("");
    Confirmation given = new Confirmation(token, form.value("code").orElse(""), NAME);
    OpaqueToken cookie = OpaqueToken.random(random);
    try {
      OwedEnrolment.Done<Outcome> done =
          enrolment.confirm(
              kept(shown),
              bound(shown),
              given,
              source,
              new SessionUse.Browser(cookie),
              browser::came);
      return switch (done.value()) {
        case Outcome.Opened _ ->
            BrowserCookies.SESSION.given(
                codes(shown, "enrol.codes", done.recoveryCodes()), request, cookie);
        case Outcome.Owed _ -> show(request, shown);
        case Outcome.Refused(Problem problem) -> refused(shown, token, source, problem, over);
      };
    } catch (Problem problem) {
      return refused(shown, token, source, problem, over);
    }
  }

  private Answer refused(
      Shown shown,
      String token,
      RequestSource source,
      Problem problem,
      Function<Problem, Optional<Answer>> over) {
    return over.apply(problem).orElseGet(() -> again(shown, token, source, problem));
  }

  /// The codes are shown this once: the page goes on only when its reader says so.
  ///
  /// @param key of what is said of them
  static Answer codes(Shown shown, String key, List<String> recoveryCodes) {
    return shown.page(
        200,
        shown.texts().get("enrol.codes.title"),
        "<p>%s</p>\n".formatted(shown.text(key + ".text"))
            + Pages.codes(recoveryCodes)
            + "<form method=\"get\" action=\"%s\">\n<button>%s</button>\n</form>\n"
                .formatted(
                    Pages.escaped(FlowPath.of(shown.flow())), shown.text("enrol.codes.button")));
  }

  /// The same secret once more, which an application may have by now, with what was wrong.
  private Answer again(Shown shown, String token, RequestSource source, Problem problem) {
    String note = PageForm.told(shown.texts(), problem);
    Optional<Begun> begun =
        enrolment
            .again(kept(shown), bound(shown), token, source)
            .or(() -> enrolment.begin(kept(shown), bound(shown), source));
    return begun
        .map(known ->
            ErrorAnswers.waiting(page(shown, known, problem.code().status(), note), problem))
        .orElseGet(() -> FlowPages.says(400, shown.texts(), "expired"));
  }
}
