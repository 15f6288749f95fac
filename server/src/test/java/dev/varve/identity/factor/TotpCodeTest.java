package dev.varve.identity.factor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TotpCodeTest {
  private static final byte[] SECRET = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);

  /// RFC 6238, appendix B: the last six of its eight digits.
  @ParameterizedTest
  @CsvSource({
    "59, 287082",
    "1111111109, 081804",
    "1111111111, 050471",
    "1234567890, 005924",
    "2000000000, 279037",
    "20000000000, 353130"
  })
  void codesAreThoseOfTheStandard(long seconds, String code) {
    assertThat(TotpCode.at(SECRET, TotpCode.step(Instant.ofEpochSecond(seconds)))).isEqualTo(code);
  }

  /// The code of the step that begins at 60 seconds, seen at another time.
  @ParameterizedTest
  @CsvSource({
    "29, false",
    "30, true",
    "60, true",
    "89, true",
    "90, true",
    "119, true",
    "120, false"
  })
  void aCodeIsGoodOneStepToEitherSide(long seconds, boolean good) {
    String code = TotpCode.at(SECRET, 2);
    assertThat(
            TotpCode.find(SECRET, code, Instant.ofEpochSecond(seconds), Long.MIN_VALUE).isPresent())
        .isEqualTo(good);
  }

  @Test
  void aStepThatIsUsedUpIsNotFoundAgainAndTheNextOneIs() {
    Instant at = Instant.ofEpochSecond(60);
    assertThat(TotpCode.find(SECRET, TotpCode.at(SECRET, 2), at, 2)).isEmpty();
    assertThat(TotpCode.find(SECRET, TotpCode.at(SECRET, 1), at, 2)).isEmpty();
    assertThat(TotpCode.find(SECRET, TotpCode.at(SECRET, 3), at, 2)).hasValue(3);
  }

  @ParameterizedTest
  @CsvSource({
    "'287 082', true",
    "' 287082 ', true",
    "'287-082', true",
    "'287\u00a0082', true",
    "'28708', false",
    "'2870820', false",
    "'\u0662\u0668\u0667\u0660\u0668\u0662', false",
    "'', false"
  })
  void whatPeopleTypeBetweenDigitsIsPassedOverAndNothingElse(String text, boolean good) {
    assertThat(TotpCode.find(SECRET, text, Instant.ofEpochSecond(59), Long.MIN_VALUE).isPresent())
        .isEqualTo(good);
  }
}
