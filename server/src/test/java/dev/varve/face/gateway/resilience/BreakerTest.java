package dev.varve.face.gateway.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.gateway.resilience.Breaker.Permit;
import dev.varve.face.gateway.resilience.Breaker.Refused;
import dev.varve.kernel.SteppedClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class BreakerTest {
  private static final Duration RECOVERY = Duration.ofSeconds(60);
  private static final Duration TRIAL_MAX = Duration.ofSeconds(20);
  private static final Duration NEVER = Duration.ofHours(1);

  private final SteppedClock clock = SteppedClock.standing();
  private final Breaker breaker = breaker(new BreakerSettings(3, 0, 100, RECOVERY, NEVER));

  private Breaker breaker(BreakerSettings settings) {
    return new Breaker("test", settings, TRIAL_MAX, clock, new ServiceEvents("test", clock));
  }

  private Permit enter() {
    return (Permit) breaker.enter();
  }

  private void open() {
    for (int i = 0; i < 3; i++) {
      enter().failed("fails");
    }
    assertThat(state()).isEqualTo(BreakerState.OPEN);
  }

  private BreakerState state() {
    return breaker.standing().state();
  }

  @Test
  void withoutSettingsEveryRequestIsLetThrough() {
    Breaker none = breaker(BreakerSettings.NONE);
    for (int i = 0; i < 1_000; i++) {
      ((Permit) none.enter()).failed("fails");
    }
    assertThat(none.enter()).isInstanceOf(Permit.class);
    assertThat(none.standing().state()).isEqualTo(BreakerState.CLOSED);
  }

  @Test
  void aSuccessBetweenFailuresStartsTheCountAnew() {
    enter().failed("fails");
    enter().failed("fails");
    enter().succeeded(0);
    enter().failed("fails");
    enter().failed("fails");
    assertThat(state()).isEqualTo(BreakerState.CLOSED);
    enter().failed("fails");
    assertThat(state()).isEqualTo(BreakerState.OPEN);
  }

  @Test
  void aShareOfFailuresOpensItOnceThereAreEnoughCalls() {
    Breaker share = breaker(new BreakerSettings(0, 50, 10, RECOVERY, NEVER));
    for (int i = 0; i < 9; i++) {
      Permit permit = (Permit) share.enter();
      if (i % 2 == 0) {
        permit.failed("fails");
      } else {
        permit.succeeded(0);
      }
    }
    assertThat(share.standing().state()).isEqualTo(BreakerState.CLOSED);
    ((Permit) share.enter()).failed("fails");
    assertThat(share.standing().state()).isEqualTo(BreakerState.OPEN);
  }

  @Test
  void aSlowAnswerCountsAsAFailure() {
    Breaker slow = breaker(new BreakerSettings(2, 0, 100, RECOVERY, Duration.ofSeconds(2)));
    ((Permit) slow.enter()).succeeded(Duration.ofSeconds(3).toNanos());
    ((Permit) slow.enter()).failed("fails");
    assertThat(slow.standing().state()).isEqualTo(BreakerState.OPEN);
    assertThat(slow.standing().what()).isEqualTo("fails");
  }

  @Test
  void aRefusalSaysSinceWhenWhatAndUntilWhen() {
    var since = clock.instant();
    enter().failed("was the first");
    clock.move(Duration.ofSeconds(5));
    enter().failed("was the second");
    enter().failed("was the last");
    clock.move(Duration.ofMillis(10_500));

    assertThat(breaker.enter()).isEqualTo(new Refused(since, "was the last", 50));
    clock.move(Duration.ofMillis(49_400));
    assertThat(breaker.enter()).isEqualTo(new Refused(since, "was the last", 1));
  }

  @Test
  void afterTheRecoveryOneRequestIsATrialAndAllOthersAreRefused() {
    open();
    clock.move(RECOVERY);
    Permit trial = enter();
    assertThat(trial.isTrial()).isTrue();
    assertThat(breaker.enter()).isInstanceOf(Refused.class);

    trial.succeeded(0);

    assertThat(state()).isEqualTo(BreakerState.CLOSED);
    assertThat(enter().isTrial()).isFalse();
  }

  @Test
  void aTrialThatFailsOpensItForAsLongAgain() {
    open();
    clock.move(RECOVERY);
    enter().failed("fails still");
    clock.move(RECOVERY.minusSeconds(1));

    assertThat(breaker.enter())
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.retryAfterSeconds()).isEqualTo(1);
              assertThat(refused.what()).isEqualTo("fails still");
            });
  }

  @Test
  void aCancelledTrialGivesItsPermitBackOnce() {
    open();
    clock.move(RECOVERY);
    for (int i = 0; i < 100; i++) {
      Permit trial = enter();
      trial.close();
      trial.close();
      trial.failed("too late");
    }
    Permit trial = enter();
    assertThat(breaker.enter()).isInstanceOf(Refused.class);
    trial.succeeded(0);
    assertThat(state()).isEqualTo(BreakerState.CLOSED);
  }

  @Test
  void whatWasUnderWayBeforeNeitherDecidesNorGivesAPermit() {
    List<Permit> before = List.of(enter(), enter(), enter());
    open();
    clock.move(RECOVERY);
    Permit trial = enter();
    before.get(0).succeeded(0);
    before.get(1).failed("late");
    before.get(2).close();

    assertThat(state()).isEqualTo(BreakerState.HALF_OPEN);
    assertThat(breaker.enter()).isInstanceOf(Refused.class);
    trial.succeeded(0);
    assertThat(state()).isEqualTo(BreakerState.CLOSED);
  }

  @Test
  void aTrialThatTakesTooLongLosesItsPermitToTheNextRequest() {
    open();
    clock.move(RECOVERY);
    Permit slow = enter();
    clock.move(TRIAL_MAX.plusMillis(1));
    Permit next = enter();
    assertThat(next.isTrial()).isTrue();
    assertThat(breaker.enter()).isInstanceOf(Refused.class);

    slow.failed("too late");
    slow.close();

    assertThat(state()).isEqualTo(BreakerState.HALF_OPEN);
    assertThat(breaker.enter()).isInstanceOf(Refused.class);
    next.succeeded(0);
    assertThat(state()).isEqualTo(BreakerState.CLOSED);
  }

  @Test
  void ofManyThatComeAtOnceOneIsTheTrialHoweverManyAreCancelled() throws Exception {
    open();
    clock.move(RECOVERY);
    AtomicInteger trials = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        all.add(
            threads.submit(() -> {
              go.await();
              if (breaker.enter() instanceof Permit trial) {
                int now = trials.incrementAndGet();
                most.accumulateAndGet(now, Math::max);
                trials.decrementAndGet();
                trial.close();
              }
              return null;
            }));
      }
      go.countDown();
      for (Future<?> each : all) {
        each.get();
      }
    }
    assertThat(most).hasValue(1);
    Permit trial = enter();
    assertThat(breaker.enter()).isInstanceOf(Refused.class);
    trial.succeeded(0);
    assertThat(state()).isEqualTo(BreakerState.CLOSED);
  }
}
