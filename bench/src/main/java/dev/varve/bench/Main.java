package dev.varve.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.logging.LogManager;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command line of the benchmarks.
@Command(
    name = "bin/bench",
    mixinStandardHelpOptions = true,
    description = {
      "Measures a whole Varve server over HTTP on loopback, and beside it, in turns, the limit of each figure on this machine.",
      "All of it takes about ten minutes. What the lines mean: docs/performance.md",
      ""
    })
final class Main implements Callable<Integer> {
  private static final List<Benchmark> BENCHMARKS =
      List.of(
          new GetBenchmark(),
          new RandomGetBenchmark(),
          new TlsBenchmark(),
          new CreateBenchmark(),
          new ListBenchmark(),
          new ListLoadBenchmark(),
          new GzipBenchmark(),
          new StaticBenchmark(),
          new OwnerBenchmark(),
          new SignInBenchmark(),
          new TokenBenchmark(),
          new GraphQlBenchmark(),
          new FeedBenchmark(),
          new ImportBenchmark(),
          new DoorBenchmark(),
          new AggregateBenchmark(),
          new EyesBenchmark(),
          new GatewayBenchmark(),
          new TunnelBenchmark(),
          new StartBenchmark(),
          new MemoryBenchmark(),
          new NodesBenchmark());

  @Parameters(
      paramLabel = "NAME",
      description =
          "What to measure; everything when none is named: get, get-random, tls, create, list, list-load, gzip, static, owner, sign-in, tokens, graphql, feed, import, door, aggregate, eyes, gateway, tunnels, start, memory, nodes")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--quick",
      description = "Less data and shorter rounds: two minutes, and rough figures.")
  private boolean quick;

  static void main(String[] arguments) {
    // figures are written alike everywhere
    Locale.setDefault(Locale.ROOT);
    // what the engine has to say while data is made in this process would stand between the figures
    LogManager.getLogManager().reset();
    System.exit(new CommandLine(new Main()).execute(arguments));
  }

  @Override
  public Integer call() {
    List<Benchmark> chosen =
        names.isEmpty() ? BENCHMARKS : names.stream().map(Main::named).toList();
    Path target = target();
    Lab lab =
        new Lab(
            target.resolve("run"),
            target.resolve("../../server/target/varve.jar").normalize(),
            quick);
    empty(lab.folder());
    String machine = Machine.describe(lab.folder());
    List<Figure> figures = new ArrayList<>();
    for (Benchmark benchmark : chosen) {
      System.err.println(benchmark.name() + ": " + benchmark.says());
      List<Figure> measured = benchmark.run(lab);
      if (chosen.size() > 1) {
        System.err.print(Figure.table(measured));
      }
      figures.addAll(measured);
      empty(lab.folder());
    }
    System.out.println();
    System.out.println(machine + (quick ? "; a quick run" : ""));
    System.out.println();
    System.out.print(Figure.table(figures));
    Figure.missed(figures).ifPresent(missed -> System.out.println("\nMissed: " + missed));
    return 0;
  }

  private static Benchmark named(String name) {
    return BENCHMARKS.stream()
        .filter(benchmark -> benchmark.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "There is no benchmark named "
                    + name
                    + ": name get, get-random, tls, create, list, list-load, gzip, static, owner, sign-in, tokens, graphql, feed, import, door, aggregate, eyes, gateway, tunnels, start, memory or nodes"));
  }

  /// The folder of the jar that this class is in.
  private static Path target() {
    try {
      URI jar = Main.class.getProtectionDomain().getCodeSource().getLocation().toURI();
      return Path.of(jar).resolveSibling(".").normalize();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void empty(Path folder) {
    try {
      if (Files.exists(folder)) {
        try (Stream<Path> files = Files.walk(folder)) {
          for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(file);
          }
        }
      }
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
