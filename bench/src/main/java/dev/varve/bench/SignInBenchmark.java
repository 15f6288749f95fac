package dev.varve.bench;

import dev.varve.bench.Figure.Target;
import dev.varve.identity.account.Passwords;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Sign-ins, each of which hashes a password on purpose slowly, against what the cores that they have could hash if they did nothing
/// else; and what other requests feel of it.
final class SignInBenchmark implements Benchmark {
  private static final int CORES = Runtime.getRuntime().availableProcessors();
  // those that the server hashes on
  private static final int SIGN_IN_CORES = Passwords.threads();
  // more than can be hashed at once, so that a core never waits for the next
  private static final int SIGN_IN_CONNECTIONS = CORES + 1;
  private static final int ACCOUNTS = 30;
  private static final long WARM_UP_SIGN_INS = 300;
  private static final double RATIO_MIN = 0.9;
  private static final double SLOWER_MAX = 2;
  // a client that asks now and then, as people do
  private static final long PAUSE_MICROS = 2_000;

  @Override
  public String name() {
    return "sign-in";
  }

  @Override
  public String says() {
    return "sign-ins at the default cost of a hash, and other requests meanwhile";
  }

  /// One turn.
  ///
  /// @param slowMillis 99 of 100 other requests were answered within
  private record Turn(double perSecond, double slowMillis) {}

  @Override
  public List<Figure> run(Lab lab) {
    try (GuardedServer server = new GuardedServer(lab.guarded("sign-in"));
        Child hashing = Child.main(lab.folder(), "hashing", Hashing.class, List.of())) {
      String id = server.fill(1, 1).getFirst();
      byte[] other = Requests.get(GuardedServer.OPEN + "/" + id);
      Load signIns = new Load(server.port(), SIGN_IN_CONNECTIONS, server.signIns(ACCOUNTS), 200);
      lab.progress("warming up");
      lab.warmUp(signIns, WARM_UP_SIGN_INS);
      Hashing.perSecond(hashing, CORES, lab.round());
      Side<Double> all = new Side<>(() -> Hashing.perSecond(hashing, CORES, lab.round()));
      Side<Double> own = new Side<>(() -> Hashing.perSecond(hashing, SIGN_IN_CORES, lab.round()));
      Side<Double> alone = new Side<>(() -> slowMillis(server.client(), other, lab.round()));
      Side<Turn> busy = new Side<>(() -> turn(signIns, server.client(), other, lab.round()));
      Side<Double> elsewhere =
          new Side<>(() -> beside(hashing, server.client(), other, lab.round()));
      lab.progress("%d rounds".formatted(lab.rounds()));
      Side.alternate(lab.rounds(), all, own, alone, elsewhere, busy);
      List<Figure> figures = new ArrayList<>(figures(all, own));
      figures.addAll(figures(own, alone, elsewhere, busy));
      return figures;
    }
  }

  /// What the machine gives, without a server.
  private static List<Figure> figures(Side<Double> all, Side<Double> own) {
    return List.of(
        Figure.of(
            "hashes on all cores (%d), nothing else; limit: on those of sign-ins (%d)"
                .formatted(CORES, SIGN_IN_CORES),
            Figure.perSecond(all.median(rate -> rate)),
            Figure.perSecond(own.median(rate -> rate)),
            Side.ratio(all, rate -> rate, own, rate -> rate)),
        Figure.alone(
            "- one hash, on each of those at once",
            Figure.millis(SIGN_IN_CORES * 1e3 / own.median(rate -> rate))));
  }

  private static List<Figure> figures(
      Side<Double> own, Side<Double> alone, Side<Double> elsewhere, Side<Turn> busy) {
    double ratio = Side.ratio(busy, Turn::perSecond, own, rate -> rate);
    double slower = Side.ratio(busy, Turn::slowMillis, alone, millis -> millis);
    return List.of(
        Figure.of(
                "sign-ins; limit: their cores hash and do nothing else",
                Figure.perSecond(busy.median(Turn::perSecond)),
                Figure.perSecond(own.median(rate -> rate)),
                ratio)
            .withTarget(Target.atLeast(RATIO_MIN, ratio)),
        Figure.of(
                "- 99 of 100 other requests answered within; limit: without sign-ins",
                Figure.millis(busy.median(Turn::slowMillis)),
                Figure.millis(alone.median(millis -> millis)),
                slower)
            .withTarget(Target.atMost(SLOWER_MAX, slower)),
        Figure.of(
            "- the same with no sign-in, while another process hashes on as many cores",
            Figure.millis(elsewhere.median(millis -> millis)),
            Figure.millis(alone.median(millis -> millis)),
            Side.ratio(elsewhere, millis -> millis, alone, millis -> millis)));
  }

  /// What other requests take while another process hashes, and the server does nothing else.
  private static double beside(Child hashing, Client client, byte[] other, Duration duration) {
    CompletableFuture<Double> rate =
        CompletableFuture.supplyAsync(() -> Hashing.perSecond(hashing, SIGN_IN_CORES, duration));
    double slow = slowMillis(client, other, duration);
    rate.join();
    return slow;
  }

  private static Turn turn(Load signIns, Client client, byte[] other, Duration duration) {
    CompletableFuture<Load.Seen> seen = CompletableFuture.supplyAsync(() -> signIns.run(duration));
    double slow = slowMillis(client, other, duration);
    return new Turn(seen.join().perSecond(), slow);
  }

  private static double slowMillis(Client client, byte[] request, Duration duration) {
    Latencies latencies = new Latencies();
    long end = System.nanoTime() + duration.toNanos();
    try {
      while (System.nanoTime() < end) {
        latencies.add(client.ask(request).requireStatus(200).nanos());
        TimeUnit.MICROSECONDS.sleep(PAUSE_MICROS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Measuring was interrupted", e);
    }
    return latencies.nanos(0.99) / 1e6;
  }
}
