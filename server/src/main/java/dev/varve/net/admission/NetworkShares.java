package dev.varve.net.admission;

import dev.varve.kernel.Allowance;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/// What one network may take of that which all share: connections, places of requests that are handled or wait, and memory.
/// Somebody who sends much and slowly fills a share, and others keep theirs.
///
/// A network is known while it has a connection or a request here, so there are never more than there are of these.
public final class NetworkShares {
  private static final int ALL_PERCENT = 100;

  // whoever allows fewer means to bound the work of the machine, not to divide it
  private static final int DIVIDED_MIN = 50;

  private final Map<String, Share> open = new ConcurrentHashMap<>();
  private final int connectionsMax;
  private final int requestsMax;
  private final int waitingMax;
  private final long bytesMax;
  private final Allowance.Pool memory;

  /// @param percent what one network may take of each
  /// @param connections that may be open
  /// @param requests that are handled at a time
  /// @param waiting requests that wait for it
  /// @param memory what all requests may hold together
  public NetworkShares(
      int percent, int connections, int requests, int waiting, Allowance.Pool memory) {
    this.connectionsMax = part(connections, percent);
    this.requestsMax = part(requests, percent);
    this.waitingMax = Math.min(waiting, part(waiting, percent));
    this.bytesMax = memory.bytesMax() / ALL_PERCENT * percent;
    this.memory = memory;
  }

  /// Shares of places alone, such as those of a service.
  public static NetworkShares ofPlaces(int percent, int places) {
    return new NetworkShares(
        percent, Integer.MAX_VALUE, places, Integer.MAX_VALUE, new Allowance.Pool(Long.MAX_VALUE));
  }

  private static int part(int whole, int percent) {
    return whole < DIVIDED_MIN || percent == ALL_PERCENT
        ? Integer.MAX_VALUE
        : Math.max(1, (int) ((long) whole * percent / ALL_PERCENT));
  }

  /// The share of a network, until it is closed.
  public Share open(String network) {
    return open.compute(
        network,
        (_, known) -> {
          Share share = known == null ? new Share(network) : known;
          share.users++;
          return share;
        });
  }

  /// How many networks are known.
  int networks() {
    return open.size();
  }

  public final class Share implements AutoCloseable {
    private final String network;
    private final AtomicInteger connections = new AtomicInteger();
    private final Semaphore requests = new Semaphore(requestsMax);
    private final AtomicInteger waiting = new AtomicInteger();
    private final Allowance.Pool part = memory.part(bytesMax);
    // changed within the map's compute alone
    private int users;

    private Share(String network) {
      this.network = network;
    }

    /// Counts a connection, if it is not one too many.
    public boolean connect() {
      if (connections.incrementAndGet() > connectionsMax) {
        connections.decrementAndGet();
        return false;
      }
      return true;
    }

    public void disconnect() {
      connections.decrementAndGet();
    }

    Semaphore requests() {
      return requests;
    }

    AtomicInteger waiting() {
      return waiting;
    }

    int waitingMax() {
      return waitingMax;
    }

    public Allowance.Pool memory() {
      return part;
    }

    @Override
    public void close() {
      open.computeIfPresent(network, (_, known) -> --known.users == 0 ? null : known);
    }
  }
}
