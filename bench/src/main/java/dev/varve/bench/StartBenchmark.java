package dev.varve.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// From the start of the process to its first answer, and the memory it holds.
final class StartBenchmark implements Benchmark {
  private static final String DATA = "start";
  private static final int RECORDS = 1_000;
  private static final int CONNECTIONS = 64;
  private static final Duration LOAD = Duration.ofSeconds(10);
  private static final Duration REST = Duration.ofSeconds(2);

  @Override
  public String name() {
    return "start";
  }

  @Override
  public String says() {
    return "start to first answer, with and without the AOT cache; memory";
  }

  /// One start.
  private record Started(double millis, double residentBytes) {}

  @Override
  public List<Figure> run(Lab lab) {
    lab.progress("making an AOT cache");
    Training training = train(lab);
    String path = training.paths().getFirst();
    Side<Started> plain = new Side<>(() -> start(() -> lab.varve(DATA), path));
    Side<Started> aot =
        new Side<>(() -> start(() -> lab.varve(DATA, Map.of(), training.flags()), path));
    Side<Started> bare = new Side<>(() -> start(() -> lab.bare(path, training.answer()), path));
    lab.progress("%d rounds".formatted(lab.rounds()));
    Side.alternate(lab.rounds(), bare, plain, aot);
    Memory memory = memory(lab, training.paths());
    return List.of(
        started(
            "start of the process to its first answer; limit: bare Helidon handler", plain, bare),
        started("- with the AOT cache", aot, bare),
        resident("memory after the first answer (resident)", plain, bare),
        resident("- with the AOT cache", aot, bare),
        Figure.alone(
            "- after %,d requests, at rest".formatted(memory.requests()),
            Figure.mebibytes(memory.bytes())));
  }

  /// What was made beforehand.
  ///
  /// @param flags that use the AOT cache
  private record Training(List<String> paths, Answer answer, List<String> flags) {}

  /// Runs a server for the JVM to learn from. The cache is written when it stops.
  private static Training train(Lab lab) {
    Path cache = lab.folder().resolve("varve.aot");
    List<String> record = List.of("-XX:AOTCacheOutput=" + cache, "-Xlog:aot=off", "-Xlog:cds=off");
    Training training;
    try (Child varve = lab.varve(DATA, Map.of(), record)) {
      int port = varve.port();
      List<String> paths = Orders.create(port, RECORDS);
      try (Client client = new Client(port)) {
        client.get(Orders.PATH + "?status=PAID&sort=-createdAt").requireStatus(200);
        training =
            new Training(
                paths,
                client.get(paths.getFirst()).requireStatus(200),
                List.of("-XX:AOTCache=" + cache, "-Xlog:aot=off", "-Xlog:cds=off"));
      }
    }
    if (!Files.exists(cache)) {
      throw new UncheckedIOException(new IOException("The JVM wrote no AOT cache to " + cache));
    }
    return training;
  }

  private static Started start(Supplier<Child> start, String path) {
    try (Child child = start.get();
        Client client = new Client(child.port())) {
      client.get(path).requireStatus(200);
      double millis = (System.nanoTime() - child.startedAt()) / 1e6;
      return new Started(millis, child.residentBytes());
    }
  }

  private record Memory(long requests, double bytes) {}

  private static Memory memory(Lab lab, List<String> paths) {
    try (Child varve = lab.varve(DATA)) {
      byte[][] requests = paths.stream().map(Requests::get).toArray(byte[][]::new);
      Load load = new Load(varve.port(), CONNECTIONS, requests, 200);
      long answered = load.run(LOAD).latencies().count();
      Thread.sleep(REST);
      return new Memory(answered, varve.residentBytes());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Figure started(String what, Side<Started> varve, Side<Started> bare) {
    return Figure.of(
        what,
        Figure.millis(varve.median(Started::millis)),
        Figure.millis(bare.median(Started::millis)),
        Side.ratio(varve, Started::millis, bare, Started::millis));
  }

  private static Figure resident(String what, Side<Started> varve, Side<Started> bare) {
    return Figure.of(
        what,
        Figure.mebibytes(varve.median(Started::residentBytes)),
        Figure.mebibytes(bare.median(Started::residentBytes)),
        Side.ratio(varve, Started::residentBytes, bare, Started::residentBytes));
  }
}
