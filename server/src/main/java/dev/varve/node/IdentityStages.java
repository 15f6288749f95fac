package dev.varve.node;

import dev.varve.face.auth.Accounts;
import dev.varve.face.auth.Languages;
import dev.varve.face.oauth.MutualTls;
import dev.varve.face.oauth.OAuth;
import dev.varve.face.provider.ProviderSignIn;
import dev.varve.identity.account.Administration;
import dev.varve.identity.account.ApiKeys;
import dev.varve.identity.account.AuthSettings;
import dev.varve.identity.account.Passwords;
import dev.varve.identity.client.ClientDocuments;
import dev.varve.identity.client.Clients;
import dev.varve.identity.client.OAuthSettings;
import dev.varve.identity.mail.MailRows;
import dev.varve.identity.mail.Outbox;
import dev.varve.identity.provider.IdentityProviders;
import dev.varve.identity.token.AccessTokens;
import dev.varve.identity.token.CommonKey;
import dev.varve.identity.token.Seal;
import dev.varve.identity.token.Secrets;
import dev.varve.identity.token.SigningKeys;
import dev.varve.kernel.Lazy;
import dev.varve.net.edge.HttpSettings;
import dev.varve.net.outgoing.OutgoingCalls;
import dev.varve.telemetry.Metrics;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// What signs people and applications in: what stays whatever schema is served, and what is made of it for each.
final class IdentityStages implements AutoCloseable {
  // somebody waits for it at a page
  private static final Duration DOCUMENT_TIME = Duration.ofSeconds(10);

  private static final String PROOFS = "varve nonces of key proofs v1";

  private final Ground ground;
  private final Address address;
  private final Passwords passwords;
  private final Outbox outbox;
  private final Languages languages;
  private final Optional<byte[]> registration;
  private final Clients clients;
  private final IdentityProviders providers;

  IdentityStages(Ground ground, Address address) {
    this.ground = ground;
    this.address = address;
    AuthSettings auth = ground.settings().auth();
    this.languages = Languages.of(ground.settings().pages());
    this.passwords = new Passwords(auth.password(), new SecureRandom());
    this.outbox = outbox();
    this.registration = ground.secrets().bytes(Secrets.REGISTRATION);
    this.clients =
        Clients.of(ground.settings().oauth(), auth.jwt().algorithm(), ground.start().environment())
            .load(ground.database())
            .with(documents(ground));
    this.providers =
        IdentityProviders.of(
            auth.providers(),
            ground.start().environment(),
            ground.clock(),
            new Lazy<>(() -> seal(Seal.Purpose.PROVIDER_TOKENS)));
    address.requireOrigin(providers);
  }

  private Outbox outbox() {
    MailRows rows =
        new MailRows(
            ground.database(),
            new Lazy<>(() -> seal(Seal.Purpose.MAILS)),
            ground.clock(),
            ground.ids());
    Metrics metrics = ground.telemetry().metrics();
    Outbox made =
        ground.start().development()
            ? Outbox.keeping(rows, metrics)
            : Outbox.sending(
                ground.settings().mail(),
                ground.secret(Secrets.MAIL),
                rows,
                ground.membership().id(),
                metrics);
    return made.measuredBy(metrics);
  }

  private static Optional<ClientDocuments> documents(Ground ground) {
    OAuthSettings settings = ground.settings().oauth();
    return settings.takesDocuments()
        ? Optional.of(
            new ClientDocuments(
                new OutgoingCalls(DOCUMENT_TIME, ClientDocuments.BYTES_MAX),
                settings.selfDescribed(),
                ground.clock()))
        : Optional.empty();
  }

  Passwords passwords() {
    return passwords;
  }

  /// In which pages and mails are written.
  Languages languages() {
    return languages;
  }

  Clients clients() {
    return clients;
  }

  /// What signs in to the accounts of one schema.
  record Served(Accounts accounts, ProviderSignIn elsewhere, OAuth oauth, AccessTokens tokens) {}

  /// @throws dev.varve.settings.WrongSetting when an application is to have a scope that there is not
  Served over(Engine engine) {
    SigningKeys signingKeys = signingKeys(engine);
    AccessTokens tokens =
        ground.settings().auth().accessTokens(signingKeys, address.issuer(), ground.ids());
    Accounts accounts = accounts(engine, signingKeys, tokens);
    Set<String> scopes = Settings.scopes(engine.schema().schema(), ground.settings().gateway());
    clients.requireScopes(scopes);
    clients.serve(scopes);
    outbox.serve(engine.sequencer());
    Engine.Following following = engine.following();
    clients.follow(ground.database(), following.freshness());
    following.notices().listen(Clients.TOPIC, clients);
    ProviderSignIn elsewhere = new ProviderSignIn(accounts, providers, address::origin);
    OAuth oauth =
        new OAuth(
            accounts,
            clients,
            ground.settings().oauth(),
            signingKeys,
            OAuth.Issuer.of(ground.settings().auth(), address.issuer()),
            registration,
            elsewhere,
            certificates());
    return new Served(accounts, elsewhere, oauth, tokens);
  }

  private MutualTls certificates() {
    HttpSettings http = ground.settings().http();
    return new MutualTls(
        http.takesVouchedCertificates(), http.takesAnyCertificate(), address.certificateOrigin());
  }

  private SigningKeys signingKeys(Engine engine) {
    SigningKeys keys =
        SigningKeys.open(
            ground.settings().auth().jwt(),
            ground.secrets(),
            ground.folder().folder(),
            ground.database(),
            engine.sequencer(),
            engine.following().freshness(),
            ground.clock());
    engine.following().notices().listen(SigningKeys.TOPIC, keys);
    return keys;
  }

  private ApiKeys apiKeys(Engine engine) {
    ApiKeys keys =
        new ApiKeys(
            ground.database(), engine.sequencer(), ground.clock(), engine.following().freshness());
    engine.following().notices().listen(ApiKeys.TOPIC, keys);
    return keys;
  }

  private Accounts accounts(Engine engine, SigningKeys signingKeys, AccessTokens tokens) {
    return new Accounts(
        engine.accounts(ground.database(), ground.clock(), ground.ids()),
        ground.settings().auth(),
        passwords,
        signingKeys,
        tokens,
        apiKeys(engine),
        clients,
        address.names(),
        outbox,
        address::origin,
        () -> address.origin().orElseGet(address::url),
        new Lazy<>(() -> seal(Seal.Purpose.FACTORS)),
        () ->
            CommonKey.findOrMake(
                PROOFS, ground.secrets(), ground.folder().folder(), new SecureRandom()),
        languages);
  }

  private Seal seal(Seal.Purpose purpose) {
    return Seal.findOrMake(purpose, ground.secrets(), ground.folder().folder(), new SecureRandom());
  }

  /// What an operator does with accounts.
  Administration administration(Engine engine) {
    return new Administration(
        engine.accounts(ground.database(), ground.clock(), ground.ids()), passwords);
  }

  @Override
  public void close() {
    outbox.close();
    passwords.close();
  }
}
