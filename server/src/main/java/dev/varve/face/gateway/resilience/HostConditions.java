package dev.varve.face.gateway.resilience;

import dev.varve.face.gateway.resilience.ServiceEvents.Kind;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// The hosts of a service, and how many of them may be out at a time.
public final class HostConditions {
  private static final int ALL_PERCENT = 100;

  private final EjectionSettings ejection;
  private final HealthSettings health;
  private final Clock clock;
  private final ServiceEvents events;
  private final ServiceMeasures measures;
  private final List<HostCondition> hosts = new CopyOnWriteArrayList<>();

  public HostConditions(
      EjectionSettings ejection,
      HealthSettings health,
      Clock clock,
      ServiceEvents events,
      ServiceMeasures measures) {
    this.ejection = ejection;
    this.health = health;
    this.clock = clock;
    this.events = events;
    this.measures = measures;
  }

  /// One more host, of which nothing is known yet.
  public HostCondition join(String url) {
    HostCondition host = new HostCondition(url, this);
    hosts.add(host);
    return host;
  }

  /// It is none of the hosts any more.
  public void leave(HostCondition host) {
    hosts.remove(host);
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

  /// Takes a host out, unless too many are out, or it is the last, or none of them any more.
  void eject(HostCondition host, String what) {
    Instant now = clock.instant();
    boolean out;
    // held for a look at all hosts; two that fail at once must not both think the other stays
    synchronized (this) {
      long ejected = hosts.stream().filter(each -> each.isOut(now)).count();
      long outMax = Math.max(1, hosts.size() * (long) ejection.percent() / ALL_PERCENT);
      boolean last = hosts.stream().noneMatch(other -> other != host && other.isIn(now));
      out = hosts.contains(host) && !last && ejected < outMax && host.eject(what, now);
    }
    if (out) {
      measures.ejected();
      tell(Kind.HOST_EJECTED, host, Optional.of(host.failingSince()), host.trouble());
    }
  }

  void tell(Kind kind, HostCondition host, Optional<Instant> since, String what) {
    events.tell(kind, host.url(), since, what);
  }
}
