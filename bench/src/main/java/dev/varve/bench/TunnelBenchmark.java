package dev.varve.bench;

import dev.varve.bench.Figure.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// WebSockets that rest behind the gateway: what it holds for each. Both ends are other processes.
final class TunnelBenchmark implements Benchmark {
  private static final int TUNNELS = 10_000;
  private static final int TUNNELS_QUICK = 2_000;
  // what is loaded and compiled for the first ones is not theirs
  private static final int WARM_UP_TUNNELS = 200;
  private static final int WARM_UP_ROUNDS = 20;
  private static final double BYTES_MAX = 64 * 1024;
  // the 256 MiB of bin/varve do not hold them all
  private static final String HEAP = "384m";
  // of files, for what is open besides: jars, the database, the listener
  private static final int FILES_BESIDES = 400;
  private static final int FILES_PER_TUNNEL = 2;

  @Override
  public String name() {
    return "tunnels";
  }

  @Override
  public String says() {
    return "10,000 WebSockets at rest behind the gateway: memory of one";
  }

  @Override
  public List<Figure> run(Lab lab) {
    try (Child service =
            Child.main(lab.folder(), "tunnel-service", TunnelService.class, List.of());
        Child varve = lab.configured("tunnels", settings(service.port()), flags());
        Child clients =
            Child.main(
                lab.folder(),
                "tunnels-load",
                Tunnels.class,
                List.of(Integer.toString(varve.port())));
        Allocation memory = new Allocation(varve.pid())) {
      return measure(lab, varve, clients, memory);
    }
  }

  private static List<String> flags() {
    List<String> flags = new ArrayList<>(Allocation.FLAGS);
    flags.add("-Xmx" + HEAP);
    return flags;
  }

  /// Networks have their shares, and so the clients come from several.
  private static String settings(int port) {
    return """
    http:
      connectionsMax: %1$d
    gateway:
      services:
        echo:
          urls: ["http://127.0.0.1:%2$d"]
          connectionsMax: %1$d
      routes:
        - path: /echo
          to: echo
          allow: public
    """
        .formatted(TUNNELS + 1_000, port);
  }

  private static List<Figure> measure(Lab lab, Child varve, Child clients, Allocation memory) {
    int wanted = lab.quick() ? TUNNELS_QUICK : TUNNELS;
    long files = filesMax(varve.pid());
    int tunnels = (int) Math.min(wanted, (files - FILES_BESIDES) / FILES_PER_TUNNEL);
    if (tunnels < wanted) {
      lab.progress(
          "only %,d tunnels: the limit on open files (ulimit -n) is %,d, and %,d take %,d"
              .formatted(tunnels, files, wanted, (long) FILES_PER_TUNNEL * wanted + FILES_BESIDES));
    }
    lab.progress("warming up");
    clients.ask("open " + WARM_UP_TUNNELS);
    for (int i = 0; i < WARM_UP_ROUNDS; i++) {
      clients.ask("talk");
    }
    long heapBefore = memory.heapBytes();
    double residentBefore = varve.residentBytes();
    lab.progress("opening %,d tunnels".formatted(tunnels));
    clients.ask("open " + tunnels);
    // so that each has what it needs to carry something in both directions
    clients.ask("talk");
    double nanos = Double.parseDouble(clients.ask("talk"));
    double resident = varve.residentBytes();
    long heap = memory.heapBytes();
    return figures(
        tunnels,
        resident - residentBefore,
        resident,
        (double) heap - heapBefore,
        (double) heap,
        nanos);
  }

  private static List<Figure> figures(
      int tunnels,
      double residentMore,
      double resident,
      double heapMore,
      double heap,
      double nanos) {
    int more = tunnels - WARM_UP_TUNNELS;
    List<Figure> figures = new ArrayList<>();
    figures.add(
        Figure.of(
                "%,d WebSockets at rest behind the gateway: memory of one (resident); limit: 64 KiB"
                    .formatted(tunnels),
                Figure.bytes(residentMore / more),
                Figure.bytes(BYTES_MAX),
                residentMore / more / BYTES_MAX)
            .withTarget(Target.atMost(1, residentMore / more / BYTES_MAX)));
    figures.add(Figure.alone("- of that on the heap", Figure.bytes(heapMore / more)));
    figures.add(
        Figure.alone(
            "- of the gateway with all of them: heap of %s, resident".formatted(HEAP),
            Figure.mebibytes(heap) + ", " + Figure.mebibytes(resident)));
    figures.add(
        Figure.alone(
            "- a message over one of them and back, one at a time", Figure.micros(nanos / 1e3)));
    return figures;
  }

  /// How many files a process may have open, sockets included.
  private static long filesMax(long pid) {
    try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "limits"))) {
      return lines
          .filter(line -> line.startsWith("Max open files"))
          .map(line -> line.substring("Max open files".length()).strip().split("\\s+", 2)[0])
          .mapToLong(soft -> soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft))
          .findFirst()
          .orElse(Long.MAX_VALUE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
