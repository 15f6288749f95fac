package dev.varve.face.auth;

import dev.varve.identity.account.AccountModel;
import dev.varve.identity.account.AccountStages;
import dev.varve.identity.account.ApiKeys;
import dev.varve.identity.account.Attempts;
import dev.varve.identity.account.AuthSettings;
import dev.varve.identity.account.FailedAttempts;
import dev.varve.identity.account.MailTokens;
import dev.varve.identity.account.Passwords;
import dev.varve.identity.account.RefreshTokens;
import dev.varve.identity.account.SessionIssuer;
import dev.varve.identity.account.SingleUse;
import dev.varve.identity.account.SpentProofs;
import dev.varve.identity.client.ClientAdministration;
import dev.varve.identity.client.Clients;
import dev.varve.identity.factor.RecoveryCodes;
import dev.varve.identity.factor.Totps;
import dev.varve.identity.mail.Outbox;
import dev.varve.identity.passkey.RelyingParty;
import dev.varve.identity.token.AccessTokens;
import dev.varve.identity.token.KeyProofs;
import dev.varve.identity.token.Seal;
import dev.varve.identity.token.SigningKeys;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.Authentication;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import java.net.URI;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Accounts, as the application serves them: every endpoint under `/auth`, and who sends a request.
public final class Accounts {
  /// The group of the operations of accounts.
  public static final String TAG = Endpoint.TAG;

  /// The page of a forgotten password.
  public static final String FORGOTTEN_PATH = ForgottenPage.PATH;

  /// The page on which people sign up.
  public static final String SIGN_UP_PATH = SignUpPage.PATH;

  public static final String KEYS_PATH = "/.well-known/jwks.json";

  private final AccountContext context;
  private final FailedAttempts failures;
  private final PasswordProof proof;
  private final PasswordSignIn passwordSignIn;
  private final RequestProofs keyProofs;
  private final PasskeyCeremonies ceremonies;
  private final PasskeySignIn passkeySignIn;
  private final PasskeyFactor passkeyFactor;
  private final PasskeySignals passkeySignals;
  private final RecoveryCodes recoveryCodes;
  private final TotpEnrolment totpEnrolment;
  private final MailSignIn mailSignIn;
  private final OwedEnrolment owedEnrolment;
  private final BrowserTrust browserTrust;
  private final SecondFactor secondFactor;
  private final CookieAuthentication authentication;
  private final StepUp stepUp;
  private final OwnAccount own;
  private final SigningKeys signingKeys;
  private final ApiKeys apiKeys;
  private final Clients clients;

