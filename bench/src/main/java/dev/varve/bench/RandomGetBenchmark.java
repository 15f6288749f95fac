package dev.varve.bench;

import java.util.ArrayList;
import java.util.List;

/// Records by their ids, chosen at random out of many, against a bare handler that sends as many bytes.
final class RandomGetBenchmark implements Benchmark {
  private static final int DISTINCT_REQUESTS = 1_000_000;
  private static final long WARM_UP_REQUESTS = 500_000;
  private static final double RATIO_MIN = 0.6;

  @Override
  public String name() {
    return "get-random";
  }

  @Override
  public String says() {
    return "GET by id at random out of 100,000 records, 64 connections";
  }

  @Override
  public List<Figure> run(Lab lab) {
    try (FilledShop shop = FilledShop.start(lab, name())) {
      BareDuel.Asked asked =
          new BareDuel.Asked(
              "GET by id at random out of %,d records".formatted(shop.products()),
              Products.PATH + "/{id}",
              Products.one(0),
              Products.anyOf(shop.products(), DISTINCT_REQUESTS),
              WARM_UP_REQUESTS);
      List<Figure> figures = new ArrayList<>(shop.duel(lab, asked, RATIO_MIN));
      figures.add(
          Figure.alone(
              "- memory of the server after it (resident)",
              Figure.mebibytes((double) shop.varve().residentBytes())));
      return figures;
    }
  }
}
