package dev.varve.bench;

import java.util.List;

/// A page of 20 by filter and sort on an index under load, against a bare handler that sends as many bytes.
final class ListLoadBenchmark implements Benchmark {
  private static final int RECORDS = 100_000;
  private static final int RECORDS_QUICK = 20_000;
  private static final long WARM_UP_REQUESTS = 200_000;
  private static final double RATIO_MIN = 0.35;

  @Override
  public String name() {
    return "list-load";
  }

  @Override
  public String says() {
    return "lists of 20 of one category of 100,000 records, sorted by price, 64 connections";
  }

  @Override
  public List<Figure> run(Lab lab) {
    int records = lab.quick() ? RECORDS_QUICK : RECORDS;
    try (Child varve = lab.varve(name(), Products.schema(), List.of())) {
      int port = varve.port();
      lab.progress("filling %,d records".formatted(records));
      Products.create(port, records);
      BareDuel.Asked asked =
          new BareDuel.Asked(
              "list of 20 out of %,d by filter and sort on an index".formatted(records),
              Products.PATH,
              Products.list(0),
              Products.lists(),
              WARM_UP_REQUESTS);
      return new BareDuel(lab, varve, port).run(asked, RATIO_MIN);
    }
  }
}
