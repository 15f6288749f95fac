package dev.varve.face.gateway.resilience;

import dev.varve.face.gateway.resilience.ServiceEvents.Kind;
import dev.varve.kernel.DurationText;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Leaves a service alone that fails: after so many failures nobody is let through for a while, then one request as a trial,
/// and what comes of that decides.
///
/// ```
/// CLOSED --failures--> OPEN --recovery, then the next request--> HALF_OPEN --it succeeds--> CLOSED
///                        ^-------------------------it fails---------'
/// ```
///
/// The states and what is counted are Resilience4j's. What is here besides:
/// - what comes of a request that was let through in one state does not count in another;
/// - a trial of which nothing comes gives its permit back, once, and one that takes too long loses it to the next request.
public final class Breaker {
  private final BreakerSettings settings;
  private final Duration trialMax;
  private final Clock clock;
  private final ServiceEvents events;
  private final CircuitBreaker circuit;

  /// Held for a few instructions, never while anything is waited for. Guards all below, and each change of the circuit.
  private final Object lock = new Object();

  private long epoch;
  private @Nullable Permit trial;
  private @Nullable Trouble trouble;
  private Instant openedAt = Instant.MIN;

  /// What goes wrong: since the first failure after the last success, and what the last failure was.
  private record Trouble(Instant since, String what) {}

  /// What is told once the lock is free.
  private record Told(Kind kind, Instant since, String what) {}

  /// @param trialMax after which another request becomes the trial
  public Breaker(
      String service,
      BreakerSettings settings,
      Duration trialMax,
      Clock clock,
      ServiceEvents events) {
    this.settings = settings;
    this.trialMax = trialMax;
    this.clock = clock;
    this.events = events;
    this.circuit = CircuitBreaker.of(service, config(settings, clock));
  }

  private static CircuitBreakerConfig config(BreakerSettings settings, Clock clock) {
    boolean inARow = settings.rate() == 0;
    int calls = inARow ? Math.max(1, settings.failures()) : settings.calls();
    return CircuitBreakerConfig.custom()
        .clock(clock)
        .recordResult(Boolean.FALSE::equals)
        .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
        .slidingWindowSize(calls)
        .minimumNumberOfCalls(calls)
        // of as many as must fail in a row, all
        .failureRateThreshold(inARow ? 100 : settings.rate())
        // it lets through what comes after that, and whoever comes just in time is to be let
        // through
        .waitDurationInOpenState(settings.recovery().minusMillis(1))
        .permittedNumberOfCallsInHalfOpenState(1)
        .writableStackTraceEnabled(false)
        .build();
  }

  /// What a request meets.
  public sealed interface Entry permits Permit, Refused {}

  /// It is not sent.
  ///
  /// @param since when the service began to fail
  /// @param what it did at last, to follow its name: `takes no connections`
  /// @param retryAfterSeconds until the next trial; at least 1
  public record Refused(Instant since, String what, long retryAfterSeconds) implements Entry {}

  /// It is sent, and what comes of it is told once. Closed without that, nothing came of it.
  public final class Permit implements Entry, AutoCloseable {
    private final long givenIn;
    private final boolean isTrial;
    private final Instant givenAt;
    private boolean settled;

    private Permit(long givenIn, boolean isTrial, Instant givenAt) {
      this.givenIn = givenIn;
      this.isTrial = isTrial;
      this.givenAt = givenAt;
    }

    /// Whether the service is tried with it, so that it is sent once and no more.
    public boolean isTrial() {
      return isTrial;
    }

    /// The service has answered.
    public void succeeded(long nanos) {
      if (nanos > settings.slow().toNanos()) {
        failed("took longer than %s to answer".formatted(DurationText.of(settings.slow())));
      } else {
        settle(this, () -> succeed());
      }
    }

    /// @param what it did, to follow its name
    public void failed(String what) {
      settle(this, () -> fail(what));
    }

    @Override
    public void close() {
      settle(this, circuit::releasePermission);
    }
  }

