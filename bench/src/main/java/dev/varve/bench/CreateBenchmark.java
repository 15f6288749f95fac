package dev.varve.bench;

import dev.varve.bench.Figure.Target;
import dev.varve.bench.LoadedServer.Seen;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Durable creates by many clients, against a loop that writes the same rows, and on a slow disk.
final class CreateBenchmark implements Benchmark {
  private static final int CLIENTS = 64;
  private static final int DISTINCT_REQUESTS = 5_000;
  private static final long WARM_UP_REQUESTS = 150_000;
  private static final double RATIO_MIN = 0.6;
  private static final double SLOW_RATIO_MIN = 0.67;
  private static final String LOOP = "loop.db";

  @Override
  public String name() {
    return "create";
  }

  @Override
  public String says() {
    return "durable creates, 64 clients, also on a disk whose flushes take 1 ms; bytes on disk";
  }

  /// A round of the loop.
  private record Copied(double perSecond, double cpuMicros) {}

  @Override
  public List<Figure> run(Lab lab) {
    Optional<Map<String, String>> slowDisk = SlowDisk.environment(lab.folder());
    if (slowDisk.isEmpty()) {
      lab.progress("the slow disk is left out: it needs Linux and gcc");
    }
    List<Figure> figures = new ArrayList<>();
    long units;
    try (Writer varve = new Writer(lab, "create", Map.of())) {
      if (slowDisk.isPresent()) {
        try (Writer slow = new Writer(lab, "create-slow", slowDisk.get())) {
          figures.addAll(measure(lab, varve, Optional.of(slow)));
        }
      } else {
        figures.addAll(measure(lab, varve, Optional.empty()));
      }
      units = varve.position();
    }
    double ours = (double) size(lab.database("create")) / units;
    double limit = (double) size(lab.folder().resolve(LOOP)) / units;
    figures.add(
        Figure.of(
            "- on disk for one change: log, record, version, index entries",
            Figure.bytes(ours),
            Figure.bytes(limit),
            ours / limit));
    return figures;
  }

  private static List<Figure> measure(Lab lab, Writer varve, Optional<Writer> slow) {
    lab.progress("warming up");
    slow.ifPresent(writer -> writer.warmUp(lab));
    varve.warmUp(lab);
    try (Child loop =
        Child.main(
            lab.folder(),
            "loop",
            PlainLoop.class,
            List.of(lab.database("create").toString(), lab.folder().resolve(LOOP).toString()))) {
      copy(loop, 0, varve.position());
      return compare(lab, varve, slow, loop);
    }
  }

  private static List<Figure> compare(Lab lab, Writer varve, Optional<Writer> slow, Child loop) {
    Side<Seen> ours = new Side<>(() -> varve.run(lab.round()));
    Side<Copied> limit = new Side<>(() -> copy(loop, varve.lastFrom(), varve.position()));
    List<Side<?>> sides = new ArrayList<>(List.of(ours, limit));
    Optional<Side<Seen>> onSlowDisk = slow.map(writer -> new Side<>(() -> writer.run(lab.round())));
    onSlowDisk.ifPresent(sides::add);
    lab.progress("%d rounds".formatted(lab.rounds()));
    Side.alternate(lab.rounds(), sides);
    List<Figure> figures = new ArrayList<>(figures(ours, limit));
    onSlowDisk.ifPresent(side -> figures.add(slowFigure(side, ours)));
    return figures;
  }

  private static List<Figure> figures(Side<Seen> ours, Side<Copied> limit) {
    double ratio = Side.ratio(ours, Seen::perSecond, limit, Copied::perSecond);
    return List.of(
        Figure.of(
                "durable creates, 64 clients; limit: a loop that writes the same rows, 64 units a transaction",
                Figure.perSecond(ours.median(Seen::perSecond)),
                Figure.perSecond(limit.median(Copied::perSecond)),
                ratio)
            .withTarget(Target.atLeast(RATIO_MIN, ratio)),
        Figure.of(
            "- processor time of the server for one create; of the loop for one unit",
            Figure.micros(ours.median(Seen::cpuMicros)),
            Figure.micros(limit.median(Copied::cpuMicros)),
            Side.ratio(ours, Seen::cpuMicros, limit, Copied::cpuMicros)),
        Figure.alone(
            "- half and 99 of 100 answered within",
            Figure.millis(ours.median(Seen::medianMillis))
                + ", "
                + Figure.millis(ours.median(Seen::slowMillis))));
  }

  private static Figure slowFigure(Side<Seen> slow, Side<Seen> ours) {
    double ratio = Side.ratio(slow, Seen::perSecond, ours, Seen::perSecond);
    return Figure.of(
            "the same with flushes 1 ms slower; limit: Varve without that",
            Figure.perSecond(slow.median(Seen::perSecond)),
            Figure.perSecond(ours.median(Seen::perSecond)),
            ratio)
        .withTarget(Target.atLeast(SLOW_RATIO_MIN, ratio));
  }

  private static Copied copy(Child loop, long from, long to) {
    double cpuBefore = Double.parseDouble(loop.ask("read %d %d".formatted(from, to)));
    long nanos = Long.parseLong(loop.ask("write"));
    double cpu = loop.cpuSeconds() - cpuBefore;
    return new Copied((to - from) * 1e9 / nanos, cpu * 1e6 / (to - from));
  }

  private static long size(Path database) {
    Path log = database.resolveSibling(database.getFileName() + "-wal");
    try {
      return Files.size(database) + (Files.exists(log) ? Files.size(log) : 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A Varve server that many clients write to.
  private static final class Writer implements AutoCloseable {
    private final Child server;
    private final LoadedServer loaded;
    private final int port;
    private long lastFrom;

    Writer(Lab lab, String name, Map<String, String> environment) {
      server = lab.varve(name, environment, List.of());
      port = server.port();
      loaded =
          new LoadedServer(server, new Load(port, CLIENTS, Orders.creates(DISTINCT_REQUESTS), 201));
    }

    void warmUp(Lab lab) {
      loaded.warmUp(lab, WARM_UP_REQUESTS);
    }

    Seen run(Duration duration) {
      lastFrom = position();
      return loaded.run(duration);
    }

    /// The position before the last run.
    long lastFrom() {
      return lastFrom;
    }

    long position() {
      // a connection that is kept would be idle for longer than the server allows
      try (Client client = new Client(port)) {
        Answer answer = client.get(Orders.PATH + "?limit=1").requireStatus(200);
        return Long.parseLong(Objects.requireNonNull(answer.headers().get("Varve-Position")));
      }
    }

    @Override
    public void close() {
      server.close();
    }
  }
}
