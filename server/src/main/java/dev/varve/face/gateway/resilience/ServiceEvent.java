package dev.varve.face.gateway.resilience;

import dev.varve.kernel.Rfc3339;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// One thing that happened to a service or one of its hosts.
///
/// @param host its URL; empty for what is about the service as a whole
/// @param since when the trouble began that it tells of, or that is over now
/// @param what went wrong at last, to follow the name of the service or host; empty when nothing does any more
public record ServiceEvent(
    Instant at,
    ServiceEvents.Kind kind,
    String service,
    String host,
    Optional<Instant> since,
    String what) {

  /// Its members in JSON.
  public Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("kind", kind.name());
    members.put("at", Rfc3339.text(at));
    members.put("service", service);
    if (!host.isEmpty()) {
      members.put("host", host);
    }
    members.put("state", kind.state());
    since.ifPresent(began -> members.put("since", Rfc3339.text(began)));
    if (!what.isEmpty()) {
      members.put("what", what);
    }
    return members;
  }
}
