package dev.varve.node;

import dev.varve.face.auth.Accounts;
import dev.varve.face.events.ServerSentEvent;
import dev.varve.face.file.StaticFiles;
import dev.varve.face.gateway.Gateway;
import dev.varve.face.gateway.GatewaySettings;
import dev.varve.face.gateway.GatewayTable;
import dev.varve.face.gateway.Identities;
import dev.varve.face.oauth.OAuth;
import dev.varve.face.oauth.SignInElsewhere;
import dev.varve.face.provider.ProviderSignIn;
import dev.varve.identity.account.Administration;
import dev.varve.identity.account.ApiKeys;
import dev.varve.identity.account.AuthSettings;
import dev.varve.identity.account.Passwords;
import dev.varve.identity.account.SecurityEvents;
import dev.varve.identity.client.ClientDocuments;
import dev.varve.identity.client.Clients;
import dev.varve.identity.mail.Outbox;
import dev.varve.identity.provider.IdentityProviders;
import dev.varve.identity.token.AccessTokens;
import dev.varve.identity.token.Seal;
import dev.varve.identity.token.Secrets;
import dev.varve.identity.token.SigningKeys;
import dev.varve.kernel.Ids;
import dev.varve.kernel.Lazy;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.Caller;
import dev.varve.lane.live.CommittedQueue;
import dev.varve.lane.live.Feed;
import dev.varve.lane.live.Streams;
import dev.varve.net.certificate.Certificates;
import dev.varve.net.certificate.TlsSettings;
import dev.varve.net.edge.HttpServer;
import dev.varve.net.http.Authentication;
import dev.varve.net.http.Health;
import dev.varve.net.http.MetricsEndpoint;
import dev.varve.net.http.Operators;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Routes;
import dev.varve.net.limit.RateLimits;
import dev.varve.net.outgoing.OutgoingCalls;
import dev.varve.schema.Schema;
import dev.varve.settings.SettingRecords;
import dev.varve.settings.WrongSetting;
import dev.varve.store.sql.DataFolder;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.DatabaseOptions;
import dev.varve.store.sql.Migrations;
import dev.varve.telemetry.Telemetry;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/// A running Varve: every stage, wired in flow order.
///
/// data folder -> database -> log, state, cache -> write lane and read lane -> accounts -> feed -> faces -> listener
public final class App implements AutoCloseable {
  // somebody waits for it at a page
  private static final Duration DOCUMENT_TIME = Duration.ofSeconds(10);

  private final Start start;
  private final Settings settings;
  private final Clock clock;
  private final Ids ids;
  private final DataFolder folder;
  private final Database database;
  private final Passwords passwords;
  private final Outbox outbox;
  private final long seeded;
  private final Optional<FirstAdministrator> firstAdministrator;
  private final Telemetry telemetry;
  private final RateLimits limits;
  private final Optional<Certificates> certificates;
  private final Gateway gateway;
  private final Clients clients;
  private final Optional<byte[]> registration;
  private final IdentityProviders providers;
  private final Faces faces;
  private final HttpServer server;
  private final Optional<HttpServer> operations;
  private volatile Serving serving;

  private App(
      Start start,
      Settings settings,
      DataFolder folder,
      Database database,
      Lanes lanes,
      Telemetry telemetry,
      Clock clock) {
    this.start = start;
    this.settings = settings;
    this.clock = clock;
    this.ids = new Ids(clock, new SecureRandom());
    this.folder = folder;
    this.database = database;
    this.telemetry = telemetry;
    this.passwords = new Passwords(settings.auth().password(), new SecureRandom());
    this.outbox = outbox();
    this.limits = RateLimits.of(settings.limits(), System::nanoTime, telemetry.metrics());
    this.registration = Secrets.of(start.environment()).bytes(Secrets.REGISTRATION);
    this.clients =
        Clients.of(settings.oauth(), settings.auth().jwt().algorithm(), start.environment())
            .load(database)
            .with(documents());
    this.providers = IdentityProviders.of(settings.auth().providers(), start.environment(), clock);
    requireOrigin();
    this.certificates = certificates();
    this.gateway = gateway();
    try {
      this.faces = faces();
      Engine engine = lanes.engine();
      this.seeded =
          start.samples().map(app -> SampleData.loadOnce(engine, database, app)).orElse(0L);
      this.firstAdministrator =
          start.samples().isPresent() ? ensureAdministrator(engine) : Optional.empty();
      this.serving = serving(lanes);
      this.server =
          HttpServer.start(
              settings.http(),
              serving.routes(),
              clock,
              requestIds(clock),
              new Callers(),
              certificates,
              limits,
              telemetry);
      this.operations = operations(server);
      new StageMeasures(telemetry.metrics())
          .add(() -> serving, database, folder.database(), passwords, certificates);
    } catch (RuntimeException e) {
      gateway.close();
      certificates.ifPresent(Certificates::close);
      outbox.close();
      passwords.close();
      throw e;
    }
  }

