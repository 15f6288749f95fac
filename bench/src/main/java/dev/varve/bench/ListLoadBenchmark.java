package dev.varve.bench;

import java.util.List;

/// A page of 20 by filter and sort on an index under load, against a bare handler that sends as many bytes.
final class ListLoadBenchmark implements Benchmark {
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
    try (FilledShop shop = FilledShop.start(lab, name())) {
      BareDuel.Asked asked =
          new BareDuel.Asked(
              "list of 20 out of %,d by filter and sort on an index".formatted(shop.products()),
              Products.PATH,
              Products.list(0),
              Products.lists(),
              WARM_UP_REQUESTS);
      return shop.duel(lab, asked, RATIO_MIN);
    }
  }
}
