package dev.varve.node;

import dev.varve.face.file.StaticFiles;
import dev.varve.face.gateway.Gateway;
import dev.varve.face.gateway.GatewaySettings;
import dev.varve.face.gateway.GatewayTable;
import dev.varve.face.gateway.Identities;
import dev.varve.identity.account.Administration;
import dev.varve.identity.token.Secrets;
import dev.varve.lane.access.Access;
import dev.varve.net.certificate.Certificates;
import dev.varve.net.http.Health;
import dev.varve.net.http.MetricsEndpoint;
import dev.varve.net.http.Operators;
import dev.varve.net.http.Route;
import dev.varve.net.http.Routes;
import dev.varve.net.limit.BucketStores;
import dev.varve.net.limit.RateLimits;
import dev.varve.net.limit.SharedBuckets;
import dev.varve.schema.Schema;
import dev.varve.settings.SettingRecords;
import dev.varve.settings.WrongSetting;
import dev.varve.store.sql.DataFormat;
import dev.varve.store.state.AppliedSchema;
import dev.varve.store.state.EarlierFile;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running Varve: every stage, wired in flow order.
///
/// data folder -> database -> log, state, cache -> write lane and read lane -> accounts -> feed -> faces -> listener
public final class App implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(App.class);

  private final Ground ground;
  private final Address address;
  private final IdentityStages identity;
  private final Optional<SharedBuckets> sharedBuckets;
  private final RateLimits limits;
  private final Optional<Certificates> certificates;
  private final Gateway gateway;
  private final Faces faces;
  private final long seeded;
  private final Optional<FirstAdministrator> firstAdministrator;
  private final Listeners listeners;
  private volatile Serving serving;
  // that this node was told to serve last; another node may have brought the data further since
  private volatile Schema file;

  private App(Ground ground, Lanes lanes, Schema file) {
    this.ground = ground;
    this.file = file;
    Start start = ground.start();
    Settings settings = ground.settings();
    this.address = new Address(settings, start.development(), this::port);
    this.identity = new IdentityStages(ground, address);
    this.sharedBuckets =
        settings.nodes().open(start.environment(), ground.clock(), ground.telemetry().metrics());
    this.limits = RateLimits.of(settings.limits(), buckets(), ground.telemetry().metrics());
    this.certificates = ground.certificates();
    this.gateway = gateway();
    try {
      this.faces = faces();
      Engine engine = lanes.engine();
      this.seeded =
          start
              .samples()
              .map(app -> SampleData.loadOnce(engine, ground.database(), app))
              .orElse(0L);
      this.firstAdministrator =
          start.samples().isPresent() ? ensureAdministrator(engine) : Optional.empty();
      this.serving = serving(lanes);
      this.listeners =
          Listeners.start(
              ground,
              serving.routes(),
              operations(gateway.table()),
              new Listeners.With(certificates, new Callers(() -> serving), limits));
      ground
          .membership()
          .serves(
              new NodeMembership.Serves(
                  this::url, () -> serving, () -> this.file, this::reloadNewest));
      new StageMeasures(ground.telemetry().metrics())
          .add(
              () -> serving,
              ground.database(),
              ground.folder().database(),
              identity.passwords(),
              certificates);
    } catch (RuntimeException e) {
      gateway.close();
      certificates.ifPresent(Certificates::close);
      identity.close();
      sharedBuckets.ifPresent(SharedBuckets::close);
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
    Ground ground = Ground.open(start, settings, data, clock);
    try {
      Lanes lanes = Lanes.start(ground, new WantedSchema(schema, access, earlier(ground)));
      try {
        return new App(ground, lanes, schema);
      } catch (RuntimeException e) {
        lanes.engine().close();
        throw e;
      }
    } catch (RuntimeException e) {
      ground.close();
      throw e;
    }
  }

  /// Whoever writes an application and takes an edit back means it.
  private static EarlierFile earlier(Ground ground) {
    return ground.start().development() ? EarlierFile.APPLIED : EarlierFile.at(ground.database());
  }

  private BucketStores buckets() {
    return sharedBuckets.<BucketStores>map(shared -> shared).orElse(BucketStores.LOCAL);
  }

  private Gateway gateway() {
    Settings settings = ground.settings();
    return Gateway.open(
        settings.gateway(),
        identities(settings.gateway()),
        ground.clock(),
        buckets(),
        ground.telemetry().metrics(),
        settings.http().networkSharePercent());
  }

  private Identities identities(GatewaySettings gateway) {
    return Identities.of(
        gateway,
        ground.secrets().bytes(Secrets.GATEWAY),
        () -> serving.tokens(),
        ground.settings().auth().jwt().algorithm().shared());
  }

  private Faces faces() {
    Operators operators = new Operators(ground.secrets().bytes(Secrets.METRICS));
    return new Faces(
        ground.settings(),
        ground.start().development(),
        new Health(
            Checks.of(
                () -> serving,
                () -> this.file,
                ground.database().isShared(),
                ground.clock(),
                certificates)),
        new MetricsEndpoint(ground.telemetry().metrics(), operators),
        new StaticFiles(ground.settings().files()),
        operators,
        new NodesEndpoint(ground.database(), ground.clock(), operators),
        limits,
        ground.ids(),
        identity.languages());
  }

  private Serving serving(Lanes lanes) {
    return Serving.over(lanes, ground, identity, faces, gateway.table());
  }

  private Routes operations(GatewayTable gateway) {
    return Routes.of(faces.operations(gateway));
  }

  /// Serves another schema from now on, also one that was served before: what was accepted is finished under the old one first.
  ///
  /// @throws dev.varve.store.state.SchemaRefused when stored data would be lost or misread; nothing changes then
  /// @throws dev.varve.settings.WrongSetting when an aggregate reads what it does not have; nothing changes then
  public synchronized void reload(Schema schema, Access access) {
    faces.require(schema, gateway.table(), identity.clients());
    Serving old = serving;
    old.close();
    try {
      serve(Lanes.start(ground, new WantedSchema(schema, access, EarlierFile.APPLIED)));
      file = schema;
    } catch (RuntimeException e) {
      Engine before = old.engine();
      serve(
          Lanes.start(
              ground,
              new WantedSchema(before.schema().schema(), before.access(), earlier(ground))));
      throw e;
    }
  }

  /// Serves the schema that another node has brought the data to. Where that fails, it is tried again.
  private synchronized void reloadNewest() {
    if (ground.membership().isEnding()) {
      return;
    }
    ground.database().<Boolean>read(DataFormat::require);
    StoredSchema newest = StoredSchema.of(ground.database());
    faces.require(newest.schema(), gateway.table(), identity.clients());
    serving.close();
    serve(
        Lanes.start(
            ground, new WantedSchema(newest.schema(), newest.access(), EarlierFile.LEFT_BEHIND)));
    AppliedSchema served = serving.engine().schema();
    LOG.info(
        "Another node has brought the data to schema version {}: this one serves it, too. Its own file is version {}",
        served.version(),
        served.versionOf(file));
  }

  private void serve(Lanes lanes) {
    try {
      Serving next = serving(lanes);
      serving = next;
      listeners.routes(next.routes());
    } catch (RuntimeException e) {
      lanes.engine().close();
      throw e;
    }
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
    listeners.routesBesideStreams(serving.routes(), operations(table));
    gateway.serve(table);
    return SettingRecords.differences(ground.settings(), next).stream()
        .filter(key -> !key.startsWith("gateway."))
        .toList();
  }

  /// Notes beside the data that this process reads its settings again at SIGHUP.
  public void takesHangups() {
    ground.folder().takesHangups();
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
    return FirstAdministrator.ensure(engine.schema().schema(), identity.administration(engine));
  }

  /// What an operator does with accounts.
  Administration administration() {
    return identity.administration(serving.engine());
  }

  /// What was altered to serve the schema, in sentences.
  public List<String> changes() {
    return serving.engine().schema().changes();
  }

  /// Everything that callers may ask for.
  List<Route> routes() {
    return serving.routes().all();
  }

  public Schema schema() {
    return serving.engine().schema().schema();
  }

  /// Where it can be reached from this machine.
  public String url() {
    return address.url();
  }

  /// The port that is listened on.
  public int port() {
    return listeners.port();
  }

  /// Finishes what was accepted, then stops.
  @Override
  public void close() {
    ground.membership().ends();
    listeners.stop();
    endAll();
  }

  /// Whoever brings in another schema meanwhile is waited for: the stages that serve it are to be ended, too.
  private synchronized void endAll() {
    gateway.close();
    sharedBuckets.ifPresent(SharedBuckets::close);
    certificates.ifPresent(Certificates::close);
    serving.oauth().close();
    serving.feed().close();
    identity.close();
    serving.engine().close();
    ground.leave();
    ground.close();
  }
}
