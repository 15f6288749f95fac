package dev.varve.net.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntityTagsTest {
  // RFC 9110, section 8.8.3.2, has these pairs as its example
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          W/"1" | W/"1" | false | true
          W/"1" | W/"2" | false | false
          W/"1" | "1"   | false | true
          "1"   | W/"1" | false | true
          "1"   | "1"   | true  | true
          "1"   | "2"   | false | false
          *     | "1"   | true  | true
          *     | W/"1" | true  | true
          """)
  void tagsAreComparedStronglyAndWeakly(
      String header, String etag, boolean strongly, boolean weakly) {
    EntityTags tags = EntityTags.parse("If-Match", header);
    assertThat(tags.matchStrongly(etag)).isEqualTo(strongly);
    assertThat(tags.matchWeakly(etag)).isEqualTo(weakly);
  }

  @Test
  void aListMatchesWithAnyOfItsTags() {
    EntityTags tags = EntityTags.parse("If-None-Match", "\"a\" , W/\"b,c\",\t\"\"");
    assertThat(tags.tags()).isEqualTo(List.of("\"a\"", "W/\"b,c\"", "\"\""));
    assertThat(tags.isAny()).isFalse();
    assertThat(tags.matchWeakly("\"b,c\"")).isTrue();
    assertThat(tags.matchWeakly("\"\"")).isTrue();
    assertThat(tags.matchWeakly("\"b\"")).isFalse();
  }

  @Test
  void emptyElementsOfAListAreAllowed() {
    assertThat(EntityTags.parse("If-Match", ", \"a\",, \"b\" ,").tags())
        .containsExactly("\"a\"", "\"b\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        ",",
        "7",
        "\"7",
        "7\"",
        "'7'",
        "w/\"7\"",
        "W/7",
        "W/ \"7\"",
        "\"a\" \"b\"",
        "\"a\"\"b\"",
        "\"a\", b",
        "*, \"a\"",
        "\"a b\""
      })
  void anythingElseIsRefused(String value) {
    assertThatThrownBy(() -> EntityTags.parse("If-Match", value))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> assertThat(problem.code()).isEqualTo(ErrorCode.MALFORMED_REQUEST))
        .hasMessage(
            "The header If-Match must be * or entity tags in double quotes, as in If-Match: \"7\"; it is: "
                + value);
  }
}
