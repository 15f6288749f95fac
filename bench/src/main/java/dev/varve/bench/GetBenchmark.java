package dev.varve.bench;

import java.util.List;

/// One record by its id, from the cache, against a bare handler that sends the same bytes.
final class GetBenchmark implements Benchmark {
  private static final int RECORDS = 1_000;
  private static final long WARM_UP_REQUESTS = 300_000;
  private static final double RATIO_MIN = 0.9;

  @Override
  public String name() {
    return "get";
  }

  @Override
  public String says() {
    return "GET by id from the cache, 64 connections";
  }

  @Override
  public List<Figure> run(Lab lab) {
    try (Child varve = lab.varve("get")) {
      int port = varve.port();
      List<String> paths = Orders.create(port, RECORDS);
      BareDuel.Asked asked =
          new BareDuel.Asked(
              "GET by id from the cache",
              Orders.PATH + "/{id}",
              paths.getFirst(),
              paths.stream().map(Requests::get).toList(),
              WARM_UP_REQUESTS);
      return new BareDuel(lab, varve, port).run(asked, RATIO_MIN);
    }
  }
}
