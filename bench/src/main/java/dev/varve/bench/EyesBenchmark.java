package dev.varve.bench;

import com.sun.net.httpserver.HttpServer;
import dev.varve.bench.LoadedServer.Seen;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What it costs to be watched: metrics with an access log, and traces of one request in a hundred, against a server that
/// tells nothing.
final class EyesBenchmark implements Benchmark {
  private static final int CONNECTIONS = 64;
  private static final int RECORDS = 1_000;
  private static final long WARM_UP_REQUESTS = 300_000;
  private static final double RATIO_MIN = 0.95;

  @Override
  public String name() {
    return "eyes";
  }

  @Override
  public String says() {
    return "GET by id with metrics and an access log, and with traces, against neither";
  }

  @Override
  public List<Figure> run(Lab lab) {
    HttpServer collector = collector();
    String endpoint = "http://127.0.0.1:%d/v1/traces".formatted(collector.getAddress().getPort());
    String lines = lab.data("eyes-access.log").toAbsolutePath().toString();
    try (Child blind = lab.varve("eyes-blind", environment(Map.of()), List.of());
        Child watched =
            lab.varve(
                "eyes-watched",
                environment(
                    Map.of("VARVE_TELEMETRY_METRICS", "true", "VARVE_TELEMETRY_ACCESS_LOG", lines)),
                List.of());
        Child traced =
            lab.varve(
                "eyes-traced",
                environment(
                    Map.of(
                        "VARVE_TELEMETRY_TRACES_ENDPOINT",
                        endpoint,
                        "VARVE_TELEMETRY_TRACES_SAMPLING",
                        "0.01")),
                List.of())) {
      return measure(lab, loaded(blind), loaded(watched), loaded(traced));
    } finally {
      collector.stop(0);
    }
  }

  private static Map<String, String> environment(Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(more);
    environment.putIfAbsent("VARVE_TELEMETRY_METRICS", "false");
    return environment;
  }

  /// Takes spans and forgets them.
  private static HttpServer collector() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
          });
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static LoadedServer loaded(Child server) {
    int port = server.port();
    byte[][] requests =
        Orders.create(port, RECORDS).stream().map(Requests::get).toArray(byte[][]::new);
    return new LoadedServer(server, new Load(port, CONNECTIONS, requests, 200));
  }

  private static List<Figure> measure(
      Lab lab, LoadedServer blind, LoadedServer watched, LoadedServer traced) {
    lab.progress("warming up");
    for (LoadedServer server : List.of(blind, watched, traced)) {
      server.warmUp(lab, WARM_UP_REQUESTS);
    }
    Side<Seen> off = new Side<>(() -> blind.run(lab.round()));
    Side<Seen> told = new Side<>(() -> watched.run(lab.round()));
    Side<Seen> spans = new Side<>(() -> traced.run(lab.round()));
    // a difference this small wants more turns than others
    int rounds = 3 * lab.rounds();
    lab.progress("%d rounds".formatted(rounds));
    Side.alternate(rounds, off, told, spans);
    return List.of(
        Seen.perSecond(
            "GET by id with metrics and an access log, 64 connections; limit: without",
            told,
            off,
            RATIO_MIN),
        Seen.processorTime(told, off),
        Seen.perSecond(
            "GET by id with traces of 1 %, 64 connections; limit: without", spans, off, RATIO_MIN),
        Seen.processorTime(spans, off));
  }
}
