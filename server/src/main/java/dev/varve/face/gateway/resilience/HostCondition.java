package dev.varve.face.gateway.resilience;

import dev.varve.face.gateway.resilience.ServiceEvents.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Whether a host may be asked: it is out for a while after failures in a row, and for as long as its checks fail.
///
/// @see <a href="https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier">Envoy: outlier
///     detection</a>
public final class HostCondition {
  // by then somebody should have looked at it, and if it is well nobody should have to
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final int STATUS_OF_FAILURE = 500;

  private final String url;
  private final HostConditions all;
  private final AtomicInteger failuresInARow = new AtomicInteger();

  /// The first of them.
  private volatile Instant failingSince = Instant.MIN;

  private final AtomicReference<@Nullable Ejection> ejection = new AtomicReference<>();

  /// How often it was out lately, and until when the last time. Guarded by [HostConditions].
  private int times;

  private Instant lastUntil = Instant.MIN;

  /// What its checks find; one thread makes them.
  private volatile Optional<String> illness = Optional.empty();

  /// Those that found otherwise than is held true, and the first of them; and of those that found it ill.
  private int checksInARow;

  private Instant otherwiseSince = Instant.MIN;
  private Instant illSince = Instant.MIN;

  private record Ejection(Instant since, Instant until, String what) {}

  HostCondition(String url, HostConditions all) {
    this.url = url;
    this.all = all;
  }

  public String url() {
    return url;
  }

  /// Whether it may be asked.
  public boolean isAvailable() {
    return illness.isEmpty() && !isEjected();
  }

  private boolean isEjected() {
    Ejection known = ejection.get();
    if (known == null) {
      return false;
    }
    if (all.clock().instant().isBefore(known.until())) {
      return true;
    }
    if (ejection.compareAndSet(known, null)) {
      all.tell(Kind.HOST_RETURNED, this, Optional.of(known.since()), "");
    }
    return false;
  }

  /// Whether it is ejected.
  boolean isOut(Instant now) {
    Ejection known = ejection.get();
    return known != null && now.isBefore(known.until());
  }

  boolean isIn(Instant now) {
    return illness.isEmpty() && !isOut(now);
  }

  /// A request was answered.
  public void answered(int status) {
    if (status >= STATUS_OF_FAILURE) {
      failed("answered " + status);
    } else if (failuresInARow.get() != 0) {
      failuresInARow.set(0);
    }
  }

  /// A request was not answered.
  ///
  /// @param what the host did, to follow its name
  public void failed(String what) {
    int enough = all.ejection().failures();
    int failures = failuresInARow.incrementAndGet();
    if (failures == 1) {
      failingSince = all.clock().instant();
    }
    if (failures >= enough && enough > 0) {
      all.eject(this, what);
    }
  }

  Instant failingSince() {
    return failingSince;
  }

  /// Called while [HostConditions] is held.
  ///
  /// @return whether it was in
  boolean eject(String what, Instant now) {
    if (isOut(now)) {
      return false;
    }
    Duration base = all.ejection().base();
    times = Math.max(0, times - forgotten(now, base)) + 1;
    Duration longest = base.compareTo(LONGEST) > 0 ? base : LONGEST;
    Duration time = base.multipliedBy(times);
    lastUntil = now.plus(time.compareTo(longest) > 0 ? longest : time);
    failuresInARow.set(0);
    ejection.set(new Ejection(now, lastUntil, what));
    return true;
  }

  /// One time for as long as the first takes, since it is back.
  private int forgotten(Instant now, Duration base) {
    return lastUntil.equals(Instant.MIN)
        ? 0
        : (int) Math.min(times, Duration.between(lastUntil, now).dividedBy(base));
  }

  /// A check came to its end. Called by one thread.
  ///
  /// @param found what is wrong
  public void checked(Optional<String> found) {
    if (found.isPresent() == illness.isPresent()) {
      checksInARow = 0;
      illness = found;
      return;
    }
    if (checksInARow == 0) {
      otherwiseSince = all.clock().instant();
    }
    int enough = found.isPresent() ? all.health().unhealthy() : all.health().healthy();
    if (++checksInARow < enough) {
      return;
    }
    checksInARow = 0;
    illness = found;
    if (found.isPresent()) {
      illSince = otherwiseSince;
    }
    all.tell(
        found.isPresent() ? Kind.HOST_UNHEALTHY : Kind.HOST_HEALTHY,
        this,
        Optional.of(illSince),
        found.orElse(""));
  }

  /// What is wrong with it, as far as that keeps it from being asked.
  public String trouble() {
    Ejection known = ejection.get();
    return illness.orElseGet(() -> known == null ? "" : known.what());
  }

  /// Until when it is out.
  public Optional<Instant> ejectedUntil() {
    Ejection known = ejection.get();
    return known != null && isEjected() ? Optional.of(known.until()) : Optional.empty();
  }

  /// Whether its checks fail.
  public boolean isUnhealthy() {
    return illness.isPresent();
  }
}
