package dev.varve.bench;

import dev.varve.bench.Figure.Target;
import dev.varve.bench.LoadedServer.Seen;
import java.util.ArrayList;
import java.util.List;

/// What it costs to know the caller and to hold every read to a rule: one record and a list with an access token under
/// an `owner` rule, against the same record and list open to everybody.
final class OwnerBenchmark implements Benchmark {
  private static final int CONNECTIONS = 64;
  private static final int OWNERS = 1_000;
  private static final int OWNERS_OF_FEW = 100;
  private static final int PAGE_RECORDS = 20;
  private static final long WARM_UP_REQUESTS = 300_000;
  private static final long WARM_UP_LISTS = 60_000;
  private static final double GET_RATIO_MIN = 0.8;
  private static final double LIST_RATIO_MAX = 1.1;

  @Override
  public String name() {
    return "owner";
  }

  @Override
  public String says() {
    return "GET by id and lists with an access token under an owner rule";
  }

  @Override
  public List<Figure> run(Lab lab) {
    int records = lab.quick() ? 10_000 : 100_000;
    int owners = lab.quick() ? OWNERS_OF_FEW : OWNERS;
    try (GuardedServer server = new GuardedServer(lab.guarded("owner"))) {
      lab.progress("filling two models with %,d records each".formatted(records));
      List<String> own = server.fill(records, owners);
      List<Figure> figures = new ArrayList<>(one(lab, server, own));
      figures.addAll(list(lab, server, records, owners));
      return figures;
    }
  }

  private static List<Figure> one(Lab lab, GuardedServer server, List<String> ids) {
    LoadedServer open =
        loaded(
            server, ids.stream().map(id -> Requests.get(GuardedServer.OPEN + "/" + id)).toList());
    LoadedServer own =
        loaded(
            server,
            ids.stream()
                .map(id -> Requests.get(GuardedServer.OWN + "/" + id, server.token()))
                .toList());
    lab.progress("warming up");
    open.warmUp(lab, WARM_UP_REQUESTS);
    own.warmUp(lab, WARM_UP_REQUESTS);
    Side<Seen> limit = new Side<>(() -> open.run(lab.round()));
    Side<Seen> ours = new Side<>(() -> own.run(lab.round()));
    lab.progress("%d rounds".formatted(lab.rounds()));
    Side.alternate(lab.rounds(), limit, ours);
    return List.of(
        Seen.perSecond(
            "GET by id with an access token and an owner rule, 64 connections; limit: without either",
            ours,
            limit,
            GET_RATIO_MIN),
        Seen.processorTime(ours, limit));
  }

  private static LoadedServer loaded(GuardedServer server, List<byte[]> requests) {
    return new LoadedServer(
        server.process(),
        new Load(server.port(), CONNECTIONS, requests.toArray(byte[][]::new), 200));
  }

  private static List<Figure> list(Lab lab, GuardedServer server, int records, int owners) {
    String page = "?sort=-createdAt&limit=" + PAGE_RECORDS;
    byte[] byRule = Requests.get(GuardedServer.OWN + page, server.token());
    byte[] byHand =
        Requests.get(GuardedServer.OPEN + page + "&owner=" + server.account(), server.token());
    requireSame(server.client().ask(byRule), server.client().ask(byHand));
    Load both = new Load(server.port(), 4, new byte[][] {byRule, byHand}, 200);
    lab.progress("warming up");
    lab.warmUp(both, WARM_UP_LISTS);
    Side<Double> rule = new Side<>(() -> medianMicros(lab, server.client(), byRule));
    Side<Double> hand = new Side<>(() -> medianMicros(lab, server.client(), byHand));
    lab.progress("%d rounds".formatted(2 * lab.rounds()));
    Side.alternate(2 * lab.rounds(), hand, rule);
    double ratio = Side.ratio(rule, micros -> micros, hand, micros -> micros);
    return List.of(
        Figure.of(
                "list of %d out of %,d records of %,d owners under an owner rule, median at one client; limit: the same filter by hand"
                    .formatted(PAGE_RECORDS, records, owners),
                Figure.micros(rule.median(micros -> micros)),
                Figure.micros(hand.median(micros -> micros)),
                ratio)
            .withTarget(Target.atMost(LIST_RATIO_MAX, ratio)));
  }

  /// The figures would mean nothing if the answers were wrong.
  private static void requireSame(Answer byRule, Answer byHand) {
    String rule = items(byRule.requireStatus(200));
    if (!rule.contains("parcel-0") || !rule.equals(items(byHand.requireStatus(200)))) {
      throw new IllegalStateException("Two answers should agree:\n" + byRule + "\n" + byHand);
    }
  }

  /// The ids alone: the two models were filled one after the other, so their instants differ.
  private static String items(Answer answer) {
    return answer.text().replaceAll("(?s)\"(createdAt|updatedAt|nextCursor)\":\"[^\"]*\"", "");
  }

  private static double medianMicros(Lab lab, Client client, byte[] request) {
    Latencies latencies = new Latencies();
    long end = System.nanoTime() + lab.round().dividedBy(4).toNanos();
    while (System.nanoTime() < end) {
      latencies.add(client.ask(request).requireStatus(200).nanos());
    }
    return latencies.nanos(0.5) / 1e3;
  }
}
