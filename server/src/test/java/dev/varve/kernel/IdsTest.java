package dev.varve.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IdsTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123Z");

  @Test
  void anIdIsAUuidOfVersion7WithTheMillisecondInFront() {
    UUID id = UUID.fromString(ids(NOON).get());

    assertThat(id.version()).isEqualTo(7);
    assertThat(id.variant()).isEqualTo(2);
    assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(NOON.toEpochMilli());
  }

  @Test
  void aLaterIdSortsAfterAnEarlierOne() {
    assertThat(ids(NOON).get()).isLessThan(ids(NOON.plusMillis(1)).get());
  }

  @Test
  void idsOfOneMillisecondDiffer() {
    assertThat(Stream.generate(ids(NOON)).limit(1_000)).doesNotHaveDuplicates();
  }

  @Test
  void theTextIsCanonical() {
    String id = ids(NOON).get();

    assertThat(id).isEqualTo(UUID.fromString(id).toString());
  }

  private static Ids ids(Instant now) {
    return new Ids(Clock.fixed(now, ZoneOffset.UTC), new SecureRandom());
  }
}
