package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.Accounts;
import dev.varve.face.auth.RequestProofs;
import dev.varve.identity.account.AccountStages;
import dev.varve.identity.account.AuthSettings;
import dev.varve.identity.account.Consents;
import dev.varve.identity.account.SingleUse;
import dev.varve.identity.client.ClientRegistration;
import dev.varve.identity.client.Clients;
import dev.varve.identity.client.Devices;
import dev.varve.identity.client.Flows;
import dev.varve.identity.client.OAuthSettings;
import dev.varve.identity.client.RegistrationPolicy;
import dev.varve.identity.token.Audiences;
import dev.varve.identity.token.IdTokens;
import dev.varve.identity.token.Secrets;
import dev.varve.identity.token.SignedForClients;
import dev.varve.identity.token.SigningAlgorithm;
import dev.varve.identity.token.SigningKeys;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Handler;
import dev.varve.net.http.HeaderSection;
import dev.varve.net.http.OwnPaths;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.settings.WrongSetting;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Signing in to other applications: every endpoint under `/oauth2`, and what clients find out by themselves. While no client is known,
/// there is none of it but the pages on which people sign in.
public final class OAuth implements AutoCloseable {
  private final Accounts accounts;
  private final Clients clients;
  private final OAuthSettings settings;
  private final IdTokens idTokens;
  private final SignedForClients signed;
  private final LogoutNotices notices;
  private final Issuer issuer;
  private final Audiences audiences;
  private final ProtectedResource resource;
  private final MutualTls certificates;
  private final Optional<byte[]> registrationToken;
  private final SignInElsewhere elsewhere;

  /// Who answers.
  ///
  /// @param url the issuer that tokens name
  /// @param audience whom access tokens are for when a client asks for nobody else
  /// @param algorithm that signs
  public record Issuer(String url, String audience, SigningAlgorithm algorithm) {
    /// @param address where the settings name none: a URL
    public static Issuer of(AuthSettings settings, String address) {
      return new Issuer(
          settings.issuerAt(address), settings.audienceAt(address), settings.jwt().algorithm());
    }
  }

  /// @param registrationToken without which no client registers, where the settings want one
  /// @param certificates that clients can show
  /// @throws WrongSetting when they want one, and there is none
  public OAuth(
      Accounts accounts,
      Clients clients,
      OAuthSettings settings,
      SigningKeys signingKeys,
      Issuer issuer,
      Optional<byte[]> registrationToken,
      SignInElsewhere elsewhere,
      MutualTls certificates) {
    this.accounts = accounts;
    this.certificates = certificates;
    this.clients = clients;
    this.settings = settings;
    this.idTokens = new IdTokens(signingKeys, issuer.url());
    AccountStages stages = accounts.context().stages();
    this.signed = new SignedForClients(signingKeys, issuer.url(), stages.ids());
    this.notices = new LogoutNotices(stages, clients, signed);
    this.issuer = issuer;
    this.elsewhere = elsewhere;
    this.audiences = new Audiences(issuer.url(), issuer.audience());
    this.resource = new ProtectedResource(audiences, clients, certificates);
    this.registrationToken = registrationToken;
    if (policy() == RegistrationPolicy.TOKEN && registrationToken.isEmpty()) {
      throw new WrongSetting(
          "oauth.selfDescribed.registration",
          "is TOKEN, and the environment variable %s is not set. Set it to a secret; make one with: openssl rand -hex 32"
              .formatted(Secrets.REGISTRATION));
    }
  }

  private RegistrationPolicy policy() {
    return settings.selfDescribed().registration();
  }

  /// Where the metadata is of the resource that a request is for, if there are clients that could use it.
  public Optional<String> metadata(Request request) {
    return clients.served() ? resource.location(request) : Optional.empty();
  }

  /// Pages of this server that people sign in to.
  public OwnPages ownPages() {
    return new OwnPages(accounts.context());
  }

  /// What people are told of scopes.
  public ScopeTexts scopeTexts() {
    return new ScopeTexts(settings.scopes());
  }

  /// Tells clients from now on when their sessions end.
  public void start() {
    if (clients.served()) {
      notices.start();
    }
  }

  @Override
  public void close() {
    notices.close();
  }

