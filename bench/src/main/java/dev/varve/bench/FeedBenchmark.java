package dev.varve.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A thousand readers of the change feed, each with one rule of ten.
final class FeedBenchmark implements Benchmark {
  private static final int READERS = 1_000;
  private static final int RULES = 10;
  private static final int WRITERS = 16;
  private static final int DISTINCT_REQUESTS = 5_000;
  private static final long WARM_UP_REQUESTS = 30_000;
  // slow enough that each change has been heard before the next one is written
  private static final Duration PACE = Duration.ofMillis(50);
  private static final Duration SETTLE_MAX = Duration.ofSeconds(60);

  @Override
  public String name() {
    return "feed";
  }

  @Override
  public String says() {
    return "1,000 readers of /api/events with one rule each of ten: changes delivered, delay, memory";
  }

  @Override
  public List<Figure> run(Lab lab) {
    Map<String, String> environment =
        Map.of(
            "VARVE_LIVE_SUBSCRIBERS_PER_CALLER_MAX",
            Integer.toString(READERS),
            // all of them come from one network
            "VARVE_HTTP_NETWORK_SHARE_PERCENT",
            "100");
    try (Child server = lab.varve("feed", environment, List.of())) {
      int port = server.port();
      Load writes = new Load(port, WRITERS, Orders.creates(DISTINCT_REQUESTS), 201);
      lab.progress("warming up");
      lab.warmUp(writes, WARM_UP_REQUESTS);
      double alone = writes.run(lab.round()).perSecond();
      long residentBefore = server.residentBytes();
      try (Listeners readers = new Listeners(port, targets())) {
        Waiting.until("all readers have begun", SETTLE_MAX, () -> readers.started() == READERS);
        // what was made to open them is collected, or is theirs
        Waiting.pause(Duration.ofSeconds(1));
        long resident = server.residentBytes() - residentBefore;
        return measure(lab, port, writes, alone, readers, resident);
      }
    }
  }

  private static List<String> targets() {
    List<String> targets = new ArrayList<>();
    for (int i = 0; i < READERS; i++) {
      targets.add("/api/events?model=Order&filter=quantity%20%3E%20" + i % RULES);
    }
    return targets;
  }

  private static List<Figure> measure(
      Lab lab, int port, Load writes, double alone, Listeners readers, long resident) {
    lab.progress("one change at a time");
    int paced = lab.quick() ? 60 : 400;
    pace(port, readers, paced / 2);
    Latencies delays = pace(port, readers, paced);
    lab.progress("%d rounds of writes as fast as they go".formatted(lab.rounds()));
    List<Double> delivered = new ArrayList<>();
    List<Double> written = new ArrayList<>();
    for (int round = 0; round < lab.rounds(); round++) {
      long before = readers.heard();
      long start = System.nanoTime();
      written.add(writes.run(lab.round()).perSecond());
      settle(readers);
      delivered.add((readers.heard() - before) * 1e9 / (System.nanoTime() - start));
    }
    return List.of(
        Figure.alone(
            "changes delivered to 1,000 readers with one rule each of ten, 16 clients writing",
            Figure.perSecond(Median.of(delivered))),
        Figure.of(
            "- creates meanwhile; limit: the same without readers",
            Figure.perSecond(Median.of(written)),
            Figure.perSecond(alone),
            Median.of(written) / alone),
        Figure.alone(
            "- from sending a write until a reader has it, half and 99 of 100, at 20 writes/s",
            Figure.millis(delays.nanos(0.5) / 1e6)
                + ", "
                + Figure.millis(delays.nanos(0.99) / 1e6)),
        Figure.alone("- memory of one reader", Figure.bytes((double) resident / READERS)));
  }

  /// Writes one change after the other and times each reader's hearing of it.
  private static Latencies pace(int port, Listeners readers, int count) {
    try (Client client = new Client(port)) {
      Answer list = client.get(Orders.PATH + "?limit=1").requireStatus(200);
      long first = 1 + Long.parseLong(Objects.requireNonNull(list.headers().get("Varve-Position")));
      long[] sentAtNanos = new long[count];
      Latencies delays = new Latencies();
      settle(readers);
      readers.onChange(
          position -> delays.add(System.nanoTime() - sentAtNanos[(int) (position - first)]));
      byte[][] requests = Orders.creates(count);
      for (int i = 0; i < count; i++) {
        sentAtNanos[i] = System.nanoTime();
        client.ask(requests[i]).requireStatus(201);
        Waiting.pause(PACE);
      }
      settle(readers);
      readers.onChange(_ -> {});
      return delays;
    }
  }

  /// Waits until nothing more is heard.
  private static void settle(Listeners readers) {
    long before = -1;
    while (readers.heard() != before) {
      before = readers.heard();
      Waiting.pause(Duration.ofMillis(100));
    }
  }
}
