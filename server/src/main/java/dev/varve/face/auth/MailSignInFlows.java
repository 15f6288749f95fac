package dev.varve.face.auth;

import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import java.util.List;

/// Signing in to the application that Varve serves with a link in a mail, where the settings allow it.
final class MailSignInFlows {
  static final String PATH = "/auth/sign-in/link";
  private static final String CONFIRM = PATH + "/confirm";
  private static final String TOKEN = "token";
  // so that a token which was mailed for a flow of another application is not good here
  private static final String BOUND = "tokens";
  private static final String ACCEPTED =
      "If there is a confirmed account with this address, you find a mail there";

  private static final List<Member> CONFIRMED = List.of(Member.text(TOKEN), SignInReply.COOKIE);

  private final MailSignIn mails;
  private final MailRequests requests;
  private final TokenSession tokens;

  MailSignInFlows(MailSignIn mails, MailRequests requests, TokenSession tokens) {
    this.mails = mails;
    this.requests = requests;
    this.tokens = tokens;
  }

  List<Route> routes() {
    return List.of(
        Endpoint.post(PATH, "mailSignInLink", "Ask for a link that signs in")
            .says(
                "Mails a token that is good once, for a quarter of an hour. The answer is the same whether the address has an account or not.")
            .takes(MailRequests.TAKEN)
            .gives(202, Endpoint.MESSAGE)
            .answeredBy(this::send),
        Endpoint.get(PATH, "showSignInLink", "The page behind a link that signs in")
            .says(
                "For applications that have no page of their own. It shows the token, to be taken to where it was asked for; looking at it changes nothing.")
            .shows(Member.text(TOKEN).optional())
            .answeredBy(request ->
                Pages.shows(
                    "Sign in",
                    "Enter this where you asked to sign in. If you did not ask, close this page, and give it to nobody.",
                    request.query().value(TOKEN).orElse(""))),
        Endpoint.post(CONFIRM, "signInByLink", "Sign in with a token that was mailed")
            .says("Answers as `POST /auth/sign-in` does: a second factor is owed all the same.")
            .takes(CONFIRMED)
            .gives(200, AccountAnswers.TOKENS)
            .orGives(204, SignInReply.GIVEN, List.of())
            .orGives(202, "A second factor is owed.", TokenSession.OWED)
            .answeredBy(this::confirm));
  }

  private Answer send(Request request) {
    return requests.answer(
        request, ACCEPTED, (write, email) -> mails.mail(write, email, BOUND, PATH + "?token="));
  }

  private Answer confirm(Request request) {
    JsonBody body = JsonBody.of(request, CONFIRMED);
    String token = body.token(TOKEN);
    SignInReply reply = SignInReply.of(tokens, request, body);
    body.check();
    return reply.answer(
        mails.signIn(token, BOUND, AccountContext.source(request), reply.use(), reply::decided));
  }
}
