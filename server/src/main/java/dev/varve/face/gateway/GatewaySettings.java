package dev.varve.face.gateway;

import dev.varve.face.gateway.upstream.ServiceSettings;
import dev.varve.kernel.Nearest;
import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What stands behind this server; section `gateway` of `varve.yaml`.
public record GatewaySettings(
    @Setting(max = 1_000, says = "The services behind this server, each under its name.")
        Map<String, ServiceSettings> services,
    @Setting(
            max = 10_000,
            says =
                "Which requests go to which service. What Varve answers itself, such as /api, goes first.")
        List<RouteSettings> routes) {
  public static final GatewaySettings NONE = new GatewaySettings(Map.of(), List.of());

  public GatewaySettings {
    routes = List.copyOf(routes);
    for (int i = 0; i < routes.size(); i++) {
      String service = routes.get(i).to();
      if (!services.containsKey(service)) {
        throw new WrongSetting(
            "routes[%d].to".formatted(i),
            "names the service '%s', which gateway.services does not have.%s"
                .formatted(service, Nearest.hint(service, services.keySet())));
      }
    }
  }

  /// The same, with files beside `varve.yaml` where they are.
  public GatewaySettings in(Path app) {
    Map<String, ServiceSettings> placed = new LinkedHashMap<>();
    services.forEach((name, service) -> placed.put(name, service.in(app)));
    return new GatewaySettings(placed, routes);
  }
}
