package dev.varve.face.auth;

import dev.varve.face.auth.OwedEnrolment.Confirmation;
import dev.varve.face.auth.TokenSession.Decided;
import dev.varve.identity.account.SingleUse;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.Json;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/// Signing in to an account that must have a second factor and has none: with a ticket that is good for enrolling one.
final class EnrolmentFlows {
  private static final String PATH = "/auth/sign-in/enrol";
  private static final String TICKET = "ticket";

  private static final List<Member> BEGUN_WITH = List.of(Member.text(TICKET));
  private static final List<Member> CONFIRMED_WITH =
      List.of(
          Member.text(TICKET),
          SignInReply.COOKIE,
          Member.text("enrolment"),
          Member.text(CodeProof.CODE),
          Member.text("name").optional());

  private final AccountContext context;
  private final OwedEnrolment enrolment;
  private final TokenSession tokens;

  EnrolmentFlows(AccountContext context, OwedEnrolment enrolment, TokenSession tokens) {
    this.context = context;
    this.enrolment = enrolment;
    this.tokens = tokens;
  }

  List<Route> routes() {
    return List.of(
        Endpoint.post(PATH + "/totp", "beginOwedTotp", "Begin to add the factor that is missing")
            .says(
                "With the ticket of a sign-in to an account that must have a second factor. Gives the secret of an authenticator application, as `POST /auth/factors/totp` does.")
            .takes(BEGUN_WITH)
            .gives(200, FactorFlows.BEGUN)
            .answeredBy(this::begin),
        Endpoint.post(PATH + "/totp/confirm", "confirmOwedTotp", "Add the factor that is missing")
            .says(
                "With the code that the application shows. Gives the tokens of the sign-in, and the recovery codes, this once.")
            .takes(CONFIRMED_WITH)
            .gives(
                200,
                Stream.concat(
                        AccountAnswers.TOKENS.stream(),
                        Stream.of(Member.of("recoveryCodes", new Route.Type.Texts()).optional()))
                    .toList())
            .answeredBy(this::confirm));
  }

  private Ticket ticket(String text) {
    return new Ticket(context, SingleUse.Kind.ENROLMENT_TICKET, text);
  }

  /// The ticket is good in the hands of who has it alone, and so is what is shown for it.
  private static String bound(String ticket) {
    return "ticket " + HexFormat.of().formatHex(OpaqueToken.sha256(ticket));
  }

  private Answer begin(Request request) {
    JsonBody body = JsonBody.of(request, BEGUN_WITH);
    String text = body.token(TICKET);
    body.check();
    TotpEnrolment.Begun begun =
        enrolment
            .begin(ticket(text), bound(text), AccountContext.source(request))
            .orElseThrow(SecondFactor::gone);
    return Answer.json(200, Json.bytes(json -> Json.write(json, FactorFlows.members(begun))));
  }

  private Answer confirm(Request request) {
    JsonBody body = JsonBody.of(request, CONFIRMED_WITH);
    String text = body.token(TICKET);
    Confirmation given =
        new Confirmation(
            body.token("enrolment"), body.code(CodeProof.CODE), FactorFlows.name(body));
    SignInReply reply = SignInReply.of(tokens, request, body);
    body.check();
    OwedEnrolment.Done<Decided> done =
        enrolment.confirm(
            ticket(text),
            bound(text),
            given,
            AccountContext.source(request),
            reply.use(),
            reply::decided);
    return reply.answer(done.value(), done.recoveryCodes());
  }
}
