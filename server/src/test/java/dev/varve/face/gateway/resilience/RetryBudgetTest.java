package dev.varve.face.gateway.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Pauses;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RetryBudgetTest {
  @ParameterizedTest(name = "{0} % of {1} that wait are {2}")
  @CsvSource({"20,0,3", "20,15,3", "20,16,3", "20,20,4", "20,100,20", "0,100,3", "100,50,50"})
  void aShareOfWhatWaitsMayBeSentAgainAndThreeAlways(int percent, int waiting, int most) {
    RetryBudget budget = new RetryBudget(percent);
    for (int i = 0; i < waiting; i++) {
      budget.sent();
    }
    for (int i = 0; i < most; i++) {
      assertThat(budget.take()).isTrue();
    }
    assertThat(budget.take()).isFalse();
    assertThat(budget.taken()).isEqualTo(most);
    budget.giveBack();
    assertThat(budget.take()).isTrue();
  }

  @ParameterizedTest(name = "after attempt {0} at most {1} ms")
  @CsvSource({"1,25", "2,50", "3,100", "4,200", "5,250", "9,250"})
  void theWaitIsRandomAndGrows(int attempt, long mostMillis) {
    for (int i = 0; i < 200; i++) {
      assertThat(Backoff.after(attempt)).isBetween(Duration.ZERO, Duration.ofMillis(mostMillis));
    }
  }

  @Test
  void aWaitEndsWithTheGateway() {
    Pauses pauses = new Pauses();
    assertThat(pauses.pause(Duration.ofMillis(1))).isTrue();
    pauses.close();
    assertThat(pauses.pause(Duration.ofHours(1))).isFalse();
  }
}
