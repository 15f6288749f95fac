package dev.varve.identity.token;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.AtOnce;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Numbers that were seen.
class SeenIdsTest {
  // so few that many come again
  private static final int DIFFERENT = 20_000;
  private static final int ASKING = 8;

  @Test
  void theyAreASet() {
    SeenIds seen = new SeenIds();
    Set<Long> expected = new HashSet<>();
    Random random = new Random(1);
    for (int i = 0; i < DIFFERENT * 3; i++) {
      long id = random.nextInt(DIFFERENT) * 0x9E3779B97F4A7C15L;
      assertThat(seen.contains(id)).isEqualTo(expected.contains(id));
      assertThat(seen.add(id)).isEqualTo(expected.add(id));
      assertThat(seen.contains(id)).isTrue();
    }
    assertThat(seen.size()).isEqualTo(expected.size());
    assertThat(expected).contains(0L);
  }

  @Test
  void eachIsNewOnceHoweverManyAddIt() throws Exception {
    SeenIds seen = new SeenIds();
    List<Integer> added =
        AtOnce.times(
            ASKING,
            () -> {
              int first = 0;
              for (long id = 0; id < DIFFERENT; id++) {
                first += seen.add(id * 0x9E3779B97F4A7C15L) ? 1 : 0;
              }
              return first;
            });
    assertThat(added.stream().mapToInt(Integer::intValue).sum()).isEqualTo(DIFFERENT);
    assertThat(seen.size()).isEqualTo(DIFFERENT);
  }
}
