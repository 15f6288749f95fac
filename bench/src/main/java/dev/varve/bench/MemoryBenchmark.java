package dev.varve.bench;

import dev.varve.bench.Figure.Target;
import dev.varve.bench.LoadedServer.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What a server holds once it rests after all kinds of work, and that its bounds on memory cost no speed: beside it
/// runs the same server as a JVM left to itself has it, with a heap of up to a quarter of the machine.
final class MemoryBenchmark implements Benchmark {
  private static final int RECORDS = 100_000;
  private static final int RECORDS_QUICK = 20_000;
  private static final int HOT_RECORDS = 1_000;
  private static final int CREATES = 5_000;
  private static final int DISTINCT_REQUESTS = 1_000_000;
  private static final int CONNECTIONS = 64;
  private static final long WARM_UP_REQUESTS = 100_000;
  private static final double RESIDENT_BYTES_MAX = 256L << 20;
  // what two equal servers differ by from one run to the next
  private static final double RATIO_MIN = 0.95;
  // three times as long as the server waits before it looks whether it rests
  private static final Duration REST = Duration.ofSeconds(30);

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public String says() {
    return "memory at rest after reads, lists and creates; speed beside a server whose memory is not bounded";
  }

  /// A kind of request, and what both servers did of it.
  private record Work(String what, Side<Seen> bounded, Side<Seen> unbounded) {
    Figure figure() {
      double ratio = Side.ratio(bounded, Seen::perSecond, unbounded, Seen::perSecond);
      return Figure.of(
              "- %s, 64 connections; limit: memory not bounded".formatted(what),
              Figure.perSecond(bounded.median(Seen::perSecond)),
              Figure.perSecond(unbounded.median(Seen::perSecond)),
              ratio)
          .withTarget(Target.atLeast(RATIO_MIN, ratio));
    }
  }

  @Override
  public List<Figure> run(Lab lab) {
    int records = lab.quick() ? RECORDS_QUICK : RECORDS;
    try (Child bounded = lab.varve(name(), Products.schema(), List.of());
        Child unbounded = lab.varveOfPlainJava(name() + "-unbounded", Products.schema())) {
      int port = bounded.port();
      int otherPort = unbounded.port();
      lab.progress("filling %,d records, twice".formatted(records));
      Products.create(port, records);
      Products.create(otherPort, records);
      List<Work> all = new ArrayList<>();
      kinds(records)
          .forEach(kind -> {
            LoadedServer ours = kind.against(bounded, port);
            LoadedServer other = kind.against(unbounded, otherPort);
            lab.progress("%s: warming up, %d rounds".formatted(kind.what(), lab.rounds()));
            ours.warmUp(lab, WARM_UP_REQUESTS);
            other.warmUp(lab, WARM_UP_REQUESTS);
            Work work =
                new Work(
                    kind.what(),
                    new Side<>(() -> ours.run(lab.round())),
                    new Side<>(() -> other.run(lab.round())));
            Side.alternate(lab.rounds(), work.bounded(), work.unbounded());
            all.add(work);
          });
      return figures(lab, bounded, unbounded, all);
    }
  }

  /// @param status of every answer
  private record Kind(String what, List<byte[]> requests, int status) {
    LoadedServer against(Child server, int port) {
      return new LoadedServer(
          server, new Load(port, CONNECTIONS, requests.toArray(byte[][]::new), status));
    }
  }

  private static List<Kind> kinds(int records) {
    return List.of(
        new Kind("GET by id of 1,000 records", Products.anyOf(HOT_RECORDS, HOT_RECORDS * 10), 200),
        new Kind(
            "GET by id at random out of %,d records".formatted(records),
            Products.anyOf(records, DISTINCT_REQUESTS),
            200),
        new Kind("lists of 20", Products.lists(), 200),
        new Kind("durable creates", Products.creates(CREATES), 201));
  }

  private static List<Figure> figures(Lab lab, Child bounded, Child unbounded, List<Work> all) {
    double afterLoad = bounded.residentBytes();
    double afterLoadUnbounded = unbounded.residentBytes();
    lab.progress("resting");
    rest();
    double resident = bounded.residentBytes();
    List<Figure> figures = new ArrayList<>();
    figures.add(
        Figure.of(
                "memory at rest after all kinds of requests (resident); limit: 256 MiB",
                Figure.mebibytes(resident),
                Figure.mebibytes(RESIDENT_BYTES_MAX),
                resident / RESIDENT_BYTES_MAX)
            .withTarget(Target.atMost(1, resident / RESIDENT_BYTES_MAX)));
    figures.add(
        Figure.of(
            "- right after the last request; limit: memory not bounded",
            Figure.mebibytes(afterLoad),
            Figure.mebibytes(afterLoadUnbounded),
            afterLoad / afterLoadUnbounded));
    all.forEach(work -> figures.add(work.figure()));
    return figures;
  }

  private static void rest() {
    try {
      Thread.sleep(REST);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
