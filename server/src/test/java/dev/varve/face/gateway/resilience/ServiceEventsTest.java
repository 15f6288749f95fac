package dev.varve.face.gateway.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.gateway.resilience.ServiceEvents.Kind;
import dev.varve.kernel.Rfc3339;
import dev.varve.kernel.SteppedClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ServiceEventsTest {
  private final SteppedClock clock = SteppedClock.standing();
  private final ServiceEvents events = new ServiceEvents("shipping", clock);

  @Test
  void anEventSaysWhatHoldsSinceWhen() {
    Instant since = clock.instant();
    clock.move(Duration.ofSeconds(4));

    events.tell(
        Kind.HOST_EJECTED, "http://10.0.0.5:8080", Optional.of(since), "takes no connections");

    assertThat(events.last().getFirst().members().toString())
        .isEqualTo(
            "{kind=HOST_EJECTED, at=%s, service=shipping, host=http://10.0.0.5:8080, state=EJECTED, since=%s, what=takes no connections}"
                .formatted(Rfc3339.text(clock.instant()), Rfc3339.text(since)));
  }

  @Test
  void whatIsOverHasNothingWrongAndWhatIsOfTheServiceNoHost() {
    events.tell(Kind.BREAKER_CLOSED, "", Optional.of(clock.instant()), "");
    assertThat(events.last().getFirst().members().keySet())
        .containsExactly("kind", "at", "service", "state", "since");
  }

  @Test
  void theLastFewAreKeptTheNewestFirst() {
    for (int i = 0; i < 50; i++) {
      events.tell(Kind.HOST_JOINED, "http://host-" + i, Optional.empty(), "");
    }
    assertThat(events.last()).hasSize(20);
    assertThat(events.last().getFirst().host()).isEqualTo("http://host-49");
    assertThat(events.last().getLast().host()).isEqualTo("http://host-30");
  }
}
