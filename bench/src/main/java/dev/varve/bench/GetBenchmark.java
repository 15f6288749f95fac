package dev.varve.bench;

import dev.varve.bench.Figure.Target;
import dev.varve.bench.LoadedServer.Seen;
import java.util.List;

/// One record by its id, from the cache, against a bare handler that sends the same bytes.
final class GetBenchmark implements Benchmark {
  private static final int CONNECTIONS = 64;
  private static final int RECORDS = 1_000;
  private static final long WARM_UP_REQUESTS = 300_000;
  private static final double RATIO_MIN = 0.8;

  @Override
  public String name() {
    return "get";
  }

  @Override
  public String says() {
    return "GET by id from the cache, 64 connections";
  }

  @Override
  public List<Figure> run(Lab lab) {
    try (Child varve = lab.varve("get")) {
      int port = varve.port();
      List<String> paths = Orders.create(port, RECORDS);
      Answer answer;
      try (Client client = new Client(port)) {
        answer = client.get(paths.getFirst()).requireStatus(200);
      }
      try (Child bare = lab.bare(Orders.PATH + "/{id}", answer)) {
        byte[][] requests = paths.stream().map(Requests::get).toArray(byte[][]::new);
        return duel(lab, server(varve, port, requests), server(bare, bare.port(), requests));
      }
    }
  }

  private static LoadedServer server(Child server, int port, byte[][] requests) {
    return new LoadedServer(server, new Load(port, CONNECTIONS, requests, 200));
  }

  private static List<Figure> duel(Lab lab, LoadedServer varve, LoadedServer bare) {
    lab.progress("warming up");
    varve.warmUp(lab, WARM_UP_REQUESTS);
    bare.warmUp(lab, WARM_UP_REQUESTS);
    Side<Seen> limit = new Side<>(() -> bare.run(lab.round()));
    Side<Seen> ours = new Side<>(() -> varve.run(lab.round()));
    lab.progress("%d rounds".formatted(lab.rounds()));
    Side.alternate(lab.rounds(), limit, ours);
    double ratio = Side.ratio(ours, Seen::perSecond, limit, Seen::perSecond);
    return List.of(
        Figure.of(
                "GET by id from the cache, 64 connections; limit: bare Helidon handler",
                Figure.perSecond(ours.median(Seen::perSecond)),
                Figure.perSecond(limit.median(Seen::perSecond)),
                ratio)
            .withTarget(Target.atLeast(RATIO_MIN, ratio)),
        Figure.of(
            "- processor time of the server for one request",
            Figure.micros(ours.median(Seen::cpuMicros)),
            Figure.micros(limit.median(Seen::cpuMicros)),
            Side.ratio(ours, Seen::cpuMicros, limit, Seen::cpuMicros)),
        Figure.of(
            "- 99 of 100 answered within",
            Figure.millis(ours.median(Seen::slowMillis)),
            Figure.millis(limit.median(Seen::slowMillis)),
            Side.ratio(ours, Seen::slowMillis, limit, Seen::slowMillis)));
  }
}