  public List<Route> routes() {
    AccountContext context = accounts.context();
    SecureRandom random = new SecureRandom();
    SingleUse singleUse = context.tokens().single();
    Flows flows = new Flows(context.stages().database(), random, context.stages().clock());
    Authorization authorization =
        new Authorization(context, new Consents(context.stages().database()));
    Answering answering = new Answering(context, singleUse, issuer.url());
    List<Route> routes = new ArrayList<>(flowRoutes(flows, authorization, answering, random));
    if (!clients.served()) {
      return List.copyOf(routes);
    }
    AuthorizationRequests requests =
        new AuthorizationRequests(clients, idTokens, context.stages().clock(), audiences);
    RequestProofs keys = accounts.keyProofs();
    ClientProof proof = new ClientProof(context, accounts.failures(), clients, issuer.url());
    PushedRequests pushes = new PushedRequests(context, proof, keys, requests, singleUse);
    AuthorizationEndpoint authorize =
        new AuthorizationEndpoint(
            context, requests, pushes, authorization, answering, flows, random);
    TokenEndpoint token =
        new TokenEndpoint(context, clients, proof, keys, singleUse, idTokens, audiences);
    DeviceRequests deviceRequests =
        new DeviceRequests(context, proof, new Devices(random), audiences, issuer.url());
    DevicePage devicePage = new DevicePage(context, flows, random);
    TokenStatus status = new TokenStatus(context, accounts.authentication(), proof, issuer.url());
    Logout logout = new Logout(context, authorization, clients, idTokens);
    UserInfo userInfo = new UserInfo(context, clients, signed, accounts.authentication());
    Metadata metadata =
        new Metadata(issuer.url(), issuer.algorithm(), clients, policy(), certificates);
    for (String path : metadata.paths()) {
      routes.add(route("GET", path, _ -> metadata.answer()));
    }
    if (Registration.isOn(policy())) {
      Registration registration = registration(context);
      routes.add(route("POST", Registration.PATH, OAuthForm.told(registration::post)));
      routes.add(route("GET", Registration.ONE, OAuthForm.told(registration::get)));
      routes.add(route("PUT", Registration.ONE, OAuthForm.told(registration::put)));
      routes.add(route("DELETE", Registration.ONE, OAuthForm.told(registration::delete)));
    }
    routes.addAll(
        List.of(
            route("GET", ProtectedResource.PATTERN, resource::answer),
            route("POST", PushedRequests.PATH, OAuthForm.told(pushes::post)),
            page("GET", AuthorizationEndpoint.PATH, authorize::get),
            page("POST", AuthorizationEndpoint.PATH, authorize::post),
            route("POST", TokenEndpoint.PATH, OAuthForm.told(token::post)),
            route("POST", DeviceRequests.PATH, OAuthForm.told(deviceRequests::post)),
            page("GET", DevicePage.PATH, devicePage::get),
            page("POST", DevicePage.PATH, devicePage::post),
            route("POST", TokenStatus.INTROSPECT, OAuthForm.told(status::introspect)),
            route("POST", TokenStatus.REVOKE, OAuthForm.told(status::revoke)),
            route("GET", UserInfo.PATH, userInfo::get),
            route("POST", UserInfo.PATH, userInfo::post),
            page("GET", Logout.PATH, logout::get),
            page("POST", Logout.PATH, logout::post)));
    return List.copyOf(routes);
  }

  /// The pages between. They are there without clients too: people sign in over them to pages of this server.
  private List<Route> flowRoutes(
      Flows flows, Authorization authorization, Answering answering, SecureRandom random) {
    FlowVisits visits = new FlowVisits(clients, flows, authorization);
    FlowOffer offer =
        new FlowOffer(accounts.context(), accounts.own().passkeyEnrolment(), accounts::onPage);
    FlowPasskeys passkeys =
        new FlowPasskeys(visits, accounts.passkeySignIn(), accounts.passkeyFactor(), offer);
    FlowEndpoint flow =
        flow(visits, passkeys, offer, new FlowEnd(accounts.context(), answering), random);
    return List.of(
        Route.unlisted("GET", FlowPath.PATTERN, Navigation.alone(flow::get)),
        Route.unlisted("POST", FlowPath.PATTERN, Navigation.alone(flow::post)),
        Route.unlisted("POST", FlowPath.PASSKEY_PATTERN, passkeys::options));
  }

  /// Step by step.
  private FlowEndpoint flow(
      FlowVisits visits, FlowPasskeys passkeys, FlowOffer offer, FlowEnd end, SecureRandom random) {
    AccountContext context = accounts.context();
    FlowPages pages =
        new FlowPages(scopeTexts(), accounts.offersSignUp(), context.settings(), elsewhere);
    FlowSignIn signIn =
        new FlowSignIn(
            context,
            accounts.passwordSignIn(),
            passkeys,
            accounts.passkeySignals(),
            accounts.mailSignIn().map(FlowMailLink::new),
            elsewhere,
            pages,
            end,
            random);
    FlowSecondFactor secondFactor =
        new FlowSecondFactor(
            context,
            accounts.secondFactor(),
            new FlowEnrolment(accounts.owedEnrolment(), random),
            signIn,
            pages,
            end,
            random);
    FlowConsent consent = new FlowConsent(context, accounts.passkeySignals(), pages, end);
    return new FlowEndpoint(visits, signIn, secondFactor, consent, offer, end);
  }

  private Registration registration(AccountContext context) {
    return new Registration(
        context,
        accounts.failures(),
        clients,
        new ClientRegistration(context.stages(), clients, new SecureRandom()),
        issuer.url(),
        policy() == RegistrationPolicy.TOKEN ? registrationToken : Optional.empty(),
        certificates);
  }

  private Route page(String method, String path, Handler handler) {
    return route(method, path, Navigation.alone(handler));
  }

  /// They are told by [Metadata], which every client reads, and not once more in the description of the API.
  private Route route(String method, String path, Handler handler) {
    return Route.unlisted(method, path, new WhileThereAreClients(clients, handler));
  }

  private record WhileThereAreClients(Clients clients, Handler handler) implements Handler {
    @Override
    public Answer handle(Request request) {
      if (clients.isEmpty()) {
        throw Problem.notFound("There is nothing at " + OwnPaths.shown(request.path()));
      }
      return handler.handle(request);
    }

    @Override
    public Optional<Answer> refusal(Problem problem, HeaderSection asked) {
      return clients.isEmpty() ? Optional.empty() : handler.refusal(problem, asked);
    }
  }
}
