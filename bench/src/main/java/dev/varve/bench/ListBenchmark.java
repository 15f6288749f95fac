package dev.varve.bench;

import dev.varve.bench.Figure.Target;
import dev.varve.bench.ListedStore.Seen;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
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
  private static final int DISTINCT_INSTANTS = 5_000;
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

  /// The two stores.
  ///
  /// @param middle a moment when half of the changes had been made
  private record Filled(int records, Instant middle) {
    /// When every record had its first version.
    long start() {
      return records;
    }

    long middlePosition() {
      return (long) records * MIDDLE_VERSION;
    }

    /// Lists as of instants that differ but show the same, so that no memory of the last one helps.
    String[] lists() {
      String[] lists = new String[DISTINCT_INSTANTS];
      for (int i = 0; i < lists.length; i++) {
        lists[i] = LIST + asOf(middle.minus(i, ChronoUnit.MICROS));
      }
      return lists;
    }

    int pages() {
      // four in ten records are in the list
      return Math.min(1_000, records * 4 / 10 / PAGE_RECORDS - 1);
    }

    String units(int versions) {
      return "%,d units".formatted(records * versions);
    }
  }

  @Override
  public List<Figure> run(Lab lab) {
    Filled filled = fill(lab, lab.quick() ? 10_000 : 100_000);
    try (ListedStore young = new ListedStore(lab.varve(YOUNG));
        ListedStore old = new ListedStore(lab.varve(OLD));
        PlainList plain = new PlainList(lab.database(YOUNG).toString())) {
      requireSameAnswers(filled, young, old);
      lab.progress("warming up");
      young.warmUp(lab, LIST, LIST + asOf(filled.start()));
      old.warmUp(lab, LIST, LIST + asOf(filled.start()), LIST + asOf(filled.middle()));
      List<Figure> figures = new ArrayList<>(new Turns(lab, filled, young, old, plain).figures());
      lab.progress("walking through %,d pages".formatted(filled.pages()));
      figures.add(walk("list", filled, young, LIST));
      figures.add(
          walk(
              "list as of a past moment, ten versions",
              filled,
              old,
              LIST + asOf(filled.middlePosition())));
      return figures;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Filled fill(Lab lab, int records) {
    lab.progress("filling a log with %,d units".formatted(records * VERSIONS));
    Instant middle = Instant.EPOCH;
    try (OrderFill fill = new OrderFill(lab, lab.data(OLD), records)) {
      fill.createAll();
      snapshot(lab);
      for (int version = 2; version <= VERSIONS; version++) {
        fill.changeAll(version);
        if (version == MIDDLE_VERSION) {
          middle = afterPause();
        }
      }
    }
    return new Filled(records, middle);
  }

  /// Now, and nothing was written in the last microseconds, as many as there are [Filled#lists].
  private static Instant afterPause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Instant.now().truncatedTo(ChronoUnit.MICROS);
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
  private static void requireSameAnswers(Filled filled, ListedStore young, ListedStore old) {
    requireSame(young.get(LIST), old.get(LIST + asOf(filled.start())));
    requireSame(
        old.get(LIST + asOf(filled.middle())), old.get(LIST + asOf(filled.middlePosition())));
  }

  private static void requireSame(Answer one, Answer other) {
    if (!items(one).equals(items(other))) {
      throw new IllegalStateException("Two answers should agree:\n" + one + "\n" + other);
    }
  }

  private static String items(Answer answer) {
    String text = answer.text();
    // the cursor behind the items names the position that it belongs to
    return text.substring(0, text.lastIndexOf(']'));
  }

  /// Everything that is asked on the two stores, in turns.
  private static final class Turns {
    private final Filled filled;
    private final Side<Seen> trivial;
    private final Side<Double> sql;
    private final Side<Seen> youngNow;
    private final Side<Seen> youngStart;
    private final Side<Seen> oldStart;
    private final Side<Seen> oldNow;
    private final Side<Seen> oldInstant;
    private final Side<Seen> oldPosition;

    Turns(Lab lab, Filled filled, ListedStore young, ListedStore old, PlainList plain) {
      Duration turn = lab.round().dividedBy(4);
      this.filled = filled;
      this.trivial = young.asking(turn, "/health/live");
      this.sql = new Side<>(() -> plain.medianMicros(turn));
      this.youngNow = young.asking(turn, LIST);
      this.youngStart = young.asking(turn, LIST + asOf(filled.start()));
      this.oldStart = old.asking(turn, LIST + asOf(filled.start()));
      this.oldNow = old.asking(turn, LIST);
      this.oldInstant = old.asking(turn, filled.lists());
      this.oldPosition = old.asking(turn, LIST + asOf(filled.middlePosition()));
      var sides =
          List.of(trivial, youngNow, sql, youngStart, oldStart, oldNow, oldInstant, oldPosition);
      Side.alternate(1, sides);
      sides.forEach(Side::forget);
      lab.progress("%d rounds".formatted(2 * lab.rounds()));
      Side.alternate(2 * lab.rounds(), sides);
    }

    List<Figure> figures() {
      List<Figure> figures = new ArrayList<>(now());
      figures.addAll(past());
      figures.addAll(growth());
      return figures;
    }

    private List<Figure> now() {
      double median = youngNow.median(Seen::medianMicros);
      return List.of(
          Figure.of(
                  "list of 20 out of %s by filter and sort on an index, median at one client; limit: the SQL alone"
                      .formatted("%,d".formatted(filled.records())),
                  Figure.micros(median),
                  Figure.micros(sql.median(micros -> micros)),
                  Side.ratio(youngNow, Seen::medianMicros, sql, micros -> micros))
              .withTarget(new Target("under 1 ms", median < MEDIAN_MICROS_MAX)),
          Figure.alone(
              "- a trivial request on the same connection",
              Figure.micros(trivial.median(Seen::medianMicros))),
          Figure.alone(
              "- processor time of the server for one list",
              Figure.micros(youngNow.median(Seen::cpuMicros))));
    }

    private List<Figure> past() {
      return List.of(
          compared(
                  "list as of an instant half the changes ago, ten versions a record; limit: the list now",
                  oldInstant,
                  oldNow)
              .withTarget(Target.atMost(AS_OF_RATIO_MAX, ratio(oldInstant, oldNow))),
          compared("- as of a position instead of an instant", oldPosition, oldNow),
          Figure.of(
              "- processor time of the server for one list as of an instant",
              Figure.micros(oldInstant.median(Seen::cpuMicros)),
              Figure.micros(oldNow.median(Seen::cpuMicros)),
              Side.ratio(oldInstant, Seen::cpuMicros, oldNow, Seen::cpuMicros)));
    }

    private List<Figure> growth() {
      String logs =
          "with %s in the log; limit: with %s".formatted(filled.units(VERSIONS), filled.units(1));
      return List.of(
          compared("list as of one moment " + logs, oldStart, youngStart)
              .withTarget(Target.atMost(FLAT_RATIO_MAX, ratio(oldStart, youngStart))),
          compared("list now " + logs, oldNow, youngNow));
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
  }

  private static Figure walk(String what, Filled filled, ListedStore store, String list) {
    List<Double> first = new ArrayList<>();
    List<Double> last = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    for (int walk = 0; walk < WALKS; walk++) {
      List<Double> micros = pages(filled.pages(), store, list);
      first.add(Median.of(micros.subList(0, EDGE_PAGES)));
      last.add(Median.of(micros.subList(micros.size() - EDGE_PAGES, micros.size())));
      ratios.add(last.getLast() / first.getLast());
    }
    double ratio = Median.of(ratios);
    return Figure.of(
            "%s: last %d of %s pages by cursor; limit: first %d"
                .formatted(what, EDGE_PAGES, "%,d".formatted(filled.pages()), EDGE_PAGES),
            Figure.micros(Median.of(last)),
            Figure.micros(Median.of(first)),
            ratio)
        .withTarget(Target.atMost(FLAT_RATIO_MAX, ratio));
  }

  private static List<Double> pages(int pages, ListedStore store, String list) {
    List<Double> micros = new ArrayList<>();
    String target = list;
    for (int page = 0; page < pages; page++) {
      Answer answer = store.get(target);
      micros.add(answer.nanos() / 1e3);
      target = list + "&cursor=" + answer.nextCursor();
    }
    return micros;
  }
}
