package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.JsonBody;
import dev.varve.face.auth.OfferCookie;
import dev.varve.face.auth.Pages;
import dev.varve.face.auth.PasskeyEnrolment;
import dev.varve.face.auth.PasskeyForm;
import dev.varve.identity.passkey.Passkeys;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.Answer;
import dev.varve.net.http.ErrorAnswers;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Offers a passkey to somebody who has signed in with a password just now, in a browser that makes them, and has none. It is no step of the
/// flow: whoever says no, closes the page or goes back finds the flow where it was. Who said no is not asked again in this browser.
final class FlowOffer {
  /// Of its forms, in the place of the step.
  static final String FORM = "OFFER";

  /// What a form that signs in says of its browser: its script fills it in.
  static final String ABLE = "able";

  static final String YES = "yes";

  private final AccountContext context;
  private final PasskeyEnrolment passkeys;
  private final Function<Request, Caller> callers;

  /// @param callers tells who is signed in in the browser
  FlowOffer(AccountContext context, PasskeyEnrolment passkeys, Function<Request, Caller> callers) {
    this.context = context;
    this.passkeys = passkeys;
    this.callers = callers;
  }

  /// The page, for whom there is something to offer.
  Optional<Answer> page(Request request, FlowVisit visit) {
    return FlowPath.isOffer(request)
            && passkeys.arePossible()
            && isDue(request, callers.apply(request))
        ? Optional.of(page(visit.shown(), 200, ""))
        : Optional.empty();
  }

  private boolean isDue(Request request, Caller caller) {
    return caller
        .account()
        .filter(account -> !new OfferCookie(account.id()).isOf(request))
        .filter(account ->
            context.stages().database().lookup(rows -> Passkeys.of(rows, account.id())).isEmpty())
        .filter(_ -> isFresh(caller))
        .isPresent();
  }

  /// A page that is loaded again much later asks nobody who would have to sign in again first.
  private boolean isFresh(Caller caller) {
    try {
      passkeys.requireFresh(caller);
      return true;
    } catch (Problem tooLate) {
      return false;
    }
  }

  private static Answer page(FlowPages.Shown shown, int status, String note) {
    PasskeyForm form =
        new PasskeyForm(
            FlowPath.of(shown.flow()),
            FlowPath.passkeyOffer(shown.flow()),
            Map.of("token", shown.formToken(), "step", FORM));
    return shown.page(
        status,
        shown.texts().get("offer.title"),
        "<p>%s</p>\n".formatted(shown.text("offer.text"))
            + Pages.note(note)
            + form.toMake(shown.texts(), "", "account.passkeys.button")
            + shown.form(
                FORM, "<button class=\"other\">%s</button>\n".formatted(shown.text("offer.later"))),
        PasskeyForm.SCRIPT);
  }

  /// What the script of the page asks the browser for.
  Map<String, Object> options(Request request) {
    return passkeys.options(callers.apply(request), false, AccountContext.source(request));
  }

  /// A passkey was made, or is not wanted.
  Answer post(Request request, QueryString form, FlowVisit visit) {
    Caller caller = callers.apply(request);
    if (caller.account().isEmpty()) {
      return visit.again();
    }
    String credential = form.text(PasskeyForm.CREDENTIAL);
    return credential.isEmpty()
        ? new OfferCookie(caller.account().get().id()).given(visit.again(), request)
        : made(request, caller, credential, visit);
  }

  private Answer made(Request request, Caller caller, String credential, FlowVisit visit) {
    Map<String, String> fields = Map.of(PasskeyForm.CREDENTIAL, credential);
    try {
      PasskeyEnrolment.Added added =
          passkeys.add(caller, known -> JsonBody.of(fields, known), AccountContext.source(request));
      return added.recoveryCodes().isEmpty()
          ? visit.again()
          : FlowEnrolment.codes(visit.shown(), "offer.codes", added.recoveryCodes());
    } catch (Problem problem) {
      return ErrorAnswers.waiting(
          page(visit.shown(), problem.code().status(), visit.texts().get("passkey.other")),
          problem);
    }
  }
}
