package dev.varve.face.gateway.upstream;

import dev.varve.face.gateway.resilience.Breaker;
import dev.varve.face.gateway.resilience.HostConditions;
import dev.varve.face.gateway.resilience.Pauses;
import dev.varve.face.gateway.resilience.RetryBudget;
import dev.varve.face.gateway.resilience.ServiceEvents;
import dev.varve.face.gateway.resilience.ServiceMeasures;
import dev.varve.telemetry.Metrics;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// A service: its hosts, of which each request gets one.
///
/// What guards it stands around [#send], in [Sending]: a breaker before anything is sent, further attempts after a failure,
/// what came of each for its statistics.
public final class Upstream implements AutoCloseable {
  private final ServiceSettings settings;
  private final List<Host> hosts;
  private final AtomicInteger turn = new AtomicInteger();
  private final Breaker breaker;
  private final RetryBudget retryBudget;
  private final ServiceMeasures measures;
  private final String files;
  // between attempts, and between checks of health
  private final Pauses pauses = new Pauses();
  private final Pauses checks = new Pauses();

  /// @param watch looks after its connections
  /// @param clock by which it is left alone, and asked again
  /// @param networkSharePercent how many of the places of each host one network may take
  /// @throws dev.varve.settings.WrongSetting when its certificates cannot be read
  public Upstream(
      ServiceSettings settings,
      Watch watch,
      Clock clock,
      Metrics metrics,
      int networkSharePercent) {
    this.settings = settings;
    this.files = settings.tls().content();
    TlsClient tls = TlsClient.of(settings);
    ServiceEvents events = new ServiceEvents();
    this.measures = new ServiceMeasures(settings.name(), metrics);
    this.retryBudget = new RetryBudget(settings.retry().budget());
    this.breaker =
        new Breaker(
            settings.name(), settings.breaker(), settings.timeouts().longest(), clock, events);
    HostConditions conditions =
        new HostConditions(
            settings.name(),
            settings.urls(),
            settings.ejection(),
            settings.health(),
            clock,
            events,
            measures);
    List<Host> made = new ArrayList<>();
    for (String url : settings.urls()) {
      made.add(
          new Host(url, settings, tls, watch, conditions.of(made.size()), networkSharePercent));
    }
    this.hosts = List.copyOf(made);
  }

  public String name() {
    return settings.name();
  }

  public ServiceSettings settings() {
    return settings;
  }

  /// Whether one of these settings would be the same, its certificates included: files change under the same name.
  public boolean isOf(ServiceSettings other) {
    return settings.equals(other) && files.equals(other.tls().content());
  }

  public List<Host> hosts() {
    return hosts;
  }

  /// Whether it is left alone because it fails.
  public Breaker breaker() {
    return breaker;
  }

  RetryBudget retryBudget() {
    return retryBudget;
  }

  ServiceMeasures measures() {
    return measures;
  }

  Pauses pauses() {
    return pauses;
  }

  /// Begins to check its hosts, until it is closed.
  public void watchHealth() {
    if (settings.health().isSet()) {
      hosts.forEach(host ->
          Thread.ofVirtual()
              .name("gateway-health-" + name())
              .start(new HealthCheck(host, settings.health(), checks)));
    }
  }

  /// It gets no requests any more but from those who have it already: its checks end, and so does each of its connections when
  /// nobody uses it.
  public void retire() {
    checks.close();
    hosts.forEach(Host::retire);
  }

  /// Ends its checks, and the waits before requests are sent again.
  @Override
  public void close() {
    checks.close();
    pauses.close();
  }

  /// Sends a request to one of the hosts, and returns with the headers of the answer.
  ///
  /// @param key what [Balance#HASH] looks at
  public UpstreamAnswer send(OutgoingRequest request, Optional<String> key) throws UpstreamFailure {
    return new Sending(this, request, key).send();
  }

  /// The host for a request. When none is available, all are as good: better a host that may fail than none.
  ///
  /// @param tried those that it failed at, which are asked again only when there is no other
  Host pick(Optional<String> key, Set<Host> tried) {
    if (hosts.size() == 1) {
      return hosts.getFirst();
    }
    List<Host> available = hosts.stream().filter(Host::isAvailable).toList();
    List<Host> others = available.stream().filter(host -> !tried.contains(host)).toList();
    List<Host> open = others.isEmpty() ? (available.isEmpty() ? hosts : available) : others;
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
