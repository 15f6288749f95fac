package dev.varve.bench;

import dev.varve.bench.Figure.Target;
import dev.varve.bench.LoadedServer.Seen;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What passes through the gateway with an access token to check, a limit and a breaker, against nginx that only passes
/// requests on, where it is installed, and against the service itself.
final class GatewayBenchmark implements Benchmark {
  private static final int CONNECTIONS = 64;
  private static final long WARM_UP_REQUESTS = 300_000;
  private static final double RATIO_MIN = 0.5;
  private static final int BODY_BYTES = 400;
  private static final String PATH = "/parcel";

  @Override
  public String name() {
    return "gateway";
  }

  @Override
  public String says() {
    return "GET through the gateway with token, limit and breaker, against the service itself and nginx";
  }

  @Override
  public List<Figure> run(Lab lab) {
    String body = "{\"parcel\":\"%s\"}".formatted("x".repeat(BODY_BYTES - 13));
    Answer answer =
        new Answer(
            200,
            "HTTP/1.1 200 OK\nContent-Type: application/json\n",
            body.getBytes(StandardCharsets.US_ASCII),
            0);
    try (Child service = lab.bare(PATH, answer);
        GuardedServer varve = new GuardedServer(lab.guarded("gateway", settings(service.port())))) {
      return measure(lab, service, varve);
    }
  }

  private static String settings(int port) {
    return """
    gateway:
      services:
        shipping:
          urls: ["http://127.0.0.1:%d"]
          connectionsMax: 256
          breaker: {failures: 5, recovery: 60s}
      routes:
        - path: %s
          to: shipping
          allow: authenticated
          limit: {requests: 1000000000, per: 1s}
    """
        .formatted(port, PATH);
  }

  private static List<Figure> measure(Lab lab, Child service, GuardedServer varve) {
    Optional<NginxServer> nginx = NginxServer.before(lab, service.port(), CONNECTIONS);
    try {
      Load direct = load(service.port(), Requests.get(PATH));
      LoadedServer ours =
          new LoadedServer(varve.process(), load(varve.port(), Requests.get(PATH, varve.token())));
      Optional<Load> passed = nginx.map(server -> load(server.port(), Requests.get(PATH)));
      lab.progress("warming up");
      lab.warmUp(direct, WARM_UP_REQUESTS);
      ours.warmUp(lab, WARM_UP_REQUESTS);
      passed.ifPresent(load -> lab.warmUp(load, WARM_UP_REQUESTS / 3));
      return figures(lab, direct, ours, passed);
    } finally {
      nginx.ifPresent(NginxServer::close);
    }
  }

  private static Load load(int port, byte[] request) {
    return new Load(port, CONNECTIONS, new byte[][] {request}, 200);
  }

  private static List<Figure> figures(
      Lab lab, Load direct, LoadedServer ours, Optional<Load> passed) {
    Side<Double> directSide = new Side<>(() -> direct.run(lab.round()).perSecond());
    Side<Seen> ourSide = new Side<>(() -> ours.run(lab.round()));
    Side<Double> passedSide =
        new Side<>(() -> passed.map(load -> load.run(lab.round()).perSecond()).orElse(Double.NaN));
    lab.progress("%d rounds".formatted(lab.rounds()));
    Side.alternate(lab.rounds(), directSide, ourSide, passedSide);
    List<Figure> figures = new ArrayList<>();
    if (passed.isPresent()) {
      double ofNginx = Side.ratio(ourSide, Seen::perSecond, passedSide, rate -> rate);
      figures.add(
          Figure.of(
                  "GET through the gateway with token, limit and breaker, 64 connections; limit: nginx with proxy_pass alone",
                  Figure.perSecond(ourSide.median(Seen::perSecond)),
                  Figure.perSecond(passedSide.median(rate -> rate)),
                  ofNginx)
              .withTarget(Target.atLeast(RATIO_MIN, ofNginx)));
    }
    figures.add(
        Figure.of(
            "- the same; limit: the service itself",
            Figure.perSecond(ourSide.median(Seen::perSecond)),
            Figure.perSecond(directSide.median(rate -> rate)),
            Side.ratio(ourSide, Seen::perSecond, directSide, rate -> rate)));
    figures.add(
        Figure.alone(
            "- processor time of the gateway for one request",
            Figure.micros(ourSide.median(Seen::cpuMicros))));
    figures.add(
        Figure.alone(
            "- allocated for one request",
            Figure.bytes(ours.allocatedBytes(Duration.ofSeconds(2)))));
    return figures;
  }
}
