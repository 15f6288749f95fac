package dev.varve.bench;

import dev.varve.bench.Figure.Target;
import dev.varve.bench.ListedStore.Seen;
import java.util.List;

/// A list of 20 as gzip against the same list as it is, at one client, and what each weighs.
final class GzipBenchmark implements Benchmark {
  private static final int RECORDS = 200;
  private static final double RATIO_MIN = 0.5;
  private static final String LIST =
      Orders.PATH + "?status=" + Orders.COMMON_STATUS + "&sort=-createdAt&limit=20";

  @Override
  public String name() {
    return "gzip";
  }

  @Override
  public String says() {
    return "a list of 20 compressed against uncompressed, at one client";
  }

  @Override
  public List<Figure> run(Lab lab) {
    try (ListedStore store = new ListedStore(lab.varve("gzip"))) {
      Orders.create(store.port(), RECORDS);
      byte[] plain = Requests.get(LIST);
      byte[] gzip = Requests.getGzip(LIST);
      Answer plainAnswer = store.ask(plain);
      Answer gzipAnswer = store.ask(gzip);
      requireGzip(gzipAnswer);
      lab.progress("warming up");
      store.warmUp(lab, plain, gzip);
      Side<Seen> limit = store.asking(lab.round(), plain);
      Side<Seen> ours = store.asking(lab.round(), gzip);
      lab.progress("%d rounds".formatted(lab.rounds()));
      Side.alternate(lab.rounds(), limit, ours);
      return figures(ours, limit, gzipAnswer, plainAnswer);
    }
  }

  private static void requireGzip(Answer answer) {
    if (!"gzip".equals(answer.headers().get("Content-Encoding"))) {
      throw new IllegalStateException("It should be compressed:\n" + answer.head());
    }
  }

  private static List<Figure> figures(
      Side<Seen> ours, Side<Seen> limit, Answer gzip, Answer plain) {
    double ratio = Side.ratio(limit, Seen::medianMicros, ours, Seen::medianMicros);
    return List.of(
        Figure.of(
                "list of 20 as gzip, answers a second at one client; limit: the same uncompressed",
                Figure.perSecond(1e6 / ours.median(Seen::medianMicros)),
                Figure.perSecond(1e6 / limit.median(Seen::medianMicros)),
                ratio)
            .withTarget(Target.atLeast(RATIO_MIN, ratio)),
        Figure.of(
            "- processor time of the server for one list",
            Figure.micros(ours.median(Seen::cpuMicros)),
            Figure.micros(limit.median(Seen::cpuMicros)),
            Side.ratio(ours, Seen::cpuMicros, limit, Seen::cpuMicros)),
        Figure.of(
            "- bytes on the wire, with headers",
            Figure.bytes(bytes(gzip)),
            Figure.bytes(bytes(plain)),
            (double) bytes(gzip) / bytes(plain)));
  }

  private static int bytes(Answer answer) {
    return answer.head().length() + answer.body().length;
  }
}
