package dev.varve.face.gateway.resilience;

import dev.varve.face.gateway.resilience.ServiceEvents.Kind;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The hosts of a service, and how many of them may be out at a time.
public final class HostConditions {
  private static final int ALL_PERCENT = 100;

  private final String service;
  private final EjectionSettings ejection;
  private final HealthSettings health;
  private final Clock clock;
  private final ServiceEvents events;
  private final ServiceMeasures measures;
  private final List<HostCondition> hosts;
  private final int outMax;

  public HostConditions(
      String service,
      List<String> urls,
      EjectionSettings ejection,
      HealthSettings health,
      Clock clock,
      ServiceEvents events,
      ServiceMeasures measures) {
    this.service = service;
    this.ejection = ejection;
    this.health = health;
    this.clock = clock;
    this.events = events;
    this.measures = measures;
    this.hosts = urls.stream().map(url -> new HostCondition(url, this)).toList();
    this.outMax = Math.max(1, urls.size() * ejection.percent() / ALL_PERCENT);
  }

  /// In the order of their URLs.
  public HostCondition of(int index) {
    return hosts.get(index);
  }

  EjectionSettings ejection() {
    return ejection;
  }

  HealthSettings health() {
    return health;
  }

  Clock clock() {
    return clock;
  }

  /// Takes a host out, unless too many are out, or it is the last.
  void eject(HostCondition host, String what) {
    Instant now = clock.instant();
    boolean out;
    // held for a look at all hosts; two that fail at once must not both think the other stays
    synchronized (this) {
      long ejected = hosts.stream().filter(each -> each.isOut(now)).count();
      boolean last = hosts.stream().noneMatch(other -> other != host && other.isIn(now));
      out = !last && ejected < outMax && host.eject(what, now);
    }
    if (out) {
      measures.ejected();
      tell(Kind.HOST_EJECTED, host, host.trouble());
    }
  }

  void tell(Kind kind, HostCondition host, String what) {
    Map<String, Object> more = new LinkedHashMap<>();
    more.put("host", host.url());
    if (!what.isEmpty()) {
      more.put("what", what);
    }
    events.tell(kind, service, more);
  }
}
