package dev.varve.bench;

import dev.varve.bench.Figure.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// A file of 1 KiB and one of 1 MiB, against nginx where that is installed, else against a bare handler that sends the
/// same bytes.
final class StaticBenchmark implements Benchmark {
  private static final long SMALL_WARM_UP_REQUESTS = 300_000;
  private static final long LARGE_WARM_UP_REQUESTS = 6_000;
  private static final double RATIO_MIN = 0.6;
  private static final int SMALL_BYTES = 1 << 10;
  private static final int LARGE_BYTES = 1 << 20;
  private static final int SMALL_CONNECTIONS = 64;
  // so many that a megabyte for each fits into memory here as well
  private static final int LARGE_CONNECTIONS = 8;

  @Override
  public String name() {
    return "static";
  }

  @Override
  public String says() {
    return "static files of 1 KiB and 1 MiB, against nginx where it is installed";
  }

  @Override
  public List<Figure> run(Lab lab) {
    Path files = lab.data("public");
    write(files, "small.bin", SMALL_BYTES);
    write(files, "large.bin", LARGE_BYTES);
    try (Child varve = lab.serving("static", files)) {
      int port = varve.port();
      Optional<NginxServer> nginx = NginxServer.serving(lab, files);
      try {
        List<Figure> figures = new ArrayList<>();
        figures.add(duel(lab, port, nginx, "/small.bin", "1 KiB", SMALL_CONNECTIONS));
        figures.add(duel(lab, port, nginx, "/large.bin", "1 MiB", LARGE_CONNECTIONS));
        return figures;
      } finally {
        nginx.ifPresent(NginxServer::close);
      }
    }
  }

  private static void write(Path folder, String name, int length) {
    byte[] noise = new byte[length];
    new Random(length).nextBytes(noise);
    try {
      Files.createDirectories(folder);
      Files.write(folder.resolve(name), noise);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Figure duel(
      Lab lab, int port, Optional<NginxServer> nginx, String path, String size, int connections) {
    if (nginx.isPresent()) {
      return measure(lab, port, nginx.get().port(), path, size + "; limit: nginx", connections);
    }
    Answer answer;
    try (Client client = new Client(port)) {
      answer = client.get(path).requireStatus(200);
    }
    try (Child bare = lab.bare(path, answer)) {
      String what = size + "; limit: bare Helidon handler";
      return measure(lab, port, bare.port(), path, what, connections);
    }
  }

  private static Figure measure(
      Lab lab, int port, int limitPort, String path, String what, int connections) {
    Load ours = load(port, path, connections);
    Load limit = load(limitPort, path, connections);
    lab.progress("warming up for " + path);
    long warmUp =
        connections == LARGE_CONNECTIONS ? LARGE_WARM_UP_REQUESTS : SMALL_WARM_UP_REQUESTS;
    lab.warmUp(ours, warmUp);
    // the bare handler needs it as much, and nginx a moment
    lab.warmUp(limit, warmUp);
    Side<Load.Seen> limitSide = new Side<>(() -> limit.run(lab.round()));
    Side<Load.Seen> ourSide = new Side<>(() -> ours.run(lab.round()));
    Side.alternate(lab.rounds(), limitSide, ourSide);
    double ratio = Side.ratio(ourSide, Load.Seen::perSecond, limitSide, Load.Seen::perSecond);
    return Figure.of(
            "static file of %s, %d connections".formatted(what, connections),
            Figure.perSecond(ourSide.median(Load.Seen::perSecond)),
            Figure.perSecond(limitSide.median(Load.Seen::perSecond)),
            ratio)
        .withTarget(Target.atLeast(RATIO_MIN, ratio));
  }

  private static Load load(int port, String path, int connections) {
    byte[][] requests = {Requests.get(path)};
    return new Load(port, connections, requests, 200, false, 2 * LARGE_BYTES);
  }
}
