package dev.varve.face.gateway.upstream;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// A service: its hosts, of which each request gets one.
///
/// What guards it stands around [#send]: a breaker before anything is sent, further attempts after a failure, what came of
/// each for its statistics.
public final class Upstream {
  private final ServiceSettings settings;
  private final List<Host> hosts;
  private final AtomicInteger turn = new AtomicInteger();

  /// @param watch looks after its connections
  /// @throws dev.varve.settings.WrongSetting when its certificates cannot be read
  public Upstream(ServiceSettings settings, Watch watch) {
    this.settings = settings;
    TlsClient tls = TlsClient.of(settings);
    this.hosts = settings.urls().stream().map(url -> new Host(url, settings, tls, watch)).toList();
  }

  public String name() {
    return settings.name();
  }

  public ServiceSettings settings() {
    return settings;
  }

  public List<Host> hosts() {
    return hosts;
  }

  /// Sends a request to one of the hosts, and returns with the headers of the answer.
  ///
  /// @param key what [Balance#HASH] looks at
  public UpstreamAnswer send(OutgoingRequest request, Optional<String> key) throws UpstreamFailure {
    return new Attempt(request, pick(key), settings.timeouts()).make();
  }

  /// The host for a request. When none is available, all are as good: better a host that may fail than none.
  private Host pick(Optional<String> key) {
    if (hosts.size() == 1) {
      return hosts.getFirst();
    }
    List<Host> available = new ArrayList<>(hosts);
    available.removeIf(host -> !host.isAvailable());
    List<Host> open = available.isEmpty() ? hosts : available;
    return switch (settings.balance()) {
      case ROUND_ROBIN -> next(open);
      case LEAST_REQUESTS -> least(open);
      case HASH -> key.map(value -> hashed(open, value)).orElseGet(() -> next(open));
    };
  }

  private Host next(List<Host> open) {
    return open.get(Math.floorMod(turn.getAndIncrement(), open.size()));
  }

  /// Of many with equally few, each in its turn.
  private Host least(List<Host> open) {
    int first = Math.floorMod(turn.getAndIncrement(), open.size());
    Host least = open.get(first);
    for (int i = 1; i < open.size(); i++) {
      Host other = open.get((first + i) % open.size());
      if (other.underWay() < least.underWay()) {
        least = other;
      }
    }
    return least;
  }

  /// The one that draws highest for this value (rendezvous hashing): when a host goes, the values of others stay.
  private static Host hashed(List<Host> open, String value) {
    Host highest = open.getFirst();
    long highestDraw = Long.MIN_VALUE;
    for (Host host : open) {
      long draw = mixed(value, host.url());
      if (draw > highestDraw) {
        highest = host;
        highestDraw = draw;
      }
    }
    return highest;
  }

  /// FNV-1a, and the finaliser of MurmurHash3 behind it.
  private static long mixed(String value, String url) {
    long hash = 0xCBF29CE484222325L;
    String text = value + '\n' + url;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
    }
    hash = (hash ^ (hash >>> 33)) * 0xFF51AFD7ED558CCDL;
    hash = (hash ^ (hash >>> 33)) * 0xC4CEB9FE1A85EC53L;
    return hash ^ (hash >>> 33);
  }
}
