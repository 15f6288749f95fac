package dev.varve.face.provider;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.Endpoint;
import dev.varve.face.auth.JsonBody;
import dev.varve.face.auth.SignInReply;
import dev.varve.face.auth.TokenSession;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import java.util.List;

/// `POST /auth/providers/exchange`: a page exchanges the code with which the browser came back to it for tokens. The code stood in an
/// address; the tokens never do.
final class ExchangeEndpoint {
  static final List<Member> PROOF = List.of(Member.text("code"), Member.text("verifier"));
  private static final List<Member> TAKEN =
      List.of(Member.text("code"), Member.text("verifier"), SignInReply.COOKIE);

  private final Redemption redemption;
  private final TokenSession tokens;

  ExchangeEndpoint(Redemption redemption, TokenSession tokens) {
    this.redemption = redemption;
    this.tokens = tokens;
  }

  Route route() {
    return Endpoint.post("/auth/providers/exchange", "exchangeProviderCode", "Sign in with a code")
        .says(
            "With the `code` with which the browser came back, and the text whose SHA-256 was the challenge. Answers as `POST /auth/sign-in` does.")
        .takes(TAKEN)
        .gives(200, TokenSession.TOKENS)
        .orGives(204, SignInReply.GIVEN, List.of())
        .orGives(202, "A second factor is owed.", TokenSession.OWED)
        .answeredBy(this::exchange);
  }

  Answer exchange(Request request) {
    JsonBody body = JsonBody.of(request, TAKEN);
    String code = body.token("code");
    String verifier = body.token("verifier");
    SignInReply reply = SignInReply.of(tokens, request, body);
    body.check();
    return reply.answer(
        redemption.signIn(
            code,
            AccountContext.source(request),
            content -> PageProof.fits(content, verifier),
            reply.use(),
            reply::decided));
  }
}
