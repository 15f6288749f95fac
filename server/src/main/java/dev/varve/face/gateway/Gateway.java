package dev.varve.face.gateway;

import dev.varve.face.gateway.cache.AnswerCache;
import dev.varve.face.gateway.upstream.ServiceSettings;
import dev.varve.face.gateway.upstream.Upstream;
import dev.varve.face.gateway.upstream.Watch;
import dev.varve.net.limit.BucketStores;
import dev.varve.telemetry.Metrics;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// Answers with what services behind this server answer, as the table that is served says. Another table takes its place
/// while requests are under way:
///
/// ```
/// GatewayTable next = gateway.prepare(settings, identities);   // a mistake ends here, and changes nothing
/// server.routes(... next.routes(others) ...);
/// gateway.serve(next);
/// ```
///
/// A service that both tables have with the same settings stays as it is, with its connections and what is known of it.
public final class Gateway implements AutoCloseable {
  /// The share of one network where nobody asks.
  static final int UNDIVIDED = 100;

  private final Watch watch = new Watch();
  private final Clock clock;
  private final BucketStores buckets;
  private final Metrics metrics;
  private final int networkSharePercent;
  private final AtomicInteger lastNumber = new AtomicInteger();
  private volatile GatewayTable table;

  private Gateway(
      GatewaySettings settings,
      Identities identities,
      Clock clock,
      BucketStores buckets,
      Metrics metrics,
      int networkSharePercent) {
    this.networkSharePercent = networkSharePercent;
    this.clock = clock;
    this.buckets = buckets;
    this.metrics = metrics;
    try {
      this.table =
          new GatewayTable(
              GatewaySettings.NONE, Map.of(), List.of(), Identities.NOBODY_ASKS, Optional.empty());
      serve(prepare(settings, identities));
      GatewayMeasures.add(() -> table, metrics);
    } catch (RuntimeException e) {
      watch.close();
      throw e;
    }
  }

  /// @param identities tell services who sends a request
  /// @param clock by which failing services are left alone, and asked again
  /// @param buckets where limits of routes are counted
  /// @param metrics where refusals by limits are counted, and what comes of requests to services
  /// @param networkSharePercent how many of the places of a service one network may take
  /// @throws dev.varve.settings.WrongSetting when files that the settings name cannot be read
  public static Gateway open(
      GatewaySettings settings,
      Identities identities,
      Clock clock,
      BucketStores buckets,
      Metrics metrics,
      int networkSharePercent) {
    return new Gateway(settings, identities, clock, buckets, metrics, networkSharePercent);
  }

  /// The routes that settings make, for whoever looks at them and sends nothing.
  static GatewayTable imagined(GatewaySettings settings) {
    try (Gateway none =
        new Gateway(
            GatewaySettings.NONE,
            Identities.NOBODY_ASKS,
            Clock.systemUTC(),
            BucketStores.LOCAL,
            Metrics.NONE,
            UNDIVIDED)) {
      return none.imagined(settings.withoutFiles(), Identities.NOBODY_ASKS);
    }
  }

  /// What is served.
  public GatewayTable table() {
    return table;
  }

  /// A table of other settings, which holds nothing until it is served. What has not changed it shares with the one that is. The
  /// hosts of services that are new are looked for, which takes a few seconds at most.
  ///
  /// @throws dev.varve.settings.WrongSetting when files that the settings name cannot be read
  public GatewayTable prepare(GatewaySettings settings, Identities identities) {
    GatewayTable next = imagined(settings, identities);
    findHosts(next);
    return next;
  }

  /// The same, of which nobody is asked anything.
  GatewayTable imagined(GatewaySettings settings, Identities identities) {
    Map<String, Upstream> upstreams = new LinkedHashMap<>();
    settings.services().forEach((name, service) -> upstreams.put(name, upstream(service)));
    List<GatewayRoute> routes = new ArrayList<>();
    for (RouteSettings route : settings.routes()) {
      Upstream upstream = Objects.requireNonNull(upstreams.get(route.to()));
      GatewayRoute made = GatewayRoute.of(route, routes.size(), upstream, buckets, metrics);
      routes.add(
          made.keepingCounts(table.table().routes())
              .numbered(table.table().routes(), lastNumber::incrementAndGet));
    }
    return new GatewayTable(settings, upstreams, routes, identities, cache(settings));
  }

  /// All at once: each may have to wait for somebody else.
  private void findHosts(GatewayTable next) {
    List<Thread> searches = new ArrayList<>();
    next.upstreams()
        .forEach((name, upstream) -> {
          Optional<Upstream> before = Optional.ofNullable(table.upstreams().get(name));
          if (upstream.search().isPresent() && before.filter(upstream::equals).isEmpty()) {
            searches.add(
                Thread.ofVirtual().name("gateway-discovery").start(() -> upstream.find(before)));
          }
        });
    try {
      for (Thread search : searches) {
        search.join();
      }
    } catch (InterruptedException e) {
      // they are looked for on once they are served
      Thread.currentThread().interrupt();
    }
  }

  /// The one there is, when it is as large: what it keeps is found by the numbers of routes, and one that has changed has another.
  private Optional<AnswerCache> cache(GatewaySettings settings) {
    if (!settings.keepsAnswers()) {
      return Optional.empty();
    }
    return table
        .cache()
        .filter(known -> known.mebibytesMax() == settings.cacheMebibytesMax())
        .or(() -> Optional.of(new AnswerCache(settings.cacheMebibytesMax(), clock, metrics)));
  }

  private Upstream upstream(ServiceSettings settings) {
    Upstream known = table.upstreams().get(settings.name());
    return known != null && known.isOf(settings)
        ? known
        : new Upstream(settings, watch, clock, metrics, networkSharePercent);
  }

  /// From now on this is served. What the table before has alone ends, connections with the requests on them.
  public void serve(GatewayTable next) {
    GatewayTable before = table;
    table = next;
    next.upstreams().values().stream()
        .filter(upstream -> !before.upstreams().containsValue(upstream))
        .forEach(Upstream::begin);
    before.upstreams().values().stream()
        .filter(upstream -> !next.upstreams().containsValue(upstream))
        .forEach(Upstream::retire);
  }

  /// Ends what is under way.
  @Override
  public void close() {
    table.upstreams().values().forEach(Upstream::close);
    watch.close();
  }
}
