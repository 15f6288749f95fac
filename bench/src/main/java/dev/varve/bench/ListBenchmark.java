package dev.varve.bench;

import dev.varve.bench.Figure.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/// A page of 20 by filter and sort on an index, at one client: now and as of past moments, from a young log
/// (one version of each record) and from an old one (ten versions), first pages and late ones.
final class ListBenchmark implements Benchmark {
  private static final String YOUNG = "list-young";
  private static final String OLD = "list-old";
  private static final int VERSIONS = 10;
  // half of all changes before it, half after it
  private static final int MIDDLE_VERSION = 5;
  private static final int PAGE_RECORDS = 20;
  private static final int WALKS = 3;
  private static final int EDGE_PAGES = 50;
  private static final double MEDIAN_MICROS_MAX = 1_000;
  private static final double AS_OF_RATIO_MAX = 1.3;
  private static final double FLAT_RATIO_MAX = 1.3;
  private static final String LIST =
      Orders.PATH + "?status=" + Orders.COMMON_STATUS + "&sort=-createdAt&limit=" + PAGE_RECORDS;

  @Override
  public String name() {
    return "list";
  }

  @Override
  public String says() {
    return "lists of 20 out of 100,000, now and as of past moments, with 100,000 and 1,000,000 units";
  }

  /// One turn of asking the same thing again and again.
  ///
  /// @param cpuMicros processor time of the server for one request
  private record Seen(double medianMicros, double cpuMicros) {}

  /// The two stores.
  ///
  /// @param middle a moment when half of the changes had been made
  private record Filled(int records, Instant middle) {
    long middlePosition() {
      return (long) records * MIDDLE_VERSION;
    }

    int pages() {
      // four in ten records are in the list
      return Math.min(1_000, records * 4 / 10 / PAGE_RECORDS - 1);
    }

    String units(int versions) {
      return Figure.number("%,d units", records * versions);
    }
  }

