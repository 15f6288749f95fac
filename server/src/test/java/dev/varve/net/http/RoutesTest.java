package dev.varve.net.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutesTest {
  private static final Handler HANDLER = request -> Answer.noContent();

  private static Optional<String> pattern(Routes routes, String path) {
    return routes.find(List.of(path.substring(1).split("/", -1))).map(Routes.Place::pattern);
  }

  @ParameterizedTest
  @CsvSource({
    "/a, /a",
    "/a/b, /a/b",
    "/a/x, /a/{id}",
    "/a/b/c, /a/b/c",
    "/a/b/d, /a/{id}/d",
    "/a/x/d, /a/{id}/d",
    "/, /",
    "/a/, ",
    "/a//d, ",
    "/a/x/c, ",
    "/A, ",
    "/a/b/c/d, ",
    "/x, "
  })
  void aLiteralSegmentGoesBeforeAVariableAndEverySegmentCounts(String path, String expected) {
    Routes routes =
        Routes.builder()
            .get("/", HANDLER)
            .get("/a", HANDLER)
            .get("/a/b", HANDLER)
            .get("/a/{id}", HANDLER)
            .get("/a/b/c", HANDLER)
            .get("/a/{id}/d", HANDLER)
            .build();
    assertThat(pattern(routes, path)).isEqualTo(Optional.ofNullable(expected));
  }

  @ParameterizedTest
  @CsvSource({
    "/a/b, /a/b, ",
    "/a/b/c, /a/{path...}, b/c",
    "/a/x, /a/{id}, ",
    "/a/x/y, /a/{path...}, x/y",
    "/a, /a/{path...}, ",
    "/a/, /a/{path...}, ''",
    "/a/c/d, /{x}/c/d, ",
    "/a/c/d/e, /a/{path...}, c/d/e",
    "/a/v/w/1/2, /a/v/w/{path...}, 1/2",
    "/a/v/w, /a/v/w/{path...}, ",
    "/b/v/w/1, /{x}/v/{path...}, w/1",
    "/b/v, /{x}/v/{path...}, ",
    "/b/u, /{path...}, b/u",
    "/, /{path...}, ''",
    "//v, /{path...}, /v",
    "/x/, /{path...}, x/",
  })
  void aTailTakesWhatNoOtherRouteTakes(String path, String pattern, @Nullable String tail) {
    Routes routes =
        Routes.builder()
            .get("/{path...}", HANDLER)
            .get("/a/{path...}", HANDLER)
            .get("/a/v/w/{path...}", HANDLER)
            .get("/{x}/v/{path...}", HANDLER)
            .get("/a/b", HANDLER)
            .get("/a/{id}", HANDLER)
            .get("/{x}/c/d", HANDLER)
            .build();
    List<String> segments = List.of(path.substring(1).split("/", -1));
    Routes.Place place = routes.find(segments).orElseThrow();
    assertThat(place.pattern()).isEqualTo(pattern);
    assertThat(place.hasTail()).isEqualTo(pattern.endsWith("...}"));
    if (place.hasTail()) {
      assertThat(place.tailOf(segments))
          .isEqualTo(tail == null ? List.of() : List.of(tail.split("/", -1)));
    }
  }

  @Test
  void withoutATailNothingIsTaken() {
    Routes routes = Routes.builder().get("/a/{path...}", HANDLER).build();
    assertThat(pattern(routes, "/b")).isEmpty();
    assertThat(pattern(routes, "/")).isEmpty();
  }

  @Test
  void aPlaceTellsItsMethods() {
    Routes routes =
        Routes.builder().post("/a", HANDLER).get("/a", HANDLER).delete("/b", HANDLER).build();
    assertThat(routes.find(List.of("a")).orElseThrow().allow())
        .isEqualTo("GET, HEAD, POST, OPTIONS");
    assertThat(routes.find(List.of("b")).orElseThrow().allow()).isEqualTo("DELETE, OPTIONS");
  }

  @Test
  void mistakesInRoutesAreFoundWhenTheyAreMade() {
    assertThatThrownBy(() -> Routes.builder().get("a", HANDLER))
        .hasMessage("A path starts with a slash: a");
    assertThatThrownBy(() -> Routes.builder().get("/a", HANDLER).get("/a", HANDLER))
        .hasMessage("GET /a has two handlers");
    assertThatThrownBy(() -> Routes.builder().get("/a/{x}", HANDLER).put("/a/{y}", HANDLER))
        .hasMessage("/a/{x} and /a/{y} are the same path; name their variables alike");
    Routes.Place place =
        Routes.builder().get("/a/{x}", HANDLER).build().find(List.of("a", "1")).orElseThrow();
    assertThat(place.segmentOf("x")).isEqualTo(1);
    assertThatThrownBy(() -> place.segmentOf("y")).hasMessage("No variable {y} in /a/{x}");
    assertThatThrownBy(() -> place.tailOf(List.of("a", "1"))).hasMessage("No tail in /a/{x}");
    assertThatThrownBy(() -> Routes.builder().get("/a/{path...}/b", HANDLER))
        .hasMessage("A tail stands at the end of a path: /a/{path...}/b");
    assertThatThrownBy(() -> Routes.builder().get("/{a...}", HANDLER).get("/{b...}", HANDLER))
        .hasMessage("/{a...} and /{b...} are the same path; name their variables alike");
  }
}
