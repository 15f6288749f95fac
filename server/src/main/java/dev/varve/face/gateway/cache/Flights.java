package dev.varve.face.gateway.cache;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/// The requests that are on their way to services, each for all that are equal.
final class Flights {
  // of all that wait; each takes a connection to its client and a few kilobytes
  private static final int WAITING_MAX = 10_000;

  private final ConcurrentMap<FlightKey, Flight> all = new ConcurrentHashMap<>();
  private final AtomicInteger waiting = new AtomicInteger();

  /// What a request does.
  sealed interface Place {
    /// It asks the service, for itself and whoever joins it.
    record Leading(Flight flight) implements Place {}

    /// It waits for another; whoever has waited says [Flights#left].
    record Waiting(Flight flight) implements Place {}

    /// Too many wait already.
    record Full() implements Place {}
  }

  Place enter(FlightKey key) {
    Flight mine = new Flight();
    Flight flight = all.compute(key, (_, there) -> there != null && there.join() ? there : mine);
    if (flight == mine) {
      return new Place.Leading(mine);
    }
    if (waiting.incrementAndGet() > WAITING_MAX) {
      left(flight);
      return new Place.Full();
    }
    return new Place.Waiting(flight);
  }

  void left(Flight flight) {
    waiting.decrementAndGet();
    flight.leave();
  }

  /// Leads when nobody does; nothing otherwise.
  boolean begin(FlightKey key, Flight mine) {
    return all.putIfAbsent(key, mine) == null;
  }

  /// Lets go of those who wait. Nobody joins it any more.
  void land(FlightKey key, Flight flight, Landing with) {
    all.remove(key, flight);
    flight.land(with);
  }

  int waiting() {
    return waiting.get();
  }
}
