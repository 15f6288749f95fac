package dev.varve.bench;

import dev.varve.bench.Figure.Target;
import java.time.Duration;

/// A server under a load.
final class LoadedServer {
  private final Child server;
  private final Load load;

  LoadedServer(Child server, Load load) {
    this.server = server;
    this.load = load;
  }

  void warmUp(Lab lab, long requests) {
    lab.warmUp(load, requests);
  }

  /// What one measurement saw.
  ///
  /// @param cpuMicros processor time of the server for one request
  record Seen(double perSecond, double cpuMicros, double medianMillis, double slowMillis) {
    /// How many requests a second one side answers, against another.
    ///
    /// @param ratioMin how much of what the other does it should do
    static Figure perSecond(String what, Side<Seen> ours, Side<Seen> limit, double ratioMin) {
      double ratio = Side.ratio(ours, Seen::perSecond, limit, Seen::perSecond);
      return Figure.of(
              what,
              Figure.perSecond(ours.median(Seen::perSecond)),
              Figure.perSecond(limit.median(Seen::perSecond)),
              ratio)
          .withTarget(Target.atLeast(ratioMin, ratio));
    }

    static Figure processorTime(Side<Seen> ours, Side<Seen> limit) {
      return Figure.of(
          "- processor time of the server for one request",
          Figure.micros(ours.median(Seen::cpuMicros)),
          Figure.micros(limit.median(Seen::cpuMicros)),
          Side.ratio(ours, Seen::cpuMicros, limit, Seen::cpuMicros));
    }
  }

  /// How many bytes the server allocates for one request.
  double allocatedBytes(Duration duration) {
    try (Allocation allocation = new Allocation(server.pid())) {
      long before = allocation.bytes();
      long requests = load.run(duration).latencies().count();
      return (double) (allocation.bytes() - before) / requests;
    }
  }

  Seen run(Duration duration) {
    double cpuBefore = server.cpuSeconds();
    Load.Seen seen = load.run(duration);
    double cpu = server.cpuSeconds() - cpuBefore;
    Latencies latencies = seen.latencies();
    return new Seen(
        seen.perSecond(),
        cpu * 1e6 / latencies.count(),
        latencies.nanos(0.5) / 1e6,
        latencies.nanos(0.99) / 1e6);
  }
}
