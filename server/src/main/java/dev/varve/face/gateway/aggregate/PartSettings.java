package dev.varve.face.gateway.aggregate;

import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.time.Duration;
import java.util.Map;

/// One part of an aggregate; what stands under its name in `parts`.
public record PartSettings(
    String name,
    @Setting(
            says =
                "A read of Varve's own, as a path with its query, such as /api/orders/{id}?expand=lines; or else service and path.")
        String varve,
    @Setting(says = "The name of the service that is asked.") String service,
    @Setting(
            says =
                "Path and query at the service, such as /parcels?order={id}; {order.user} is what another part answers.")
        String path,
    @Setting(
            standard = "true",
            says = "Whether there is no answer without it; else it is named under errors.")
        boolean required,
    @Setting(
            standard = "5s",
            max = 60,
            says = "How long it may take; never longer than the aggregate.")
        Duration timeout,
    @Setting(
            standard = "1048576",
            min = 1_024,
            max = AggregateSettings.BYTES_MAX,
            says = "How many bytes it may answer.")
        int bytesMax,
    @Setting(says = "What of the answer is taken, such as items[0]; none is all of it.")
        String pick,
    @Setting(
            max = 100,
            says =
                "Members that get another name, such as {old: new}; of a list those of each object in it.")
        Map<String, String> rename,
    @Setting(
            standard = "false",
            says = "Whether its members stand beside the other parts, instead of under its name.")
        boolean flatten) {

  public PartSettings {
    rename = Map.copyOf(rename);
    if (varve.isEmpty() == service.isEmpty()) {
      throw new WrongSetting(
          varve.isEmpty() ? "service" : "varve",
          varve.isEmpty()
              ? "is not set, and neither is varve. Say what is asked"
              : "stands beside service. Ask one of both");
    }
    if (path.isEmpty() != service.isEmpty()) {
      throw new WrongSetting(
          "path",
          path.isEmpty()
              ? "is not set: say what is asked of the service"
              : "is for services. Write path and query behind varve");
    }
    try {
      ValuePath.parse(pick);
    } catch (IllegalArgumentException e) {
      throw new WrongSetting("pick", String.valueOf(e.getMessage()));
    }
  }

  boolean isOwn() {
    return service.isEmpty();
  }

  /// Path and query as they are written.
  String target() {
    return isOwn() ? varve : path;
  }

  /// The setting that [#target()] stands in.
  String targetName() {
    return isOwn() ? "varve" : "path";
  }
}