  @Override
  public List<Figure> run(Lab lab) {
    Filled filled = fill(lab, lab.quick() ? 10_000 : 100_000);
    try (Child young = lab.varve(YOUNG);
        Child old = lab.varve(OLD);
        Client youngClient = new Client(young.port());
        Client oldClient = new Client(old.port());
        PlainList plain = new PlainList(lab.database(YOUNG).toString())) {
      requireSameAnswers(filled, youngClient, oldClient);
      List<Figure> figures = new ArrayList<>();
      figures.addAll(alternate(lab, filled, young, youngClient, old, oldClient, plain));
      lab.progress("walking through %,d pages", filled.pages());
      figures.add(walk("list", filled, youngClient, LIST));
      figures.add(
          walk(
              "list as of a past moment, ten versions",
              filled,
              oldClient,
              LIST + asOf(filled.middlePosition())));
      return figures;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Filled fill(Lab lab, int records) {
    lab.progress("filling a log with %,d units", records * VERSIONS);
    Instant middle = Instant.EPOCH;
    try (OrderFill fill = new OrderFill(lab, lab.data(OLD), records)) {
      fill.createAll();
      snapshot(lab);
      for (int version = 2; version <= VERSIONS; version++) {
        fill.changeAll(version);
        if (version == MIDDLE_VERSION) {
          middle = Instant.now().truncatedTo(ChronoUnit.MICROS);
        }
      }
    }
    return new Filled(records, middle);
  }

  /// Keeps the store as it is before the changes.
  private static void snapshot(Lab lab) {
    try {
      Files.createDirectories(lab.data(YOUNG));
      PlainList.copy(lab.database(OLD).toString(), lab.database(YOUNG).toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String asOf(Object moment) {
    return "&asOf=" + (moment instanceof Long position ? "position:" + position : moment);
  }

  /// The figures would mean nothing if the answers were wrong.
  private static void requireSameAnswers(Filled filled, Client young, Client old) {
    long start = filled.records();
    requireSame(young.get(LIST), old.get(LIST + asOf(start)));
    requireSame(
        old.get(LIST + asOf(filled.middle())), old.get(LIST + asOf(filled.middlePosition())));
  }

  private static void requireSame(Answer one, Answer other) {
    if (!items(one).equals(items(other))) {
      throw new IllegalStateException("Two answers should agree:\n" + one + "\n" + other);
    }
  }

  private static String items(Answer answer) {
    String text = answer.requireStatus(200).text();
    // the cursor behind the items names the position that it belongs to
    return text.substring(0, text.lastIndexOf(']'));
  }

  private static List<Figure> alternate(
      Lab lab,
      Filled filled,
      Child young,
      Client youngClient,
      Child old,
      Client oldClient,
      PlainList plain) {
    long start = filled.records();
    var trivial = asking(lab, young, youngClient, "/health/live");
    var sql = new Side<>(() -> plain.medianMicros(lab.round().dividedBy(4)));
    var youngNow = asking(lab, young, youngClient, LIST);
    var youngStart = asking(lab, young, youngClient, LIST + asOf(start));
    var oldStart = asking(lab, old, oldClient, LIST + asOf(start));
    var oldNow = asking(lab, old, oldClient, LIST);
    var oldMiddle = asking(lab, old, oldClient, LIST + asOf(filled.middle()));
    var oldPosition = asking(lab, old, oldClient, LIST + asOf(filled.middlePosition()));
    var sides =
        List.of(trivial, youngNow, sql, youngStart, oldStart, oldNow, oldMiddle, oldPosition);
    lab.progress("warming up");
    Side.alternate(lab.quick() ? 4 : 8, sides);
    sides.forEach(Side::forget);
    lab.progress("%d rounds", 2 * lab.rounds());
    Side.alternate(2 * lab.rounds(), sides);

    double median = youngNow.median(Seen::medianMicros);
    double asOfRatio = ratio(oldMiddle, oldNow);
    double flatRatio = ratio(oldStart, youngStart);
    return List.of(
        new Figure(
            "list of 20 out of %s by filter and sort on an index, median at one client; limit: the SQL alone"
                .formatted(Figure.number("%,d", filled.records())),
            Figure.micros(median),
            Figure.micros(sql.median(micros -> micros)),
            Figure.number("%.2f", Side.ratio(youngNow, Seen::medianMicros, sql, micros -> micros)),
            new Target("under 1 ms", median < MEDIAN_MICROS_MAX).toString()),
        Figure.alone(
            "- a trivial request on the same connection",
            Figure.micros(trivial.median(Seen::medianMicros))),
        Figure.alone(
            "- processor time of the server for one list",
            Figure.micros(youngNow.median(Seen::cpuMicros))),
        compared(
                "list as of an instant half the changes ago, ten versions a record; limit: the list now",
                oldMiddle,
                oldNow)
            .withTarget(Target.atMost(AS_OF_RATIO_MAX, asOfRatio)),
        compared("- as of a position instead of an instant", oldPosition, oldNow),
        Figure.of(
            "- processor time of the server for one list as of an instant",
            Figure.micros(oldMiddle.median(Seen::cpuMicros)),
            Figure.micros(oldNow.median(Seen::cpuMicros)),
            Side.ratio(oldMiddle, Seen::cpuMicros, oldNow, Seen::cpuMicros)),
        compared(
                "list as of one moment in a log of %s; limit: of %s"
                    .formatted(filled.units(VERSIONS), filled.units(1)),
                oldStart,
                youngStart)
            .withTarget(Target.atMost(FLAT_RATIO_MAX, flatRatio)),
        compared(
            "list now with a log of %s; limit: of %s"
                .formatted(filled.units(VERSIONS), filled.units(1)),
            oldNow,
            youngNow));
  }

  private static Side<Seen> asking(Lab lab, Child server, Client client, String target) {
    byte[] request = Requests.get(target);
    return new Side<>(() -> ask(lab, server, client, request));
  }

  private static Seen ask(Lab lab, Child server, Client client, byte[] request) {
    Latencies latencies = new Latencies();
    double cpuBefore = server.cpuSeconds();
    long end = System.nanoTime() + lab.round().toNanos() / 4;
    while (System.nanoTime() < end) {
      latencies.add(client.ask(request).requireStatus(200).nanos());
    }
    double cpu = server.cpuSeconds() - cpuBefore;
    return new Seen(latencies.nanos(0.5) / 1e3, cpu * 1e6 / latencies.count());
  }

  private static double ratio(Side<Seen> above, Side<Seen> below) {
    return Side.ratio(above, Seen::medianMicros, below, Seen::medianMicros);
  }

  private static Figure compared(String what, Side<Seen> varve, Side<Seen> limit) {
    return Figure.of(
        what,
        Figure.micros(varve.median(Seen::medianMicros)),
        Figure.micros(limit.median(Seen::medianMicros)),
        ratio(varve, limit));
  }

  private static Figure walk(String what, Filled filled, Client client, String list) {
    List<Double> first = new ArrayList<>();
    List<Double> last = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    for (int walk = 0; walk < WALKS; walk++) {
      List<Double> micros = pages(filled.pages(), client, list);
      first.add(Median.of(micros.subList(0, EDGE_PAGES)));
      last.add(Median.of(micros.subList(micros.size() - EDGE_PAGES, micros.size())));
      ratios.add(last.getLast() / first.getLast());
    }
    double ratio = Median.of(ratios);
    return Figure.of(
            "%s: last %d of %s pages by cursor; limit: first %d"
                .formatted(what, EDGE_PAGES, Figure.number("%,d", filled.pages()), EDGE_PAGES),
            Figure.micros(Median.of(last)),
            Figure.micros(Median.of(first)),
            ratio)
        .withTarget(Target.atMost(FLAT_RATIO_MAX, ratio));
  }

  private static List<Double> pages(int pages, Client client, String list) {
    List<Double> micros = new ArrayList<>();
    String target = list;
    for (int page = 0; page < pages; page++) {
      Answer answer = client.get(target).requireStatus(200);
      micros.add(answer.nanos() / 1e3);
      target = list + "&cursor=" + answer.nextCursor();
    }
    return micros;
  }
}
