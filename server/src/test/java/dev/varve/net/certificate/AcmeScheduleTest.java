package dev.varve.net.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AcmeScheduleTest {
  private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");

  @Test
  void aCertificateIsRenewedAtTwoThirdsOfItsLife() {
    TestAuthority.Issued issued =
        new TestAuthority().issue(TestAuthority.ecKeys(), NOW, NOW.plus(Duration.ofDays(90)));
    AcmeSchedule schedule = AcmeSchedule.after(new ServerCertificate(issued.chain(), issued.key()));
    Instant due = NOW.plus(Duration.ofDays(60));
    assertThat(schedule).isEqualTo(new AcmeSchedule(due, 0));
    assertThat(schedule.isDue(due.minusMillis(1))).isFalse();
    assertThat(schedule.isDue(due)).isTrue();
  }

  @Test
  void withoutOneItIsAskedForAtOnce() {
    assertThat(AcmeSchedule.beginning(Optional.empty(), NOW).isDue(NOW)).isTrue();
  }

  @Test
  void failuresMakeItWaitLonger() {
    AcmeSchedule schedule = new AcmeSchedule(NOW, 0);
    List<Long> minutes = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      schedule = schedule.afterFailure(NOW, Optional.empty());
      minutes.add(Duration.between(NOW, schedule.dueAt()).toMinutes());
    }
    assertThat(minutes).startsWith(5L, 10L, 20L, 40L, 80L, 160L, 320L, 360L, 360L).endsWith(360L);
  }

  @Test
  void theAuthorityMaySayWhenButNotSooner() {
    AcmeSchedule schedule = new AcmeSchedule(NOW, 0);
    Instant later = NOW.plus(Duration.ofHours(10));
    assertThat(schedule.afterFailure(NOW, Optional.of(later)).dueAt()).isEqualTo(later);
    assertThat(schedule.afterFailure(NOW, Optional.of(NOW.plusSeconds(1))).dueAt())
        .isEqualTo(NOW.plus(Duration.ofMinutes(5)));
  }
}
