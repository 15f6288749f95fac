package dev.varve.bench;

import dev.varve.bench.Figure.Target;
import dev.varve.identity.account.AuthSettings;
import dev.varve.identity.account.Passwords;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Sign-ins, each of which hashes a password on purpose slowly, against what the cores could hash if they did nothing
/// else; and what other requests feel of it.
final class SignInBenchmark implements Benchmark {
  private static final int CORES = Runtime.getRuntime().availableProcessors();
  // one more than can be hashed at once, so that a core never waits for the next
  private static final int SIGN_IN_CONNECTIONS = CORES + 1;
  private static final int ACCOUNTS = 30;
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
        Passwords passwords = new Passwords(AuthSettings.DEFAULT.password(), new SecureRandom())) {
      String id = server.fill(1, 1).getFirst();
      byte[] other = Requests.get(GuardedServer.OPEN + "/" + id);
      Load signIns = new Load(server.port(), SIGN_IN_CONNECTIONS, server.signIns(ACCOUNTS), 200);
      lab.progress("warming up");
      lab.warmUp(signIns, WARM_UP_SIGN_INS);
      hashRate(passwords, lab.round());
      Side<Double> hash = new Side<>(() -> hashRate(passwords, lab.round()));
      Side<Double> alone = new Side<>(() -> slowMillis(server.client(), other, lab.round()));
      Side<Turn> busy = new Side<>(() -> turn(signIns, server.client(), other, lab.round()));
      lab.progress("%d rounds".formatted(lab.rounds()));
      Side.alternate(lab.rounds(), hash, alone, busy);
      return figures(hash, alone, busy);
    }
  }

  private static List<Figure> figures(Side<Double> hash, Side<Double> alone, Side<Turn> busy) {
    double ratio = Side.ratio(busy, Turn::perSecond, hash, rate -> rate);
    return List.of(
        Figure.of(
                "sign-ins; limit: %d cores that hash and do nothing else".formatted(CORES),
                Figure.perSecond(busy.median(Turn::perSecond)),
                Figure.perSecond(hash.median(rate -> rate)),
                ratio)
            .withTarget(Target.atLeast(RATIO_MIN, ratio)),
        Figure.alone(
            "- one hash, on each core at once",
            Figure.millis(CORES * 1e3 / hash.median(rate -> rate))),
        Figure.of(
            "- 99 of 100 other requests answered within; limit: without sign-ins",
            Figure.millis(busy.median(Turn::slowMillis)),
            Figure.millis(alone.median(millis -> millis)),
            Side.ratio(busy, Turn::slowMillis, alone, millis -> millis)));
  }

  /// Hashes per second when every core hashes and nothing else is done.
  private static double hashRate(Passwords passwords, Duration duration) {
    AtomicLong hashes = new AtomicLong();
    long start = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int core = 0; core < CORES; core++) {
        threads.execute(() -> {
          while (System.nanoTime() - start < duration.toNanos()) {
            passwords.hash("a varve a year for ages");
            hashes.incrementAndGet();
          }
        });
      }
    }
    return hashes.get() * 1e9 / (System.nanoTime() - start);
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
