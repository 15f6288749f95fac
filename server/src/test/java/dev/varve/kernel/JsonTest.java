package dev.varve.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @Test
  void valuesArePlain() {
    assertThat(read("null")).isNull();
    assertThat(read("[true, 1, 1.50, \"a\"]"))
        .isEqualTo(List.of(true, 1L, new BigDecimal("1.50"), "a"));
    assertThat(read("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
    assertThat(read("9223372036854775808")).isEqualTo(new BigDecimal("9223372036854775808"));
    assertThat(read("1e400")).isEqualTo(new BigDecimal("1e400"));
    assertThat(read("-0.0")).isEqualTo(new BigDecimal("0.0"));
  }

  @Test
  void membersKeepTheOrderOfTheText() {
    assertThat(((Map<?, ?>) present("{\"b\": 1, \"a\": null}")).keySet().toString())
        .isEqualTo("[b, a]");
  }

  @Test
  void whatIsReadCannotBeChanged() {
    assertThatThrownBy(() -> ((Map<?, ?>) present("{\"a\": 1}")).clear())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> ((List<?>) present("[1]")).clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void aByteOrderMarkIsSkipped() {
    assertThat(read("\ufeff{}")).isEqualTo(Map.of());
  }

  @Test
  void aPartOfAnArrayIsRead() {
    byte[] bytes = "xx[1]yy".getBytes(StandardCharsets.UTF_8);

    assertThat(Json.read(bytes, 2, 3)).isEqualTo(List.of(1L));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{                | line 1, column 2: the text ends too early",
        "{\"a\"           | line 1, column 5: the text ends too early",
        "{\"a\":          | line 1, column 6: the text ends too early",
        "[1,              | line 1, column 4: the text ends too early",
        "\"abc            | line 1, column 5: the text ends too early",
        "-                | line 1, column 2: the text ends too early",
        "1e               | line 1, column 3: the text ends too early",
        "[1,]             | line 1, column 4: unexpected character (']' (code 93)): expected a value",
        "{\"a\":1,}       | line 1, column 8: unexpected character ('}' (code 125)): was expecting double-quote to start property name",
        "{a: 1}           | line 1, column 2: unexpected character ('a' (code 97)): was expecting double-quote to start property name",
        "{\"a\" 1}        | line 1, column 6: unexpected character ('1' (code 49)): was expecting a colon to separate property name and value",
        "[1 2]            | line 1, column 4: unexpected character ('2' (code 50)): was expecting comma to separate Array entries",
        "]                | line 1, column 1: unexpected close marker ']': no open Array to close",
        "nul              | line 1, column 1: unrecognized token 'nul': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
        "NaN              | line 1, column 4: non-standard token 'NaN'",
        "-Infinity        | line 1, column 10: non-standard token '-Infinity'",
        "01               | line 1, column 2: invalid numeric value: Leading zeroes not allowed",
        "+1               | line 1, column 2: unexpected character ('+' (code 43)) in numeric value: JSON spec does not allow numbers to have plus signs",
        "1.               | line 1, column 2: unexpected character ('.' (code 46)) in numeric value: Decimal point not followed by a digit",
        "0x10             | line 1, column 2: unexpected character ('x' (code 120))",
        "// a             | line 1, column 1: unexpected character ('/' (code 47)): maybe a (non-standard) comment?",
        "\"\\x\"          | line 1, column 3: unrecognized character escape 'x' (code 120)",
        "\"\\ud800\"      | line 1, column 1: half of a surrogate pair",
        "\"\\udc00\\ud800\" | line 1, column 1: half of a surrogate pair",
        "{\"\\udc00\": 1} | line 1, column 9: unexpected low surrogate in property name (DC00) without preceding high surrogate",
        "{\"a\":1,\"a\":2} | line 1, column 8: the name \"a\" stands twice in one object",
        "{\"a\":null,\"a\":2} | line 1, column 11: the name \"a\" stands twice in one object",
        "1 2              | line 1, column 3: there is more text after the end of the value",
        "{} x             | line 1, column 4: unrecognized token 'x': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
        "{}}              | line 1, column 3: unexpected close marker '}': no open Object to close",
        "[\"\u00e9\ud83d\ude00\", x] | line 1, column 8: unrecognized token 'x': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
      })
  void malformedTextIsRefusedWithItsPlace(String text, String message) {
    assertThat(refusal(text)).isEqualTo("The JSON is malformed at " + message);
  }

  @Test
  void linesAreCounted() {
    assertThat(refusal("[1,\n2,\n  x]")).startsWith("The JSON is malformed at line 3, column 3: ");
  }

  @Test
  void anEmptyTextIsRefused() {
    assertThat(refusal("")).isEqualTo("The JSON text is empty");
    assertThat(refusal(" \n")).isEqualTo("The JSON text is empty");
  }

  @ParameterizedTest
  @CsvSource({
    "22 ff 22, 2",
    "22 80 22, 2",
    "22 c3 22, 2",
    "22 e2 82 22, 2",
    "22 c3, 2",
    // overlong, a surrogate, beyond U+10FFFF
    "22 c0 80 22, 2",
    "22 e0 80 80 22, 2",
    "22 ed a0 80 22, 2",
    "22 f4 90 80 80 22, 2",
    // UTF-16 and UTF-32 with marks
    "ff fe 31 00, 1",
    "fe ff 00 31, 1",
    "00 00 fe ff 01 02 03 04, 3",
    "7b 22 ff 22 3a 31 7d, 3"
  })
  void bytesThatAreNotUtf8AreRefused(String bytes, int column) {
    assertThat(refusal(HexFormat.ofDelimiter(" ").parseHex(bytes)))
        .isEqualTo("The JSON is malformed at line 1, column %d: invalid UTF-8".formatted(column));
  }

  @Test
  void otherEncodingsAreNotGuessed() {
    assertThat(refusal("[1]".getBytes(StandardCharsets.UTF_16LE)))
        .startsWith("The JSON is malformed at line 1, column 2: ");
  }

  @Test
  void nestingIsRead64DeepAndNotDeeper() {
    assertThat(read("[".repeat(64) + "]".repeat(64))).isInstanceOf(List.class);
    assertThat(refusal("[".repeat(65) + "]".repeat(65)))
        .isEqualTo(
            "The JSON is beyond a limit at line 1, column 65: document nesting depth (65) exceeds the maximum allowed (64)");
    assertThat(refusal("{\"a\":".repeat(100_000))).contains("document nesting depth (65)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1e1001",
        "1e999999999",
        "1e-999999999",
        "1e99999999999",
        "0.01e-2147483647",
        "0e9999"
      })
  void numbersThatNobodyCanComputeWithAreRefused(String number) {
    assertThat(refusal(number))
        .isEqualTo(
            "The JSON is beyond a limit at line 1, column 1: a number may have 300 digits and an exponent up to 1000");
  }

  @Test
  void veryLongNumbersAreRefused() {
    assertThat(read("1".repeat(300))).isEqualTo(new BigDecimal("1".repeat(300)));
    assertThat(refusal("1".repeat(301))).contains("a number may have 300 digits");
    assertThat(refusal("[\"a\", " + "1".repeat(401) + "]"))
        .isEqualTo(
            "The JSON is beyond a limit at line 1, column 7: number value length (401) exceeds the maximum allowed (400)");
  }

  @Test
  void longNamesAreRefused() {
    assertThat(read("{\"" + "n".repeat(1_000) + "\":1}")).isInstanceOf(Map.class);
    assertThat(refusal("{\"" + "n".repeat(1_001) + "\":1}"))
        .contains("name length (1001) exceeds the maximum allowed (1000)");
  }

  @Property
  void whatIsWrittenIsReadBack(@ForAll("plainValues") @Nullable Object value) {
    assertThat(Json.read(Json.bytes(generator -> Json.write(generator, value)))).isEqualTo(value);
  }

  @Property
  void damagedTextIsReadOrRefusedAndNothingElse(
      @ForAll("plainValues") @Nullable Object value, @ForAll("damages") List<Integer> damages) {
    byte[] text = Json.bytes(generator -> Json.write(generator, value));
    for (int damage : damages) {
      text = damaged(text, damage);
    }

    try {
      Json.read(text);
    } catch (Problem problem) {
      assertThat(problem.code()).isEqualTo(ErrorCode.MALFORMED_REQUEST);
      assertThat(problem.text())
          .doesNotContainIgnoringCase(
              "jackson", "java", "stream", "feature", "source", "`", "parser");
    }
  }

  /// Replaces a byte, cuts the end off, or leaves a byte out.
  private static byte[] damaged(byte[] text, int damage) {
    int at = Math.floorMod(damage >> 10, text.length + 1);
    if (at == text.length) {
      return text;
    }
    byte[] result = text.clone();
    switch (damage & 3) {
      case 0 -> result[at] = (byte) (damage >> 2);
      case 1 -> result[at] = (byte) "{}[]\",:\\u0eE.-+ntf/#'N".charAt((damage >> 2 & 0xff) % 22);
      case 2 -> result = Arrays.copyOf(text, at);
      default -> {
        System.arraycopy(text, at + 1, result, at, text.length - at - 1);
        result = Arrays.copyOf(result, text.length - 1);
      }
    }
    return result;
  }

  @Provide
  Arbitrary<List<Integer>> damages() {
    return Arbitraries.integers().list().ofMinSize(1).ofMaxSize(4);
  }

  @Provide
  Arbitrary<@Nullable Object> plainValues() {
    return AnyJson.values();
  }

  private static @Nullable Object read(String text) {
    return Json.read(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Object present(String text) {
    return Objects.requireNonNull(read(text));
  }

  private static String refusal(String text) {
    return refusal(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String refusal(byte[] text) {
    Problem problem = catchThrowableOfType(Problem.class, () -> Json.read(text));
    assertThat(problem.code()).isEqualTo(ErrorCode.MALFORMED_REQUEST);
    assertThat(problem.details()).isEqualTo(Collections.emptyList());
    return problem.text();
  }
}
