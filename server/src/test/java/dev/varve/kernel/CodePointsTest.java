package dev.varve.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class CodePointsTest {
  private static final String HIGHEST_OF_FIRST_PLANE = "\uffff";
  private static final String LOWEST_OF_SECOND_PLANE = "\ud800\udc00";

  @Test
  void supplementaryCharactersComeAfterAllOthersUnlikeInStringCompareTo() {
    assertThat(CodePoints.compare(HIGHEST_OF_FIRST_PLANE, LOWEST_OF_SECOND_PLANE)).isNegative();
    assertThat(CodePoints.compare(LOWEST_OF_SECOND_PLANE, HIGHEST_OF_FIRST_PLANE)).isPositive();
    assertThat(HIGHEST_OF_FIRST_PLANE.compareTo(LOWEST_OF_SECOND_PLANE)).isPositive();
  }

  @Test
  void aPrefixComesFirst() {
    assertThat(CodePoints.compare("", "a")).isNegative();
    assertThat(CodePoints.compare("ab", "a")).isPositive();
    assertThat(CodePoints.compare("ab", "ab")).isZero();
  }

  @Property
  void orderIsThatOfUtf8Bytes(@ForAll("texts") String a, @ForAll("texts") String b) {
    int bytes =
        Arrays.compareUnsigned(
            a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

    assertThat(Integer.signum(CodePoints.compare(a, b))).isEqualTo(Integer.signum(bytes));
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(
            "a", "z", "\u00e9", "\ud7ff", "\ue000", "\uffff", "\ud800\udc00", "\ud83d\ude00")
        .list()
        .ofMaxSize(4)
        .map(parts -> String.join("", parts));
  }
}
