package dev.varve;

import dev.varve.access.Access;
import dev.varve.http.Authentication;
import dev.varve.http.Health;
import dev.varve.http.HttpServer;
import dev.varve.http.Routes;
import dev.varve.kernel.Ids;
import dev.varve.live.Arrivals;
import dev.varve.live.Events;
import dev.varve.live.Feed;
import dev.varve.log.Follower;
import dev.varve.rest.Rest;
import dev.varve.schema.Schema;
import dev.varve.sql.DataFolder;
import dev.varve.sql.Database;
import dev.varve.sql.DatabaseSettings;
import dev.varve.sql.Migrations;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// A running Varve: every stage, wired in flow order.
///
/// data folder -> database -> log, state, cache -> write lane and read lane -> feed -> faces -> listener
public final class App implements AutoCloseable {
  private final Settings settings;
  private final Clock clock;
  private final Ids ids;
  private final DataFolder folder;
  private final Database database;
  private final HttpServer server;
  private volatile Engine engine;
  private volatile Feed feed;

  private App(Settings settings, Path data, Schema schema, Access access, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    this.ids = new Ids(clock, new SecureRandom());
    this.folder = DataFolder.hold(data);
    this.database = Database.open(folder.database(), DatabaseSettings.DEFAULT);
    Migrations.run(database);
    Arrivals arrivals = new Arrivals();
    this.engine = engine(schema, access, arrivals);
    this.feed = feed(engine, arrivals);
    this.server =
        HttpServer.start(
            settings.http(), routes(engine), clock, requestIds(clock), Authentication.NONE);
  }

  /// Starts a server on the data in a folder.
  ///
  /// @param access the compiled rules of `schema`
  public static App start(Settings settings, Path data, Schema schema, Access access, Clock clock) {
    return new App(settings, data, schema, access, clock);
  }

  /// Request ids need to differ, not to be hard to guess, so they come from the cheap generator.
  private static Ids requestIds(Clock clock) {
    return new Ids(clock, () -> ThreadLocalRandom.current().nextLong());
  }

  private Engine engine(Schema schema, Access access, Follower follower) {
    return Engine.start(
        database, schema, access, clock, settings.write(), settings.cache(), follower);
  }

  private Feed feed(Engine engine, Arrivals arrivals) {
    return new Feed(
            engine.schema(),
            engine.access(),
            database,
            engine.log(),
            arrivals,
            clock,
            settings.live())
        .start();
  }

  private Routes routes(Engine engine) {
    Routes.Builder routes = Routes.builder();
    new Health(List.of(new Health.Check("log", this::logFailure))).addTo(routes);
    new Rest(
            engine.schema().schema(),
            engine.schema().version(),
            settings.rest(),
            engine.access(),
            engine.query(),
            engine.sequencer(),
            ids)
        .addTo(routes);
    new Events(engine.schema().schema(), feed).addTo(routes);
    return routes.build();
  }

  private Optional<String> logFailure() {
    try {
      engine.log().head();
      return Optional.empty();
    } catch (RuntimeException e) {
      return Optional.of("the log cannot be read");
    }
  }

  /// Serves another schema from now on: what was accepted is finished under the old one first.
  ///
  /// @throws dev.varve.state.SchemaRefused when stored data would be lost or misread; nothing changes then
  public void reload(Schema schema, Access access) {
    Engine old = engine;
    feed.close();
    old.close();
    try {
      serve(schema, access);
    } catch (RuntimeException e) {
      serve(old.schema().schema(), old.access());
      throw e;
    }
  }

  private void serve(Schema schema, Access access) {
    Arrivals arrivals = new Arrivals();
    engine = engine(schema, access, arrivals);
    feed = feed(engine, arrivals);
    server.routes(routes(engine));
  }

  /// Brings in the sample data of an application that has no data yet.
  ///
  /// @return how many records were made
  public long seed(Path app) {
    List<String> files = SeedData.files(schema(), app);
    return files.isEmpty() || engine.log().head().position() > 0 ? 0 : SeedData.load(engine, files);
  }

  /// What was altered to serve the schema, in sentences.
  public List<String> changes() {
    return engine.schema().changes();
  }

  public Schema schema() {
    return engine.schema().schema();
  }

  /// Where it can be reached from this machine.
  public String url() {
    String host = settings.http().host();
    return "http://%s:%d".formatted(host.equals("0.0.0.0") ? "localhost" : host, port());
  }

  /// The port that is listened on.
  public int port() {
    return server.port();
  }

  /// Finishes what was accepted, then stops.
  @Override
  public void close() {
    server.stop();
    feed.close();
    engine.close();
    database.close();
    folder.close();
  }
}
