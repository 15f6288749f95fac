package dev.varve.node;

import dev.varve.kernel.Ids;
import dev.varve.net.certificate.Certificates;
import dev.varve.net.edge.HttpServer;
import dev.varve.net.http.Authentication;
import dev.varve.net.http.Routes;
import dev.varve.net.limit.RateLimits;
import dev.varve.settings.WrongSetting;
import dev.varve.telemetry.Telemetry;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// The ports that are listened on: one for callers, and one for operators alone where the settings want that.
final class Listeners {
  private final HttpServer server;
  private final Optional<HttpServer> operations;

  private Listeners(HttpServer server, Optional<HttpServer> operations) {
    this.server = server;
    this.operations = operations;
  }

  /// What is listened with.
  record With(Optional<Certificates> certificates, Authentication callers, RateLimits limits) {}

  /// @param operations what is for operators alone, if they have a port of their own
  static Listeners start(Ground ground, Routes routes, Routes operations, With with) {
    HttpServer server =
        HttpServer.start(
            ground.settings().http(),
            routes,
            ground.clock(),
            requestIds(ground.clock()),
            with.callers(),
            with.certificates(),
            with.limits(),
            ground.telemetry());
    int port = ground.settings().telemetry().port();
    if (port == 0) {
      return new Listeners(server, Optional.empty());
    }
    try {
      return new Listeners(server, Optional.of(operations(ground, port, operations, with)));
    } catch (HttpServer.CannotListen e) {
      server.stop();
      throw new WrongSetting(
          "telemetry.port",
          "is %d, and nobody can listen there: %s. Choose another".formatted(port, e.reason()));
    }
  }

  private static HttpServer operations(Ground ground, int port, Routes routes, With with) {
    return HttpServer.start(
        ground.settings().http().beside(port),
        routes,
        ground.clock(),
        requestIds(ground.clock()),
        Authentication.NONE,
        with.certificates(),
        RateLimits.NONE,
        Telemetry.NONE);
  }

  /// Request ids need to differ, not to be hard to guess, so they come from the cheap generator.
  private static Ids requestIds(Clock clock) {
    return new Ids(clock, () -> ThreadLocalRandom.current().nextLong());
  }

  int port() {
    return server.port();
  }

  void routes(Routes routes) {
    server.routes(routes);
  }

  /// Others from now on; streams and WebSockets that are open stay.
  void routesBesideStreams(Routes routes, Routes forOperators) {
    server.routesBesideStreams(routes);
    operations.ifPresent(other -> other.routesBesideStreams(forOperators));
  }

  void stop() {
    server.stop();
    operations.ifPresent(HttpServer::stop);
  }
}
