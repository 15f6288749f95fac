package dev.varve.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
  private static final List<String> KNOWN = List.of("status", "total", "shipTo", "createdAt", "id");

  @ParameterizedTest
  @CsvSource({
    "stauts, status",
    "di, id",
    "STATUS, status",
    "totl, total",
    "shipto, shipTo",
    "ship_to, shipTo",
    "createAt, createdAt",
    "ids, id"
  })
  void aMisspeltWordHasANearestOne(String word, String nearest) {
    assertThat(Nearest.to(word, KNOWN)).contains(nearest);
    assertThat(Nearest.hint(word, KNOWN)).isEqualTo(" Did you mean '" + nearest + "'?");
  }

  @ParameterizedTest
  @CsvSource({"customer", "x", "''"})
  void anotherWordHasNone(String word) {
    assertThat(Nearest.to(word, KNOWN)).isEmpty();
    assertThat(Nearest.hint(word, KNOWN)).isEmpty();
  }

  @Test
  void aVeryLongWordIsNotCompared() {
    assertThat(Nearest.to("a".repeat(101), List.of("a".repeat(100)))).isEmpty();
  }
}