  /// What the server is for, and what of the environment it may see.
  ///
  /// @param development whether mails are kept to be looked at, and links lead to this machine
  /// @param samples the application whose sample data are brought in when there are no data yet, with an administrator
  ///     when there is none
  /// @param environment where secrets come from
  public record Start(
      boolean development, Optional<Path> samples, Map<String, String> environment) {
    public static Start production() {
      return new Start(false, Optional.empty(), System.getenv());
    }

    public static Start development(Path app) {
      return new Start(true, Optional.of(app), System.getenv());
    }
  }

  /// Starts a server on the data in a folder. It listens once it is ready.
  ///
  /// @param access the compiled rules of `schema`
  public static App start(
      Start start, Settings settings, Path data, Schema schema, Access access, Clock clock) {
    if (!start.development()) {
      settings.http().requireEncryption();
    }
    DataFolder folder = DataFolder.hold(data);
    try {
      Database database = Database.open(folder.database(), DatabaseOptions.DEFAULT);
      try {
        Migrations.run(database);
        return start(start, settings, folder, database, schema, access, clock);
      } catch (RuntimeException e) {
        database.close();
        throw e;
      }
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /// What is for operators alone, at a port of its own.
  ///
  /// @param server is stopped when the port is not to be had
  private Optional<HttpServer> operations(HttpServer server) {
    int port = settings.telemetry().port();
    if (port == 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          HttpServer.start(
              settings.http().beside(port),
              Routes.of(faces.operations(gateway.table())),
              clock,
              requestIds(clock),
              Authentication.NONE,
              certificates,
              RateLimits.NONE,
              Telemetry.NONE));
    } catch (HttpServer.CannotListen e) {
      server.stop();
      throw new WrongSetting(
          "telemetry.port",
          "is %d, and nobody can listen there: %s. Choose another".formatted(port, e.reason()));
    }
  }

  private static App start(
      Start start,
      Settings settings,
      DataFolder folder,
      Database database,
      Schema schema,
      Access access,
      Clock clock) {
    Telemetry telemetry =
        Telemetry.start(
            settings.telemetry(), Optional.ofNullable(start.environment().get(Secrets.TRACES)));
    try {
      Lanes lanes = lanes(database, schema, access, clock, settings, telemetry);
      try {
        return new App(start, settings, folder, database, lanes, telemetry, clock);
      } catch (RuntimeException e) {
        lanes.engine().close();
        throw e;
      }
    } catch (RuntimeException e) {
      telemetry.close();
      throw e;
    }
  }

  /// Both lanes, and where the write lane puts what the feed has to tell.
  private record Lanes(Engine engine, CommittedQueue committed) {}

  private static Lanes lanes(
      Database database,
      Schema schema,
      Access access,
      Clock clock,
      Settings settings,
      Telemetry telemetry) {
    CommittedQueue committed = new CommittedQueue();
    Engine engine =
        Engine.start(
            database,
            schema,
            access,
            clock,
            settings.write(),
            settings.cache(),
            committed,
            telemetry.metrics());
    return new Lanes(engine, committed);
  }

  private Optional<Certificates> certificates() {
    TlsSettings tls = settings.http().tls();
    return tls.enabled()
        ? Optional.of(
            Certificates.open(
                tls, start.environment().getOrDefault(Secrets.TLS, ""), folder.folder(), clock))
        : Optional.empty();
  }

  private Outbox outbox() {
    return start.development()
        ? Outbox.keeping(clock)
        : Outbox.sending(
            settings.mail(), start.environment().getOrDefault(Secrets.MAIL, ""), clock);
  }

  /// Asks the accounts of the schema that is served at the moment.
  private final class Callers implements Authentication {
    @Override
    public Caller caller(String authorization) {
      return serving.accounts().authentication().caller(authorization);
    }

    @Override
    public Caller caller(String authorization, Request request) {
      return serving.accounts().authentication().caller(authorization, request);
    }

    @Override
    public boolean isOwn(String authorization) {
      return serving.accounts().authentication().isOwn(authorization);
    }

    @Override
    public Optional<String> metadata(Request request) {
      return serving.oauth().metadata(request);
    }

    @Override
    public Caller callerNow(String authorization, Request request) {
      return serving.accounts().authentication().callerNow(authorization, request);
    }
  }

  /// Request ids need to differ, not to be hard to guess, so they come from the cheap generator.
  private static Ids requestIds(Clock clock) {
    return new Ids(clock, () -> ThreadLocalRandom.current().nextLong());
  }

  private SigningKeys signingKeys(Engine engine) {
    return SigningKeys.open(
        settings.auth().jwt(),
        Secrets.of(start.environment()),
        folder.folder(),
        database,
        engine.sequencer(),
        clock);
  }

  private Accounts accounts(Engine engine, SigningKeys signingKeys, AccessTokens tokens) {
    return new Accounts(
        engine.accounts(database, clock, ids),
        settings.auth(),
        passwords,
        signingKeys,
        tokens,
        new ApiKeys(database, engine.sequencer(), clock),
        clients,
        addresses(),
        outbox,
        this::origin,
        () -> origin().orElseGet(this::url),
        new Lazy<>(this::factorSeal));
  }

  private Seal factorSeal() {
    return Seal.findOrMake(
        Seal.Purpose.FACTORS, Secrets.of(start.environment()), folder.folder(), new SecureRandom());
  }

  /// Under which clients know this server.
  private Set<String> addresses() {
    AuthSettings auth = settings.auth();
    return new HashSet<>(List.of(auth.issuerAt(issuer()), auth.audienceAt(issuer()), issuer()));
  }

  private Feed feed(Lanes lanes) {
    return new Feed(
            lanes.engine().schema(),
            lanes.engine().access(),
            database,
            lanes.engine().log(),
            lanes.committed(),
            clock,
            settings.live(),
            ServerSentEvent::notice,
            SecurityEvents::told)
        .start();
  }

  /// Stays the same over restarts, so that tokens do.
  private String issuer() {
    String origin = settings.auth().origin();
    return origin.isEmpty() ? url(settings.http().port()) : origin;
  }

  private Optional<String> origin() {
    String origin = settings.auth().origin();
    return origin.isEmpty() && start.development()
        ? Optional.of(url())
        : Optional.of(origin).filter(known -> !known.isEmpty());
  }

  private Optional<ClientDocuments> documents() {
    return settings.oauth().takesDocuments()
        ? Optional.of(
            new ClientDocuments(
                new OutgoingCalls(DOCUMENT_TIME, ClientDocuments.BYTES_MAX),
                settings.oauth().selfDescribed().documentOrigins(),
                clock))
        : Optional.empty();
  }

  /// Providers know one address of this server, and send browsers back there alone.
  private void requireOrigin() {
    if (!providers.isEmpty() && !start.development() && settings.auth().origin().isEmpty()) {
      throw new WrongSetting(
          "auth.origin",
          "is missing, and providers in auth.providers send browsers back there. Set it, such as https://shop.example.com");
    }
  }

  private OAuth oauth(Accounts accounts, SigningKeys signingKeys, SignInElsewhere elsewhere) {
    return new OAuth(
        accounts,
        clients,
        settings.oauth(),
        signingKeys,
        OAuth.Issuer.of(settings.auth(), issuer()),
        registration,
        elsewhere);
  }

  private Serving serving(Lanes lanes) {
    SigningKeys signingKeys = signingKeys(lanes.engine());
    AccessTokens tokens = settings.auth().accessTokens(signingKeys, issuer(), ids);
    Accounts accounts = accounts(lanes.engine(), signingKeys, tokens);
    Feed feed = feed(lanes);
    try {
      Streams streams = new Streams(feed);
      Set<String> scopes = Settings.scopes(lanes.engine().schema().schema(), settings.gateway());
      clients.requireScopes(scopes);
      clients.serve(scopes);
      ProviderSignIn elsewhere = new ProviderSignIn(accounts, providers, this::origin);
      OAuth oauth = oauth(accounts, signingKeys, elsewhere);
      List<Route> routes =
          faces.routes(lanes.engine(), accounts, elsewhere, oauth, streams, gateway.table());
      Routes all = Routes.of(routes);
      oauth.start();
      return new Serving(lanes.engine(), accounts, elsewhere, oauth, tokens, feed, streams, all);
    } catch (RuntimeException e) {
      feed.close();
      throw e;
    }
  }

  private Gateway gateway() {
    return Gateway.open(
        settings.gateway(),
        identities(settings.gateway()),
        clock,
        telemetry.metrics(),
        settings.http().networkSharePercent());
  }

  private Identities identities(GatewaySettings gateway) {
    return Identities.of(
        gateway,
        Secrets.of(start.environment()).bytes(Secrets.GATEWAY),
        () -> serving.tokens(),
        settings.auth().jwt().algorithm().shared());
  }

  private Faces faces() {
    Operators operators = new Operators(Secrets.of(start.environment()).bytes(Secrets.METRICS));
    return new Faces(
        settings,
        start.development(),
        new Health(checks()),
        new MetricsEndpoint(telemetry.metrics(), operators),
        new StaticFiles(settings.files()),
        operators,
        limits,
        ids);
  }

  private List<Health.Check> checks() {
    Health.Check log = Health.Check.vital("log", () -> logFailure(serving.engine()));
    return certificates
        .map(known -> List.of(log, Health.Check.warning("certificate", known::trouble)))
        .orElse(List.of(log));
  }

  private static Optional<String> logFailure(Engine engine) {
    try {
      engine.log().head();
      return Optional.empty();
    } catch (RuntimeException e) {
      return Optional.of("the log cannot be read");
    }
  }

  /// Serves another schema from now on: what was accepted is finished under the old one first.
  ///
  /// @throws dev.varve.store.state.SchemaRefused when stored data would be lost or misread; nothing changes then
  /// @throws dev.varve.settings.WrongSetting when an aggregate reads what it does not have; nothing changes then
  public synchronized void reload(Schema schema, Access access) {
    faces.require(schema, gateway.table(), clients);
    Serving old = serving;
    old.close();
    try {
      serve(lanes(database, schema, access, clock, settings, telemetry));
    } catch (RuntimeException e) {
      Engine before = old.engine();
      serve(lanes(database, before.schema().schema(), before.access(), clock, settings, telemetry));
      throw e;
    }
  }

  private void serve(Lanes lanes) {
    Serving next = serving(lanes);
    serving = next;
    server.routes(next.routes());
  }

  /// Serves the gateway of other settings from now on. No request is dropped: those under way, streams and WebSockets too, end
  /// with the services and routes that they began with.
  ///
  /// @return the keys of the other settings that are not what they were at the start: they wait for a restart
  /// @throws WrongSetting when the gateway cannot be as they say; nothing changes then
  public synchronized List<String> reload(Settings next) {
    GatewayTable table = gateway.prepare(next.gateway(), identities(next.gateway()));
    Serving now = serving;
    List<Route> routes =
        faces.routes(
            now.engine(), now.accounts(), now.elsewhere(), now.oauth(), now.streams(), table);
    serving = now.with(Routes.of(routes));
    server.routesBesideStreams(serving.routes());
    operations.ifPresent(other -> other.routesBesideStreams(Routes.of(faces.operations(table))));
    gateway.serve(table);
    return SettingRecords.differences(settings, next).stream()
        .filter(key -> !key.startsWith("gateway."))
        .toList();
  }

  /// Notes beside the data that this process reads its settings again at SIGHUP.
  public void takesHangups() {
    folder.takesHangups();
  }

  /// How many records of sample data were brought in.
  public long seeded() {
    return seeded;
  }

  /// The administrator that was made because there was none.
  public Optional<FirstAdministrator> firstAdministrator() {
    return firstAdministrator;
  }

  /// Makes an administrator when there is none.
  Optional<FirstAdministrator> ensureAdministrator() {
    return ensureAdministrator(serving.engine());
  }

  private Optional<FirstAdministrator> ensureAdministrator(Engine engine) {
    return FirstAdministrator.ensure(engine.schema().schema(), administration(engine));
  }

  /// What an operator does with accounts.
  Administration administration() {
    return administration(serving.engine());
  }

  private Administration administration(Engine engine) {
    return new Administration(engine.accounts(database, clock, ids), passwords);
  }

  /// What was altered to serve the schema, in sentences.
  public List<String> changes() {
    return serving.engine().schema().changes();
  }

  public Schema schema() {
    return serving.engine().schema().schema();
  }

  /// Where it can be reached from this machine.
  public String url() {
    return url(port());
  }

  private String url(int port) {
    String host = settings.http().host();
    return "%s://%s:%d"
        .formatted(
            settings.http().tls().enabled() ? "https" : "http",
            host.equals("0.0.0.0") ? "localhost" : host,
            port);
  }

  /// The port that is listened on.
  public int port() {
    return server.port();
  }

  /// Finishes what was accepted, then stops.
  @Override
  public void close() {
    server.stop();
    operations.ifPresent(HttpServer::stop);
    gateway.close();
    certificates.ifPresent(Certificates::close);
    serving.oauth().close();
    serving.feed().close();
    outbox.close();
    passwords.close();
    serving.engine().close();
    telemetry.close();
    database.close();
    folder.close();
  }
}