  /// @param clients other applications that people sign in to
  /// @param addresses of this server, which proofs of keys may name: URLs
  /// @param origin where links in mails lead, once that is known
  /// @param address under which the server is reached, once that is known
  /// @param languages in which mails are written
  /// @param factorSeal keeps what second factors share with this server
  /// @param proofKey of the nonces that proofs of keys take at all nodes
  public Accounts(
      AccountStages stages,
      AuthSettings settings,
      Passwords passwords,
      SigningKeys signingKeys,
      AccessTokens accessTokens,
      ApiKeys apiKeys,
      Clients clients,
      Set<String> addresses,
      Outbox outbox,
      Supplier<Optional<String>> origin,
      Supplier<String> address,
      Supplier<Seal> factorSeal,
      Supplier<byte[]> proofKey,
      Languages languages) {
    SecureRandom random = new SecureRandom();
    this.clients = clients;
    this.context =
        new AccountContext(
            stages,
            AccountModel.of(stages.schema().account()),
            settings,
            passwords,
            new AccountContext.Tokens(
                accessTokens,
                new RefreshTokens(stages.sessions(), random, settings.session()),
                new SingleUse(random),
                new MailTokens(random)),
            new SessionIssuer(stages, settings),
            new Attempts(stages.database(), stages.clock(), settings.factors().trust()),
            outbox,
            new Mails(languages, origin));
    this.failures = new FailedAttempts(stages.events());
    this.proof = new PasswordProof(context, failures);
    this.passwordSignIn = new PasswordSignIn(context, proof);
    this.ceremonies =
        new PasskeyCeremonies(
            context.tokens().single(), () -> RelyingParty.of(settings.passkeys(), address.get()));
    PasskeyProof passkeyProof = new PasskeyProof(context, failures, ceremonies);
    this.passkeySignIn = new PasskeySignIn(context, ceremonies, passkeyProof);
    this.passkeyFactor = new PasskeyFactor(context, ceremonies, passkeyProof);
    this.passkeySignals = new PasskeySignals(context, ceremonies);
    Totps totps = new Totps(factorSeal, random);
    this.recoveryCodes = new RecoveryCodes(random);
    this.totpEnrolment =
        new TotpEnrolment(context, failures, totps, recoveryCodes, () -> service(origin));
    FactorProofs proofs = new FactorProofs(context, failures, factorProofs(totps));
    this.mailSignIn = new MailSignIn(context, failures);
    this.owedEnrolment = new OwedEnrolment(context, totpEnrolment);
    this.browserTrust = new BrowserTrust(context, random);
    this.secondFactor = new SecondFactor(context, proofs, browserTrust);
    StepUpWays ways = new StepUpWays(context);
    this.stepUp =
        new StepUp(context, proof, proofs, ways, new StepUpByMail(context, ways, failures));
    this.own = own(random);
    this.signingKeys = signingKeys;
    this.apiKeys = apiKeys;
    this.keyProofs =
        new RequestProofs(
            stages.database().isShared()
                ? KeyProofs.ofNodes(
                    addresses, stages.clock(), proofKey.get(), new SpentProofs(stages.database()))
                : KeyProofs.ofOneProcess(addresses, stages.clock(), random));
    SessionCallers callers =
        new SessionCallers(
            stages.sessions(), stages.access(), stages.query(), stages.schema().account());
    Authentication tokens =
        new BearerAuthentication(
            accessTokens, apiKeys, callers, clients, stages.clock(), keyProofs);
    this.authentication =
        new CookieAuthentication(new BearerAttempts(context, tokens, failures), context, callers);
  }

  private OwnAccount own(SecureRandom random) {
    return new OwnAccount(
        new OwnRecord(context),
        new SessionFlows(context),
        new PasswordFlows(context, proof, stepUp, failures, new MailRequests(context)),
        new EmailFlows(context, proof, stepUp, failures),
        new FactorFlows(context, stepUp, totpEnrolment, recoveryCodes),
        new PasskeyFlows(context, passkeySignals, passkeyFactor, stepUp),
        new PasskeyEnrolment(context, ceremonies, passkeySignals, stepUp, recoveryCodes, random),
        browserTrust,
        new ApplicationFlows(context, clients));
  }

  /// How each second factor is proven.
  private List<FactorProof> factorProofs(Totps totps) {
    return List.of(CodeProof.totp(totps), CodeProof.recoveryCode(), passkeyFactor);
  }

  /// What authenticator applications show accounts under: the host that people know.
  private static String service(Supplier<Optional<String>> origin) {
    return origin.get().map(url -> URI.create(url).getHost()).orElse("Varve");
  }

  /// Looks at proofs of keys that come with requests; one for all faces, so that none is good twice.
  public RequestProofs keyProofs() {
    return keyProofs;
  }

  /// Tells who sends a request.
  public Authentication authentication() {
    return authentication;
  }

  /// Who comes to a page of Varve's own, whose forms carry a token of their own: nobody known who is not signed in in the browser.
  public Caller onPage(Request request) {
    return authentication.onPage(request);
  }

  /// What an account does with itself.
  public OwnAccount own() {
    return own;
  }

