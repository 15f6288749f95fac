package dev.varve.bench;

import dev.varve.account.AuthSettings;
import dev.varve.account.Passwords;
import dev.varve.bench.Figure.Target;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Sign-ins, each of which hashes a password on purpose slowly, against what the cores could hash if they did nothing
/// else; and what other requests feel of it.
final class SignInBenchmark implements Benchmark {
  private static final int CORES = Runtime.getRuntime().availableProcessors();
  // one more than can be hashed at once, so that a core never waits for the next
  private static final int SIGN_IN_CONNECTIONS = CORES + 1;
  private static final int HASHES = 10;
  private static final long WARM_UP_SIGN_INS = 300;
  private static final double RATIO_MIN = 0.9;
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
        Passwords passwords =
            new Passwords(AuthSettings.DEFAULT.password(), new SecureRandom())) {
      String id = server.fill(1, 1).getFirst();
      byte[] other = Requests.get(GuardedServer.OPEN + "/" + id);
      Load signIns =
          new Load(
              server.port(), SIGN_IN_CONNECTIONS, new byte[][] {GuardedServer.signIn()}, 200);
      lab.progress("warming up");
      lab.warmUp(signIns, WARM_UP_SIGN_INS);
      hashMillis(passwords);
      Side<Double> hash = new Side<>(() -> hashMillis(passwords));
      Side<Double> alone = new Side<>(() -> slowMillis(server.client(), other, lab.round()));
      Side<Turn> busy = new Side<>(() -> turn(signIns, server.client(), other, lab.round()));
      lab.progress("%d rounds".formatted(lab.rounds()));
      Side.alternate(lab.rounds(), hash, alone, busy);
      return figures(hash, alone, busy);
    }
  }

  private static List<Figure> figures(Side<Double> hash, Side<Double> alone, Side<Turn> busy) {
    double ratio = Side.ratio(busy, Turn::perSecond, hash, SignInBenchmark::possible);
    return List.of(
        Figure.of(
                "sign-ins; limit: %d cores that hash and do nothing else".formatted(CORES),
                Figure.perSecond(busy.median(Turn::perSecond)),
                Figure.perSecond(hash.median(SignInBenchmark::possible)),
                ratio)
            .withTarget(Target.atLeast(RATIO_MIN, ratio)),
        Figure.alone("- one hash", Figure.millis(hash.median(millis -> millis))),
        Figure.of(
            "- 99 of 100 other requests answered within; limit: without sign-ins",
            Figure.millis(busy.median(Turn::slowMillis)),
            Figure.millis(alone.median(millis -> millis)),
            Side.ratio(busy, Turn::slowMillis, alone, millis -> millis)));
  }

  private static double possible(double hashMillis) {
    return CORES * 1e3 / hashMillis;
  }

  private static double hashMillis(Passwords passwords) {
    long start = System.nanoTime();
    for (int i = 0; i < HASHES; i++) {
      passwords.hash("a varve a year for ages");
    }
    return (System.nanoTime() - start) / 1e6 / HASHES;
  }

  private static Turn turn(Load signIns, Client client, byte[] other, Duration duration) {
    CompletableFuture<Load.Seen> seen =
        CompletableFuture.supplyAsync(() -> signIns.run(duration));
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
