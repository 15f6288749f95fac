package dev.varve.face.auth;

import dev.varve.identity.account.SingleUse;
import dev.varve.identity.passkey.RelyingParty;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import java.util.List;
import java.util.Map;

/// Signing in with a passkey, and what browsers find out by themselves.
final class PasskeySignInFlows {
  private static final String TICKET = "ticket";
  private static final List<Member> OWED = List.of(Member.text(TICKET));
  private static final List<Member> TAKEN = List.of(MadePasskey.ANSWERED, SignInReply.COOKIE);

  // nothing that an application asks for by itself belongs to anything else
  private static final String UNBOUND = "";

  private final AccountContext context;
  private final PasskeyCeremonies ceremonies;
  private final PasskeySignIn signIn;
  private final PasskeyFactor factor;
  private final TokenSession tokens;

  PasskeySignInFlows(
      AccountContext context,
      PasskeyCeremonies ceremonies,
      PasskeySignIn signIn,
      PasskeyFactor factor,
      TokenSession tokens) {
    this.context = context;
    this.ceremonies = ceremonies;
    this.signIn = signIn;
    this.factor = factor;
    this.tokens = tokens;
  }

  List<Route> routes() {
    return List.of(
        Endpoint.post(
                "/auth/sign-in/passkey/options",
                "passkeySignInOptions",
                "Begin to sign in with a passkey")
            .says(
                "What to give to `PublicKeyCredential.parseRequestOptionsFromJSON()`; the same for everybody. Good once, for five minutes.")
            .takes(List.of())
            .gives(200, PasskeyProof.REQUEST)
            .answeredBy(this::options),
        Endpoint.post("/auth/sign-in/passkey", "passkeySignIn", "Sign in with a passkey")
            .says(
                "With the `toJSON()` of what `navigator.credentials.get()` gave. It opens a session as `POST /auth/sign-in` does, and counts as two factors.")
            .takes(TAKEN)
            .gives(200, AccountAnswers.TOKENS)
            .orGives(204, SignInReply.GIVEN, List.of())
            .orGives(202, "A second factor is owed.", TokenSession.OWED)
            .answeredBy(this::signIn),
        Endpoint.post(
                "/auth/sign-in/factor/passkey/options",
                "passkeyFactorOptions",
                "Begin to use a passkey as the second factor")
            .says(
                "The passkeys of the account that a ticket stands for. What the browser answers goes to `POST /auth/sign-in/factor` as `credential`, with `factor` `passkey`.")
            .takes(OWED)
            .gives(200, PasskeyProof.REQUEST)
            .answeredBy(this::factorOptions),
        Route.unlisted("GET", "/.well-known/webauthn", _ -> related()),
        Route.unlisted("GET", "/.well-known/passkey-endpoints", _ -> endpoints()));
  }

  /// `POST /auth/sign-in/passkey/options`
  Answer options(Request request) {
    JsonBody body = JsonBody.of(request, List.of());
    body.check();
    return json(signIn.options(AccountContext.source(request), UNBOUND));
  }

  private static Answer json(Map<String, ?> members) {
    return Answer.json(200, Json.bytes(json -> Json.write(json, members)));
  }

  /// `POST /auth/sign-in/passkey`
  Answer signIn(Request request) {
    JsonBody body = JsonBody.of(request, TAKEN);
    String credential = body.object(PasskeyProof.CREDENTIAL);
    SignInReply reply = SignInReply.of(tokens, request, body);
    body.check();
    return reply.answer(
        signIn.signIn(
            credential, UNBOUND, AccountContext.source(request), reply.use(), reply::decided));
  }

  /// `POST /auth/sign-in/factor/passkey/options`
  Answer factorOptions(Request request) {
    JsonBody body = JsonBody.of(request, OWED);
    String ticket = body.token(TICKET);
    body.check();
    return json(
        factor.options(
            new Ticket(context, SingleUse.Kind.TICKET, ticket), AccountContext.source(request)));
  }

  /// `GET /.well-known/webauthn`: pages of other domains that use passkeys of this one (WebAuthn, section 5.11).
  private Answer related() {
    List<String> origins = ceremonies.known().map(RelyingParty::related).orElse(List.of());
    if (origins.isEmpty()) {
      throw Problem.notFound("No page of another domain uses passkeys of this one");
    }
    return json(Map.of("origins", origins));
  }

  /// `GET /.well-known/passkey-endpoints`: where people make and manage passkeys (A Well-Known URL for Relying Party Passkey Endpoints).
  private Answer endpoints() {
    String page = context.settings().passkeys().page();
    if (page.isEmpty()) {
      throw Problem.notFound("There is no page for passkeys here: auth.passkeys.page names one");
    }
    return json(Map.of("enroll", page, "manage", page));
  }
}
