package dev.varve.net.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class QueryTest {
  @Test
  void aParameterMayBeAskedForOnceOrManyTimes() {
    QueryString query = QueryString.parse("a=1&b=2&a=3");
    assertThat(query.values("a")).containsExactly("1", "3");
    assertThat(query.value("b")).contains("2");
    assertThat(query.value("c")).isEmpty();
    assertThatThrownBy(() -> query.value("a"))
        .isInstanceOfSatisfying(
            Problem.class,
            problem ->
                assertThat(problem.details())
                    .containsExactly(
                        new FieldError("a", "It is given more than once; give it once.")));
  }

  @Test
  void anEqualsSignInAValueBelongsToIt() {
    assertThat(QueryString.parse("filter=a==1&=x").all())
        .containsExactly(
            new QueryString.Parameter("filter", "a==1"), new QueryString.Parameter("", "x"));
  }

  @Test
  void aQueryOfTooManyParametersIsRefused() {
    assertThat(QueryString.parse("a=1&".repeat(1_000)).all()).hasSize(1_000);
    assertThatThrownBy(() -> QueryString.parse("a=1&".repeat(1_001)))
        .hasMessage("The query has more than 1,000 parameters");
  }

  @Test
  void rawLettersOutsideAsciiAreRefused() {
    assertThatThrownBy(() -> QueryString.parse("a=\u00e9"))
        .isInstanceOfSatisfying(
            Problem.class,
            problem ->
                assertThat(problem.details())
                    .isEqualTo(
                        List.of(
                            new FieldError(
                                "a",
                                "A space, a control character or a letter outside ASCII must be percent-encoded as UTF-8."))));
  }

  @Property
  void whatIsEncodedIsReadBack(
      @ForAll @StringLength(max = 40) String name, @ForAll @StringLength(max = 40) String value) {
    String wholeName = wellFormed(name);
    String wholeValue = wellFormed(value);
    assertThat(QueryString.parse("x=1&" + encoded(wholeName) + "=" + encoded(wholeValue)).all())
        .containsExactly(
            new QueryString.Parameter("x", "1"), new QueryString.Parameter(wholeName, wholeValue));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /// Text that UTF-8 can carry: without halves of surrogate pairs.
  private static String wellFormed(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