  /// Every route of accounts, in the order in which people meet them.
  public List<Route> routes() {
    MailRequests requests = new MailRequests(context);
    VerifiedAccount verifiedAccount = new VerifiedAccount(context);
    Invitations invitations = new Invitations(context, failures, verifiedAccount, stepUp);
    Confirmation confirmation = new Confirmation(context, failures, verifiedAccount, requests);
    List<Route> routes = new ArrayList<>();
    SignUp signUp = new SignUp(context, new SignUpTrial(context), invitations);
    PasskeySignUp passkeys =
        new PasskeySignUp(context, ceremonies, signUp, confirmation, failures, new SecureRandom());
    routes.addAll(signUp.routes());
    routes.addAll(passkeys.routes());
    routes.add(confirmation.route());
    routes.addAll(signIn());
    routes.addAll(own.passwords().routes());
    routes.add(own.emails().route());
    routes.addAll(new MailLinks(confirmation, passkeys, own.passwords(), own.emails()).routes());
    routes.add(invitations.route());
    routes.addAll(
        new ApiKeyFlows(context.stages(), apiKeys, stepUp::requireAdministrator, new SecureRandom())
            .routes());
    routes.addAll(own.applications().routes());
    routes.addAll(
        new ClientFlows(
                new ClientAdministration(context.stages(), clients, new SecureRandom()),
                clients,
                stepUp)
            .routes());
    routes.add(keys());
    context.outbox().kept().ifPresent(mails -> routes.add(new MailPage(mails).route()));
    return routes;
  }

  /// Whether there is a page on which people sign up.
  public boolean offersSignUp() {
    return new SignUpPage(context).isOffered();
  }

  /// What a way to sign in is built on, for faces that have pages of their own.
  public AccountContext context() {
    return context;
  }

  /// Makes security events of what fails.
  public FailedAttempts failures() {
    return failures;
  }

  /// Signs in by password; one for all faces, so that attempts side by side take turns.
  public PasswordSignIn passwordSignIn() {
    return passwordSignIn;
  }

  /// Signs in by passkey.
  public PasskeySignIn passkeySignIn() {
    return passkeySignIn;
  }

  /// Proves a passkey as a second factor.
  public PasskeyFactor passkeyFactor() {
    return passkeyFactor;
  }

  /// Tells keepers of passkeys what is still good.
  public PasskeySignals passkeySignals() {
    return passkeySignals;
  }

  /// Proves the second factor that is owed; one for all faces.
  public SecondFactor secondFactor() {
    return secondFactor;
  }

  /// Signs in by mail, where the settings allow it.
  public Optional<MailSignIn> mailSignIn() {
    return context.settings().mailLinks() ? Optional.of(mailSignIn) : Optional.empty();
  }

  /// Enrols the second factor that an account must have and has not.
  public OwedEnrolment owedEnrolment() {
    return owedEnrolment;
  }

  /// What comes of a sign-in for the application that Varve serves.
  public TokenSession tokenSession() {
    return new TokenSession(context, new AccountAnswers(context));
  }

  /// Asks for a fresh, stepped-up session.
  public StepUp stepUp() {
    return stepUp;
  }

  private List<Route> signIn() {
    AccountAnswers rendering = new AccountAnswers(context);
    List<Route> routes = new ArrayList<>();
    TokenSession tokens = tokenSession();
    routes.addAll(new SignIn(context, passwordSignIn, secondFactor, failures, tokens).routes());
    mailSignIn()
        .ifPresent(mails ->
            routes.addAll(new MailSignInFlows(mails, new MailRequests(context), tokens).routes()));
    routes.addAll(
        new PasskeySignInFlows(context, ceremonies, passkeySignIn, passkeyFactor, tokens).routes());
    routes.addAll(own.passkeyEnrolment().routes());
    routes.addAll(own.passkeys().routes());
    routes.addAll(new EnrolmentFlows(context, owedEnrolment, tokens).routes());
    routes.addAll(stepUp.routes());
    routes.addAll(own.sessions().routes());
    routes.addAll(own.factors().routes());
    routes.addAll(browserTrust.routes());
    routes.add(new AdminFactorFlows(context, stepUp).route());
    routes.add(rendering.route());
    return routes;
  }

  private Route keys() {
    return new Route(
        "GET",
        KEYS_PATH,
        request -> PublishedKeys.answer(signingKeys, request),
        new Route.Operation(
            "keys",
            TAG,
            "The keys that access tokens are signed with",
            "For services that check access tokens by themselves (RFC 7517). A key is published before it signs and as long as a token of it may be good.",
            Route.Caller.ANYBODY,
            new Route.Special()));
  }
}
