package dev.varve.face.auth;

import dev.varve.face.auth.PageForm.Outcome;
import dev.varve.identity.account.RequestSource;
import dev.varve.kernel.Json;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What the tokens in mails are sent to: as JSON by an application, or as a form by the page behind the link.
final class MailLinks {
  static final String VERIFY = "/auth/verify-email";
  static final String RESET = "/auth/password/reset";
  static final String CONFIRM = "/auth/email/confirm";
  private static final String TOKEN = "token";
  private static final String PASSWORD = "password";
  private static final String NEW_PASSWORD = "newPassword";
  private static final String PAGE =
      "For applications that have no page of their own. Looking at it changes nothing; its button sends the form.";

  private static final Member LINKED = Member.text(TOKEN).optional();
  private static final List<Member> VERIFIED =
      List.of(
          Member.text(TOKEN),
          Member.text(PASSWORD).optional(),
          Member.of(PasskeyForm.CREDENTIAL, new Route.Type.AnyObject()).optional());
  private static final List<Member> ANOTHER =
      List.of(Member.text(TOKEN), Member.text(NEW_PASSWORD));
  private static final List<Member> CONFIRMED = List.of(Member.text(TOKEN), Member.text(PASSWORD));

  private final Confirmation confirmation;
  private final PasskeySignUp passkeys;
  private final PasswordFlows passwords;
  private final EmailFlows emails;

  MailLinks(
      Confirmation confirmation,
      PasskeySignUp passkeys,
      PasswordFlows passwords,
      EmailFlows emails) {
    this.confirmation = confirmation;
    this.passkeys = passkeys;
    this.passwords = passwords;
    this.emails = emails;
  }

  List<Route> routes() {
    return Stream.of(verification(), anotherPassword(), anotherEmail())
        .flatMap(List::stream)
        .toList();
  }

  private List<Route> verification() {
    return List.of(
        Endpoint.post(VERIFY, "verifyEmail", "Confirm an e-mail address")
            .says(
                "With the token that was mailed, and the password that was chosen at sign-up; after a sign-up with a passkey, with what that answers to `POST /auth/verify-email/passkey/options`.")
            .takes(VERIFIED)
            .gives(200, List.of(Endpoint.EMAIL))
            .answeredBy(request -> PageForm.answer(request, this::verify)),
        Endpoint.get(VERIFY, "showVerifyEmail", "The page behind the link that confirms an address")
            .says(PAGE)
            .shows(LINKED)
            .answeredBy(this::showVerification));
  }

  private Answer showVerification(Request request) {
    Texts texts = Texts.of(request);
    String token = token(request);
    return passkeys.waitsForPasskey(token)
        ? Pages.confirmWithPasskey(
            texts, new PasskeyForm(VERIFY, PasskeySignUp.CONFIRM_OPTIONS, Map.of(TOKEN, token)))
        : Pages.confirmWithPassword(texts, VERIFY, "verify", token);
  }

  private List<Route> anotherPassword() {
    return List.of(
        Endpoint.post(RESET, "resetPassword", "Set another password")
            .says("With the token that was mailed. All sessions of the account end.")
            .takes(ANOTHER)
            .answeredBy(request -> PageForm.answer(request, this::reset)),
        Endpoint.get(RESET, "showResetPassword", "The page behind the link of a forgotten password")
            .says(PAGE)
            .shows(LINKED)
            .answeredBy(request -> Pages.newPassword(Texts.of(request), RESET, token(request))));
  }

  private List<Route> anotherEmail() {
    return List.of(
        Endpoint.post(CONFIRM, "confirmEmail", "Give the account its new address")
            .says(
                "With the token that was mailed to that address, and the password of the account. All sessions of the account end, save that of the request.")
            .asks(Route.Caller.ANYBODY_OR_KNOWN)
            .takes(CONFIRMED)
            .gives(200, List.of(Endpoint.EMAIL))
            .answeredBy(request ->
                PageForm.answer(
                    request,
                    (reader, source) -> confirm(reader, request.caller().session(), source))),
        Endpoint.get(CONFIRM, "showConfirmEmail", "The page behind the link to a new address")
            .says(PAGE)
            .shows(LINKED)
            .answeredBy(request ->
                Pages.confirmWithPassword(Texts.of(request), CONFIRM, "newEmail", token(request))));
  }

  private static String token(Request request) {
    return request.query().value(TOKEN).orElse("");
  }

  private Outcome verify(JsonBody.Reader reader, RequestSource source) {
    JsonBody body = reader.with(VERIFIED);
    String token = body.token(TOKEN);
    String credential =
        body.has(PasskeyForm.CREDENTIAL) ? body.objectText(PasskeyForm.CREDENTIAL) : "";
    String password = credential.isEmpty() ? body.password(PASSWORD) : "";
    body.check();
    String email =
        credential.isEmpty()
            ? confirmation.verify(token, password, source)
            : passkeys.confirm(token, credential, source);
    return new Outcome(email(email), "verify.done", email);
  }

  private Outcome confirm(JsonBody.Reader reader, Optional<String> session, RequestSource source) {
    JsonBody body = reader.with(CONFIRMED);
    String token = body.token(TOKEN);
    String password = body.password(PASSWORD);
    body.check();
    String email = emails.confirm(token, password, session, source);
    return new Outcome(email(email), "newEmail.done", email);
  }

  private static Answer email(String email) {
    return Answer.json(200, Json.bytes(json -> Json.write(json, Map.of("email", email))));
  }

  private Outcome reset(JsonBody.Reader reader, RequestSource source) {
    JsonBody body = reader.with(ANOTHER);
    String token = body.token(TOKEN);
    String password = body.password(NEW_PASSWORD);
    body.check();
    passwords.reset(token, password, source);
    return new Outcome(Answer.noContent(), "newPassword.done");
  }
}
