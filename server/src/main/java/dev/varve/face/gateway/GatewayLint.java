package dev.varve.face.gateway;

import dev.varve.face.gateway.aggregate.AggregateSettings;
import dev.varve.face.gateway.aggregate.Aggregates;
import dev.varve.face.gateway.discovery.HostSearch;
import dev.varve.face.gateway.upstream.Host;
import dev.varve.face.gateway.upstream.ServiceSettings;
import dev.varve.face.gateway.upstream.Upstream;
import dev.varve.face.gateway.upstream.Watch;
import dev.varve.net.http.Route;
import dev.varve.net.limit.BucketStores;
import dev.varve.settings.WrongSetting;
import dev.varve.telemetry.Metrics;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Looks for what is wrong with a gateway, or seldom meant, before anybody meets it. What each finds names its setting.
public final class GatewayLint {
  // a connection attempt is a thread that waits; a service has 64 hosts at most
  private static final int ATTEMPTS_AT_A_TIME = 32;

  private final GatewaySettings settings;

  public GatewayLint(GatewaySettings settings) {
    this.settings = settings;
  }

  /// What a server would not start with: files that cannot be used, routes where Varve answers itself, aggregates that read
  /// what is not there. Of each service and each aggregate the first mistake.
  ///
  /// @param own what Varve answers itself over the schema
  /// @param others the routes of the server beside the gateway
  public List<WrongSetting> refusals(Aggregates.Own own, List<Route> others) {
    List<WrongSetting> found = new ArrayList<>();
    try (Gateway none =
        Gateway.open(
            GatewaySettings.NONE,
            Identities.NOBODY_ASKS,
            Clock.systemUTC(),
            BucketStores.LOCAL,
            Metrics.NONE,
            Gateway.UNDIVIDED)) {
      settings
          .services()
          .forEach((name, service) -> {
            GatewaySettings alone = new GatewaySettings(Map.of(name, service), List.of());
            attempt(() -> none.imagined(alone, Identities.NOBODY_ASKS), found);
          });
      GatewayTable table = none.imagined(settings.withoutFiles(), Identities.NOBODY_ASKS);
      attempt(() -> table.routes(others), found);
      attempt(() -> table.aggregates(own, others), found);
    }
    return found;
  }

  private static void attempt(Runnable work, List<WrongSetting> found) {
    try {
      work.run();
    } catch (WrongSetting wrong) {
      found.add(wrong);
    }
  }

  /// Routes that no request reaches, because one that goes before takes all that they would.
  public List<WrongSetting> shadowed() {
    List<GatewayRoute> ordered = Gateway.imagined(settings).table().routes();
    List<WrongSetting> found = new ArrayList<>();
    for (int i = 0; i < ordered.size(); i++) {
      GatewayRoute route = ordered.get(i);
      ordered.subList(0, i).stream()
          .filter(before -> takesAllOf(before, route))
          .findFirst()
          .ifPresent(before ->
              found.add(
                  new WrongSetting(
                      "gateway.routes[%d]".formatted(route.index()),
                      "is never reached: gateway.routes[%d] (%s) takes all that %s would. Take one of them out, or say more in this one"
                          .formatted(before.index(), before.pattern(), route.pattern()))));
    }
    return found;
  }

  private static boolean takesAllOf(GatewayRoute before, GatewayRoute route) {
    RouteSettings taking = before.settings();
    RouteSettings taken = route.settings();
    boolean methods =
        taking.methods().isEmpty()
            || (!taken.methods().isEmpty() && takesMethods(taking.methods(), taken.methods()));
    return methods
        && before.pattern().covers(route.pattern())
        && (taking.host().isEmpty() || RouteTable.coversHost(taking.host(), taken.host()))
        && taken.headers().entrySet().containsAll(taking.headers().entrySet());
  }

  private static boolean takesMethods(List<String> taking, List<String> taken) {
    return taken.stream()
        .allMatch(
            method -> taking.contains(method) || (method.equals("HEAD") && taking.contains("GET")));
  }

  /// Services that nothing leads to.
  public List<WrongSetting> unused() {
    Set<String> used = new HashSet<>();
    settings.routes().forEach(route -> used.add(route.to()));
    for (AggregateSettings aggregate : settings.aggregates()) {
      aggregate.parts().values().forEach(part -> used.add(part.service()));
    }
    return settings.services().keySet().stream()
        .filter(name -> !used.contains(name))
        .map(name ->
            new WrongSetting(
                "gateway.services[%s]".formatted(name),
                "is used by no route and no aggregate. Take it out, or write a route to it"))
        .toList();
  }