  /// Asks whether a request may be sent.
  public Entry enter() {
    if (!settings.isSet()) {
      return new Permit(0, false, Instant.MIN);
    }
    Entry entry;
    Optional<Told> event;
    synchronized (lock) {
      long before = epoch;
      entry = entered();
      event =
          epoch == before ? Optional.empty() : Optional.of(told(Kind.BREAKER_HALF_OPENED, known()));
    }
    event.ifPresent(this::tell);
    return entry;
  }

  private Entry entered() {
    State before = circuit.getState();
    if (circuit.tryAcquirePermission()) {
      if (circuit.getState() != before) {
        epoch++;
      }
      return permit(circuit.getState() == State.HALF_OPEN);
    }
    Permit slow = trial;
    if (slow != null && clock.instant().isAfter(slow.givenAt.plus(trialMax))) {
      return permit(true);
    }
    return refused();
  }

  private Permit permit(boolean isTrial) {
    Permit permit = new Permit(epoch, isTrial, isTrial ? clock.instant() : Instant.MIN);
    if (isTrial) {
      trial = permit;
    }
    return permit;
  }

  private Refused refused() {
    Instant now = clock.instant();
    Trouble known = known();
    Duration left = Duration.between(now, openedAt.plus(settings.recovery()));
    return new Refused(
        known.since(),
        known.what(),
        // rounded up; while a trial is under way, nobody knows
        Math.max(1, left.plusMillis(999).toSeconds()));
  }

  private Trouble known() {
    Trouble known = trouble;
    return known == null ? new Trouble(openedAt, "failed too often") : known;
  }

  private void settle(Permit permit, Runnable outcome) {
    if (!settings.isSet()) {
      return;
    }
    Optional<Told> event;
    synchronized (lock) {
      boolean lapsed = permit.givenIn != epoch || (permit.isTrial && permit != trial);
      if (permit.settled || lapsed) {
        return;
      }
      permit.settled = true;
      if (permit.isTrial) {
        trial = null;
      }
      State before = circuit.getState();
      // which a success forgets
      Trouble known = trouble;
      outcome.run();
      event = before == circuit.getState() ? Optional.empty() : Optional.of(moved(known));
    }
    event.ifPresent(this::tell);
  }

  private void succeed() {
    trouble = null;
    circuit.onResult(0, TimeUnit.NANOSECONDS, true);
  }

  private void fail(String what) {
    Trouble known = trouble;
    trouble = new Trouble(known == null ? clock.instant() : known.since(), what);
    circuit.onResult(0, TimeUnit.NANOSECONDS, false);
  }

  /// @param before what went wrong until now
  private Told moved(@Nullable Trouble before) {
    epoch++;
    if (circuit.getState() == State.CLOSED) {
      return new Told(Kind.BREAKER_CLOSED, before == null ? openedAt : before.since(), "");
    }
    openedAt = clock.instant();
    return told(Kind.BREAKER_OPENED, known());
  }

  private static Told told(Kind kind, Trouble trouble) {
    return new Told(kind, trouble.since(), trouble.what());
  }

  private void tell(Told told) {
    events.tell(told.kind(), "", Optional.of(told.since()), told.what());
  }

  /// How it stands.
  public Standing standing() {
    synchronized (lock) {
      Trouble known = trouble;
      State state = circuit.getState();
      return new Standing(
          switch (state) {
            case OPEN -> BreakerState.OPEN;
            case HALF_OPEN -> BreakerState.HALF_OPEN;
            case CLOSED, DISABLED, METRICS_ONLY, FORCED_OPEN -> BreakerState.CLOSED;
          },
          Optional.ofNullable(known).map(Trouble::since),
          known == null ? "" : known.what(),
          state == State.OPEN ? Optional.of(openedAt.plus(settings.recovery())) : Optional.empty());
    }
  }

  /// How a breaker stands at a moment.
  ///
  /// @param failingSince the first failure after the last success
  /// @param what the last failure was
  /// @param trialAt from when on a request is let through
  public record Standing(
      BreakerState state, Optional<Instant> failingSince, String what, Optional<Instant> trialAt) {}
}
