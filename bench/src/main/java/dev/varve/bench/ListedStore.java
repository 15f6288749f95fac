package dev.varve.bench;

import java.time.Duration;

/// A running server whose lists are asked for, one at a time.
final class ListedStore implements AutoCloseable {
  private static final int WARM_UP_CONNECTIONS = 4;
  private static final long WARM_UP_REQUESTS = 60_000;

  private final Child server;
  private final int port;
  private final Client client;

  ListedStore(Child server) {
    this.server = server;
    this.port = server.port();
    this.client = new Client(port);
  }

  /// One turn of asking the same or alike again and again.
  ///
  /// @param cpuMicros processor time of the server for one request
  record Seen(double medianMicros, double cpuMicros) {}

  /// Asks for all of these, often enough that the code behind them is compiled.
  void warmUp(Lab lab, String... targets) {
    warmUp(lab, requests(targets));
  }

  void warmUp(Lab lab, byte[]... requests) {
    lab.warmUp(new Load(port, WARM_UP_CONNECTIONS, requests, 200), WARM_UP_REQUESTS);
  }

  private static byte[][] requests(String... targets) {
    byte[][] requests = new byte[targets.length][];
    for (int i = 0; i < targets.length; i++) {
      requests[i] = Requests.get(targets[i]);
    }
    return requests;
  }

  int port() {
    return port;
  }

  Answer get(String target) {
    return client.get(target).requireStatus(200);
  }

  Answer ask(byte[] request) {
    return client.ask(request).requireStatus(200);
  }

  /// @param targets asked for one after another
  Side<Seen> asking(Duration turn, String... targets) {
    return asking(turn, requests(targets));
  }

  /// @param requests sent one after another
  Side<Seen> asking(Duration turn, byte[]... requests) {
    return new Side<>(() -> ask(turn, requests));
  }

  private Seen ask(Duration turn, byte[][] requests) {
    Latencies latencies = new Latencies();
    double cpuBefore = server.cpuSeconds();
    long end = System.nanoTime() + turn.toNanos();
    for (int i = 0; System.nanoTime() < end; i = (i + 1) % requests.length) {
      latencies.add(client.ask(requests[i]).requireStatus(200).nanos());
    }
    double cpu = server.cpuSeconds() - cpuBefore;
    return new Seen(latencies.nanos(0.5) / 1e3, cpu * 1e6 / latencies.count());
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