  /// Routes that everybody may ask as often as they like.
  public List<WrongSetting> unlimited() {
    List<WrongSetting> found = new ArrayList<>();
    for (int i = 0; i < settings.routes().size(); i++) {
      RouteSettings route = settings.routes().get(i);
      if (route.allow().equals("public") && route.when().isBlank() && !route.limit().isSet()) {
        found.add(
            new WrongSetting(
                "gateway.routes[%d].allow".formatted(i),
                "is public, and nothing says how often: %s reaches the service as often as anybody likes. Give the route a limit, such as limit: {requests: 100, per: 1m, by: ADDRESS}"
                    .formatted(route.path())));
      }
    }
    return found;
  }

  /// What is found when somebody looks at what the services are made of.
  ///
  /// @param mistakes hosts that take no connection now, and services whose hosts nobody knows
  /// @param notes where hosts were found
  public record Look(List<WrongSetting> mistakes, List<WrongSetting> notes) {}

  /// Looks for the hosts of services, and whether they take connections. Nothing is sent to them; each is waited for as long as its
  /// `timeouts.connect` says.
  public Look look() throws InterruptedException {
    List<WrongSetting> notes = new ArrayList<>();
    List<WrongSetting> mistakes = new ArrayList<>();
    List<Future<Upstream>> searches = new ArrayList<>();
    List<Future<Optional<WrongSetting>>> troubles = new ArrayList<>();
    try (Watch watch = new Watch();
        ExecutorService attempts = Executors.newFixedThreadPool(ATTEMPTS_AT_A_TIME)) {
      for (ServiceSettings service : settings.services().values()) {
        upstream(service, watch)
            .ifPresent(upstream ->
                searches.add(attempts.submit(() -> upstream.find(Optional.empty()), upstream)));
      }
      for (Future<Upstream> search : searches) {
        Upstream upstream = search.get();
        upstream.search().ifPresent(found -> tell(upstream, found, mistakes, notes));
        attempt(upstream, attempts, troubles);
      }
      for (Future<Optional<WrongSetting>> each : troubles) {
        each.get().ifPresent(mistakes::add);
      }
      return new Look(mistakes, notes);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Optional<Upstream> upstream(ServiceSettings service, Watch watch) {
    try {
      return Optional.of(
          new Upstream(service, watch, Clock.systemUTC(), Metrics.NONE, Gateway.UNDIVIDED));
    } catch (WrongSetting told) {
      // among the refusals
      return Optional.empty();
    }
  }

  private static void tell(
      Upstream upstream,
      HostSearch.Standing found,
      List<WrongSetting> mistakes,
      List<WrongSetting> notes) {
    String key = key(upstream.settings());
    if (found.failingSince().isPresent()) {
      mistakes.add(
          new WrongSetting(
              key,
              "finds no host now. %s. Correct it, or whoever is asked".formatted(found.what())));
      return;
    }
    List<String> urls = upstream.hosts().stream().map(Host::url).toList();
    notes.add(
        new WrongSetting(
            key,
            "finds %s now: %s%s"
                .formatted(
                    count(urls, "host"),
                    String.join(", ", urls),
                    found.leftOut() == 0 ? "" : ", and leaves out " + found.leftOut())));
  }

  /// The setting that says where hosts are found.
  private static String key(ServiceSettings service) {
    return "gateway.services[%s].discovery.%s".formatted(service.name(), service.discovery().way());
  }

  private static void attempt(
      Upstream upstream, ExecutorService attempts, List<Future<Optional<WrongSetting>>> troubles) {
    ServiceSettings service = upstream.settings();
    for (int i = 0; i < upstream.hosts().size(); i++) {
      Host host = upstream.hosts().get(i);
      String key =
          service.discovery().isSet()
              ? key(service)
              : "gateway.services[%s].urls[%d]".formatted(service.name(), i);
      String how = service.discovery().isSet() ? "finds" : "is";
      troubles.add(
          attempts.submit(() ->
              host.trouble()
                  .map(trouble ->
                      new WrongSetting(
                          key,
                          "%s %s, which %s. Start it, or correct the address"
                              .formatted(how, host.url(), trouble)))));
    }
  }

  /// Whether there is anything to look at.
  public boolean isEmpty() {
    return settings.services().isEmpty() && settings.aggregates().isEmpty();
  }

  /// How many of each there are, in words.
  public String summary() {
    return "%s, %s, %s"
        .formatted(
            count(settings.services().keySet(), "service"),
            count(settings.routes(), "route"),
            count(settings.aggregates(), "aggregate"));
  }

  private static String count(Collection<?> all, String noun) {
    return "%d %s%s".formatted(all.size(), noun, all.size() == 1 ? "" : "s");
  }
}
