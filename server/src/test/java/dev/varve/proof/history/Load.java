package dev.varve.proof.history;

import dev.varve.kernel.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// One round: clients that write and read, and a fault in the middle of it.
final class Load {
  private static final int CLIENTS = 6;
  // so many writes before the fault, and so many when it is over
  private static final int WRITES_AROUND = 12;
  private static final long LOOK_MILLIS = 2;

  private final Fleet fleet;
  private final int round;
  private final long seed;
  private final Fault fault;
  private final History history = new History();
  private volatile boolean over;

  Load(Fleet fleet, int round, long seed, Fault fault) {
    this.fleet = fleet;
    this.round = round;
    this.seed = seed;
    this.fault = fault;
  }

  int round() {
    return round;
  }

  /// What the keys of its writes begin with.
  String name() {
    return "r" + round;
  }

  boolean goesOn() {
    return !over;
  }

  /// Whether clients soon ask elsewhere when no answer comes.
  boolean isHurried() {
    return fault.stopsNodes();
  }

  Client client(int number) {
    return new Client(number, this, fleet, history, seed);
  }

  List<Seen> seen() {
    return history.all();
  }

  /// Runs it to its end: every client knows what became of its writes then, as far as that can be known.
  Load run() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Void>> clients = new ArrayList<>();
      for (int number = 0; number < CLIENTS; number++) {
        clients.add(threads.submit(client(number)));
      }
      try {
        await(WRITES_AROUND);
        fault.happen(fleet, this, new Random(seed));
        await(WRITES_AROUND);
      } finally {
        over = true;
      }
      for (Future<Void> client : clients) {
        client.get();
      }
    }
    return this;
  }

  /// Waits until so many more writes are acknowledged.
  void await(int writes) {
    int enough = history.acknowledged() + writes;
    Patience.until(
        "%d writes are acknowledged".formatted(enough), () -> history.acknowledged() >= enough);
  }

  /// The same, and no longer than that: what has stopped may hold up everybody.
  void await(int writes, Duration longest) throws InterruptedException {
    int enough = history.acknowledged() + writes;
    long end = System.nanoTime() + longest.toNanos();
    while (history.acknowledged() < enough && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }
}
