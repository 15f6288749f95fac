package dev.varve.net.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerTest {
  @Test
  void anAnswerKeepsItsHeadersInOrderAndTellsTheLastOfAName() {
    Answer answer =
        Answer.json(200, new byte[0])
            .with("ETag", "\"1\"")
            .with("X-Other", "a")
            .with("etag", "\"2\"");
    assertThat(answer.header("ETAG")).contains("\"2\"");
    assertThat(answer.header("Link")).isEmpty();
    assertThat(answer.headers())
        .containsExactly(
            Map.entry("Content-Type", "application/json"),
            Map.entry("ETag", "\"1\""),
            Map.entry("X-Other", "a"),
            Map.entry("ETag", "\"2\""));
  }

  @Test
  void anAnswerIsNotChangedByWhatIsMadeOfIt() {
    Answer empty = Answer.noContent();
    empty.with("Allow", "GET");
    assertThat(empty.headers()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"'a\r\nSet-Cookie: b', 000D", "'a\u0000', 0000", "'\u00e9', 00E9", "'\u007f', 007F"})
  void aHeaderCannotSmuggleAnother(String value, String codePoint) {
    assertThatThrownBy(() -> Answer.noContent().with("Location", value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "The value of header Location must be printable ASCII; it holds U+" + codePoint);
  }
}
