package dev.varve.bench;

import dev.varve.bench.LoadedServer.Seen;
import java.util.List;

/// Varve against a bare Helidon handler that sends the same bytes, in turns, at 64 connections.
final class BareDuel {
  private static final int CONNECTIONS = 64;

  private final Lab lab;
  private final Child varve;
  private final int port;

  BareDuel(Lab lab, Child varve, int port) {
    this.lab = lab;
    this.varve = varve;
    this.port = port;
  }

  /// What both are asked.
  ///
  /// @param what the name of the figure
  /// @param pattern of the paths of all requests
  /// @param sample one of them, whose answer the bare handler gives to all
  /// @param warmUpRequests as many as it takes until the code behind them is compiled
  record Asked(
      String what, String pattern, String sample, List<byte[]> requests, long warmUpRequests) {
    Asked {
      requests = List.copyOf(requests);
    }
  }

  /// @param ratioMin how much of what the bare handler does Varve should do
  List<Figure> run(Asked asked, double ratioMin) {
    Answer answer;
    try (Client client = new Client(port)) {
      answer = client.get(asked.sample()).requireStatus(200);
    }
    try (Child bare = lab.bare(asked.pattern(), answer)) {
      LoadedServer ours = loaded(varve, port, asked);
      LoadedServer limit = loaded(bare, bare.port(), asked);
      return measure(asked, ours, limit, ratioMin);
    }
  }

  private static LoadedServer loaded(Child server, int port, Asked asked) {
    byte[][] requests = asked.requests().toArray(byte[][]::new);
    return new LoadedServer(server, new Load(port, CONNECTIONS, requests, 200));
  }

  private List<Figure> measure(
      Asked asked, LoadedServer varve, LoadedServer bare, double ratioMin) {
    lab.progress("warming up");
    varve.warmUp(lab, asked.warmUpRequests());
    bare.warmUp(lab, asked.warmUpRequests());
    Side<Seen> limit = new Side<>(() -> bare.run(lab.round()));
    Side<Seen> ours = new Side<>(() -> varve.run(lab.round()));
    lab.progress("%d rounds".formatted(lab.rounds()));
    Side.alternate(lab.rounds(), limit, ours);
    return List.of(
        Seen.perSecond(
            asked.what() + ", 64 connections; limit: bare Helidon handler", ours, limit, ratioMin),
        Seen.processorTime(ours, limit),
        Figure.of(
            "- 99 of 100 answered within",
            Figure.millis(ours.median(Seen::slowMillis)),
            Figure.millis(limit.median(Seen::slowMillis)),
            Side.ratio(ours, Seen::slowMillis, limit, Seen::slowMillis)));
  }
}
