package dev.varve.bench;

import dev.varve.bench.LoadedServer.Seen;
import java.net.URI;
import java.util.List;

/// What the front door costs: a limit on how often callers ask, and pages of another origin, against a server with neither.
final class DoorBenchmark implements Benchmark {
  private static final int CONNECTIONS = 64;
  private static final int RECORDS = 1_000;
  private static final long WARM_UP_REQUESTS = 300_000;
  private static final double RATIO_MIN = 0.93;
  private static final URI ORIGIN = URI.create("https://shop.example");
  private static final String GUARDED =
      """
      http:
        cors:
          origins: ["%s"]
      limits:
        - {name: reads, requests: 1000000000, per: 1m, routes: ["/api/*"], methods: [GET]}
        - {name: anonymous-writes, enabled: false}
      """
          .formatted(ORIGIN);

  @Override
  public String name() {
    return "door";
  }

  @Override
  public String says() {
    return "GET by id under a limit and for a page of another origin, against neither";
  }

  @Override
  public List<Figure> run(Lab lab) {
    try (Child open = lab.varve("door-open");
        Child guarded = lab.configured("door-guarded", GUARDED)) {
      LoadedServer without = loaded(open);
      LoadedServer with = loaded(guarded);
      lab.progress("warming up");
      without.warmUp(lab, WARM_UP_REQUESTS);
      with.warmUp(lab, WARM_UP_REQUESTS);
      Side<Seen> limit = new Side<>(() -> without.run(lab.round()));
      Side<Seen> ours = new Side<>(() -> with.run(lab.round()));
      // a difference this small wants more turns than others
      int rounds = 3 * lab.rounds();
      lab.progress("%d rounds".formatted(rounds));
      Side.alternate(rounds, limit, ours);
      return figures(ours, limit);
    }
  }

  private static LoadedServer loaded(Child server) {
    int port = server.port();
    byte[][] requests =
        Orders.create(port, RECORDS).stream()
            .map(target -> Requests.get(target, ORIGIN))
            .toArray(byte[][]::new);
    return new LoadedServer(server, new Load(port, CONNECTIONS, requests, 200));
  }

  private static List<Figure> figures(Side<Seen> ours, Side<Seen> limit) {
    return List.of(
        Seen.perSecond(
            "GET by id with a rate limit and CORS, 64 connections; limit: with neither",
            ours,
            limit,
            RATIO_MIN),
        Seen.processorTime(ours, limit));
  }
}
