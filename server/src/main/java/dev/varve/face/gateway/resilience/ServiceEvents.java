package dev.varve.face.gateway.resilience;

import dev.varve.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What happens to a service: lines of JSON in the log of the process, under `dev.varve.services`, of which the last few are
/// kept.
///
/// ```
/// {"kind":"BREAKER_OPENED","at":"2026-11-29T15:00:04Z","service":"shipping","state":"OPEN","since":"2026-11-29T15:00:00Z","what":"takes no connections"}
/// ```
public final class ServiceEvents {
  private static final Logger LOG = LoggerFactory.getLogger("dev.varve.services");

  // what led to the present state; the log has all of them
  private static final int KEPT_MAX = 20;

  private final String service;
  private final Clock clock;

  /// The newest first. Held for a few instructions.
  private final Deque<ServiceEvent> kept = new ArrayDeque<>();

  public ServiceEvents(String service, Clock clock) {
    this.service = service;
    this.clock = clock;
  }

  /// What happened.
  public enum Kind {
    /// The service is not asked any more.
    BREAKER_OPENED("OPEN", true),
    /// One request is let through as a trial.
    BREAKER_HALF_OPENED("HALF_OPEN", false),
    /// A trial went well.
    BREAKER_CLOSED("CLOSED", false),
    /// Too many requests failed at a host.
    HOST_EJECTED("EJECTED", true),
    /// The time is over for which it was out.
    HOST_RETURNED("UP", false),
    /// Too many checks of a host failed.
    HOST_UNHEALTHY("UNHEALTHY", true),
    /// Its checks go well again.
    HOST_HEALTHY("UP", false),
    /// A host was found that was not there before.
    HOST_JOINED("UP", false),
    /// A host is not found any more.
    HOST_LEFT("GONE", false),
    /// Nobody knows where the hosts are; those that were known last are asked on.
    DISCOVERY_FAILED("FAILING", true),
    /// The hosts are found again.
    DISCOVERY_RECOVERED("WORKING", false);

    private final String state;
    private final boolean isTrouble;

    Kind(String state, boolean isTrouble) {
      this.state = state;
      this.isTrouble = isTrouble;
    }

    /// How that is which it is about, from now on.
    public String state() {
      return state;
    }
  }

  /// @param host its URL; empty for what is about the service as a whole
  /// @param since when the trouble began that it tells of, or that is over now
  /// @param what went wrong at last; empty when nothing does any more
  public void tell(Kind kind, String host, Optional<Instant> since, String what) {
    ServiceEvent event = new ServiceEvent(clock.instant(), kind, service, host, since, what);
    synchronized (kept) {
      kept.addFirst(event);
      if (kept.size() > KEPT_MAX) {
        kept.removeLast();
      }
    }
    String line =
        new String(Json.bytes(json -> Json.write(json, event.members())), StandardCharsets.UTF_8);
    if (kind.isTrouble) {
      LOG.warn("{}", line);
    } else {
      LOG.info("{}", line);
    }
  }

  /// The last few, the newest first.
  public List<ServiceEvent> last() {
    synchronized (kept) {
      return List.copyOf(kept);
    }
  }
}
