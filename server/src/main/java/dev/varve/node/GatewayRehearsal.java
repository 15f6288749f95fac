package dev.varve.node;

import dev.varve.face.file.StaticFiles;
import dev.varve.face.gateway.GatewayLint;
import dev.varve.face.gateway.aggregate.Aggregates;
import dev.varve.face.rest.Rest;
import dev.varve.lane.access.Access;
import dev.varve.net.http.Route;
import dev.varve.net.limit.RateLimits;
import dev.varve.schema.Schema;
import dev.varve.settings.WrongSetting;
import dev.varve.store.cache.CacheSettings;
import dev.varve.store.log.Follower;
import dev.varve.store.sql.DataFolder;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.DatabaseOptions;
import dev.varve.store.sql.Migrations;
import dev.varve.telemetry.Metrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Tries the gateway over the reads of a schema as a start would, without a server: on an empty database of its own.
public final class GatewayRehearsal {
  private GatewayRehearsal() {}

  /// What a start would refuse.
  public static List<WrongSetting> refusals(Settings settings, Schema schema, Access access) {
    Path folder = temporary();
    try (DataFolder held = DataFolder.hold(folder);
        Database database = Database.open(held.database(), DatabaseOptions.DEFAULT)) {
      Migrations.run(database);
      try (Engine engine = engine(database, settings, schema, access)) {
        return refusals(settings, engine);
      }
    } finally {
      delete(folder);
    }
  }

  private static Engine engine(Database database, Settings settings, Schema schema, Access access) {
    return Engine.start(
        database,
        schema,
        access,
        Clock.systemUTC(),
        settings.write(),
        CacheSettings.NONE,
        Follower.NONE,
        Metrics.NONE);
  }

  private static List<WrongSetting> refusals(Settings settings, Engine engine) {
    Rest rest =
        new Rest(
            engine.schema().schema(),
            engine.schema().version(),
            settings.rest(),
            engine.access(),
            engine.query(),
            engine.sequencer(),
            () -> "");
    List<Route> others = new ArrayList<>(rest.routes());
    others.addAll(new StaticFiles(settings.files()).routes(rest.routes()));
    return new GatewayLint(settings.gateway())
        .refusals(
            new Aggregates.Own(rest.reads(), RateLimits.NONE, engine.query()::position), others);
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("varve-gateway-");
    } catch (IOException e) {
      throw new UncheckedIOException("There is no folder for a moment", e);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + folder, e);
    }
  }
}
