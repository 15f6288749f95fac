package dev.varve.face.gateway;

import dev.varve.face.gateway.aggregate.AggregateSettings;
import dev.varve.face.gateway.aggregate.PartSettings;
import dev.varve.face.gateway.upstream.ServiceSettings;
import dev.varve.kernel.Nearest;
import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What stands behind this server; section `gateway` of `varve.yaml`.
public record GatewaySettings(
    @Setting(max = 1_000, says = "The services behind this server, each under its name.")
        Map<String, ServiceSettings> services,
    @Setting(
            max = 10_000,
            says =
                "Which requests go to which service. What Varve answers itself, such as /api, goes first.")
        List<RouteSettings> routes,
    @Setting(max = 1_000, says = "Answers that are made of others, of Varve's own and of services.")
        List<AggregateSettings> aggregates,
    @Setting(
            standard = "64",
            max = 1_000_000,
            says =
                "How much memory the answers of all routes may take together that are kept (`cache` of a route), in MiB. One answer may take a sixteenth of it, and at most 16 MiB.")
        int cacheMebibytesMax) {
  private static final int CACHE_MEBIBYTES_MAX = 64;

  public static final GatewaySettings NONE = new GatewaySettings(Map.of(), List.of());

  /// Without aggregates.
  public GatewaySettings(Map<String, ServiceSettings> services, List<RouteSettings> routes) {
    this(services, routes, List.of(), CACHE_MEBIBYTES_MAX);
  }

  public GatewaySettings {
    routes = List.copyOf(routes);
    aggregates = List.copyOf(aggregates);
    for (int i = 0; i < routes.size(); i++) {
      String service = routes.get(i).to();
      if (!services.containsKey(service)) {
        throw new WrongSetting(
            "routes[%d].to".formatted(i),
            "names the service '%s', which gateway.services does not have.%s"
                .formatted(service, Nearest.hint(service, services.keySet())));
      }
      if (cacheMebibytesMax == 0 && routes.get(i).cache().isSet()) {
        throw new WrongSetting(
            "routes[%d].cache".formatted(i),
            "keeps answers, but gateway.cacheMebibytesMax is 0. Give it some memory, or take this out");
      }
    }
    for (int i = 0; i < aggregates.size(); i++) {
      requireAggregate("aggregates[%d]".formatted(i), aggregates.get(i), services.keySet());
    }
  }

  private static void requireAggregate(
      String component, AggregateSettings aggregate, Set<String> services) {
    try {
      Admission.of(aggregate.allow(), aggregate.when());
    } catch (WrongSetting e) {
      throw e.in(component);
    }
    for (PartSettings part : aggregate.parts().values()) {
      String service = part.service();
      if (!service.isEmpty() && !services.contains(service)) {
        throw new WrongSetting(
            "%s.parts[%s].service".formatted(component, part.name()),
            "is '%s', which gateway.services does not have.%s"
                .formatted(service, Nearest.hint(service, services)));
      }
    }
  }

  /// The same without the files of its services, for whoever connects to none of them.
  GatewaySettings withoutFiles() {
    Map<String, ServiceSettings> plain = new LinkedHashMap<>();
    services.forEach((name, service) -> plain.put(name, service.withoutTls()));
    return new GatewaySettings(plain, routes, aggregates, cacheMebibytesMax);
  }

  /// The scopes with which applications come to its routes and aggregates.
  public Set<String> scopes() {
    return Stream.concat(
            routes.stream().map(RouteSettings::allow),
            aggregates.stream().map(AggregateSettings::allow))
        .flatMap(allow -> Admission.scope(allow).stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  boolean keepsAnswers() {
    return routes.stream().anyMatch(route -> route.cache().isSet());
  }

  /// The same, with files beside `varve.yaml` where they are.
  public GatewaySettings in(Path app) {
    Map<String, ServiceSettings> placed = new LinkedHashMap<>();
    services.forEach((name, service) -> placed.put(name, service.in(app)));
    return new GatewaySettings(placed, routes, aggregates, cacheMebibytesMax);
  }
}
