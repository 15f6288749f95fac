package dev.varve.face.gateway.resilience;

import dev.varve.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What happens to services: lines of JSON in the log of the process, under `dev.varve.services`.
///
/// ```
/// {"kind":"BREAKER_OPENED","service":"shipping","since":"2026-11-29T15:00:00Z","what":"takes no connections: connection refused"}
/// ```
public final class ServiceEvents {
  private static final Logger LOG = LoggerFactory.getLogger("dev.varve.services");

  /// What happened.
  public enum Kind {
    /// The service is not asked any more.
    BREAKER_OPENED,
    /// A trial went well.
    BREAKER_CLOSED,
    /// Too many requests failed at a host.
    HOST_EJECTED,
    /// The time is over for which it was out.
    HOST_RETURNED,
    /// Too many checks of a host failed.
    HOST_UNHEALTHY,
    /// Its checks go well again.
    HOST_HEALTHY
  }

  void tell(Kind kind, String service, Map<String, Object> more) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("kind", kind.name());
    line.put("service", service);
    line.putAll(more);
    String text = new String(Json.bytes(json -> Json.write(json, line)), StandardCharsets.UTF_8);
    switch (kind) {
      case BREAKER_OPENED, HOST_EJECTED, HOST_UNHEALTHY -> LOG.warn("{}", text);
      case BREAKER_CLOSED, HOST_RETURNED, HOST_HEALTHY -> LOG.info("{}", text);
    }
  }
}
