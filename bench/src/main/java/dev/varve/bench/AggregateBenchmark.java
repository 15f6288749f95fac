package dev.varve.bench;

import dev.varve.bench.Figure.Target;
import java.util.ArrayList;
import java.util.List;

/// What it costs to ask three parts at once, against the slowest of them alone: a record of Varve's own, and two answers of a
/// service that waits before it gives them.
final class AggregateBenchmark implements Benchmark {
  private static final int RECORDS = 200;
  private static final int WARM_UP_CONNECTIONS = 4;
  private static final long WARM_UP_REQUESTS = 30_000;
  private static final double RATIO_MAX = 1.2;
  private static final double MORE_MICROS = 1_000;

  /// How long the two answers of the service take, in milliseconds.
  private record Waits(int one, int other) {
    String path() {
      return "/pages/%d-%d/".formatted(one, other);
    }

    String aggregate() {
      return """
          - path: "%s{id}"
            allow: public
            parts:
              order: {varve: "/api/orders/{id}"}
              parcel: {service: other, path: /wait/%d, pick: "items[0]"}
              invoice: {service: other, path: /wait/%d}
      """
          .formatted(path(), one, other);
    }
  }

  private static final List<Waits> ALL = List.of(new Waits(0, 0), new Waits(5, 10));

  @Override
  public String name() {
    return "aggregate";
  }

  @Override
  public String says() {
    return "an aggregate of three parts against its slowest part, at one client";
  }

  @Override
  public List<Figure> run(Lab lab) {
    try (Child service = Child.main(lab.folder(), "waiting", WaitingService.class, List.of())) {
      int servicePort = service.port();
      try (Child varve = lab.configured("aggregate", settings(servicePort), Allocation.FLAGS)) {
        return run(lab, varve, servicePort);
      }
    }
  }

  private static String settings(int servicePort) {
    StringBuilder settings =
        new StringBuilder(
            """
            gateway:
              services:
                other: {urls: ["http://127.0.0.1:%d"]}
              aggregates:
            """
                .formatted(servicePort));
    ALL.forEach(waits -> settings.append(waits.aggregate()));
    return settings.toString();
  }

  private static List<Figure> run(Lab lab, Child varve, int servicePort) {
    int port = varve.port();
    String order = Orders.create(port, RECORDS).getFirst();
    String id = order.substring(order.lastIndexOf('/') + 1);
    List<Figure> figures = new ArrayList<>();
    try (Client client = new Client(port);
        Client serviceClient = new Client(servicePort)) {
      lab.progress("warming up");
      byte[] fastest = Requests.get(ALL.getFirst().path() + id);
      lab.warmUp(
          new Load(port, WARM_UP_CONNECTIONS, new byte[][] {fastest}, 200), WARM_UP_REQUESTS);
      for (Waits waits : ALL) {
        byte[] whole = Requests.get(waits.path() + id);
        byte[] slowest = Requests.get("/wait/" + waits.other());
        requireWhole(client.ask(whole));
        Side<Double> limit = new Side<>(() -> medianMicros(lab, serviceClient, slowest));
        Side<Double> ours = new Side<>(() -> medianMicros(lab, client, whole));
        lab.progress("%d rounds".formatted(lab.rounds()));
        Side.alternate(lab.rounds(), limit, ours);
        figures.add(figure(waits, ours, limit));
      }
      figures.add(allocated(lab, varve, port, fastest));
    }
    return figures;
  }

  /// The figures would mean nothing if parts were missing.
  private static void requireWhole(Answer answer) {
    String text = answer.requireStatus(200).text();
    if (!text.contains("\"customer\"")
        || !text.contains("\"invoice\"")
        || text.contains("errors")) {
      throw new IllegalStateException("A part is missing:\n" + answer);
    }
  }

  private static double medianMicros(Lab lab, Client client, byte[] request) {
    Latencies latencies = new Latencies();
    long end = System.nanoTime() + lab.round().toNanos();
    while (System.nanoTime() < end) {
      latencies.add(client.ask(request).requireStatus(200).nanos());
    }
    return latencies.nanos(0.5) / 1e3;
  }

  private static Figure figure(Waits waits, Side<Double> ours, Side<Double> limit) {
    double micros = ours.median(each -> each);
    double slowest = limit.median(each -> each);
    return Figure.of(
            "an aggregate of three parts, a record and a service's in %d and %d ms, median at one client; limit: the slowest part from the service itself"
                .formatted(waits.one(), waits.other()),
            Figure.millis(micros / 1e3),
            Figure.millis(slowest / 1e3),
            Side.ratio(ours, each -> each, limit, each -> each))
        .withTarget(
            new Target("at most 1.20 and 1 ms", micros <= RATIO_MAX * slowest + MORE_MICROS));
  }

  private static Figure allocated(Lab lab, Child varve, int port, byte[] request) {
    Load load = new Load(port, WARM_UP_CONNECTIONS, new byte[][] {request}, 200);
    return Figure.alone(
        "- allocated for one request",
        Figure.bytes(new LoadedServer(varve, load).allocatedBytes(lab.round())));
  }
}
