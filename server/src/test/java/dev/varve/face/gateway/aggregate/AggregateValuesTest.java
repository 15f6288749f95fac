package dev.varve.face.gateway.aggregate;

import static dev.varve.face.gateway.aggregate.AggregateFixture.at;
import static dev.varve.face.gateway.aggregate.AggregateFixture.post;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A value stays a value, wherever it comes from and wherever it is put.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AggregateValuesTest {
  private OtherService service;
  private TestServer server;

  @BeforeAll
  void start() throws IOException {
    service = new OtherService();
    server =
        AggregateFixture.start(
            service,
            """
            {path: "/in-query/{id}", allow: public, parts: {
              product: {varve: "/api/products/{id}"},
              echo: {service: other, path: "/echo/end?a={product.name}&b=1"}}}\
            """,
            """
            {path: "/in-path/{id}", allow: public, parts: {
              product: {varve: "/api/products/{id}"},
              echo: {service: other, path: "/echo/{product.name}/end?b=1"}}}\
            """,
            """
            {path: "/within/{id}", allow: public, parts: {
              product: {varve: "/api/products/{id}"},
              echo: {service: other, path: "/echo/{product.name}.json"}}}\
            """,
            """
            {path: "/own/{id}", allow: public, parts: {
              product: {varve: "/api/products/{id}"},
              same: {varve: "/api/products?name={product.name}&limit=5"}}}\
            """,
            """
            {path: "/given/{id}", allow: public, parts: {
              echo: {service: other, path: "/echo/{id}/end?q={id}"}}}\
            """,
            """
            {path: "/one/{id}", allow: public, parts: {
              product: {varve: "/api/products/{id}"}}}\
            """,
            """
            {path: "/no-value/{id}", allow: public, parts: {
              product: {varve: "/api/products/{id}"},
              echo: {service: other, path: "/echo/{product}", required: false},
              gone: {service: other, path: "/echo/{product.none}", required: false}}}\
            """);
    post(server, Map.of(), "/api/products", Map.of("id", "other", "name", "Other"));
  }

  @AfterAll
  void stop() {
    server.close();
    service.close();
  }

  @BeforeEach
  void forget() {
    service.forget();
  }

  private String productNamed(String name) {
    String id = "p" + server.position();
    post(server, Map.of(), "/api/products", Map.of("id", id, "name", name));
    return id;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "a/b",
        "/",
        "../../admin",
        "..",
        ".",
        "..;x=1",
        "a?b=2",
        "?",
        "a&b=2",
        "a=b",
        "a#b",
        "#",
        "a;b",
        "a%2Fb",
        "%2e%2e",
        "%",
        "a+b c",
        "a\\b",
        "a\r\nX-Own: 1",
        "a\tb",
        "Zürich 🙂",
        "{id}",
        "a:b@c",
        "http://evil.example/",
        "a*b(c)'d\"<>"
      })
  void aValueNeverChangesWhatIsAsked(String name) {
    String id = productNamed(name);

    server.get("/in-query/" + id);
    assertThat(service.targets()).hasSize(1);
    URI asked = URI.create(service.targets().getFirst());
    assertThat(asked.getRawPath()).isEqualTo("/echo/end");
    String query = asked.getRawQuery();
    assertThat(query).startsWith("a=").endsWith("&b=1");
    String value = query.substring("a=".length(), query.length() - "&b=1".length());
    assertThat(value).doesNotContain("&", "=", "#", "+");
    assertThat(decoded(value)).isEqualTo(name);

    service.forget();
    Reply inPath = server.get("/in-path/" + id);
    boolean plain = !name.matches("(?s).*[/\\\\\\x00-\\x1f].*") && !name.matches("\\.{1,2}(;.*)?");
    assertThat(inPath.status()).as(inPath.text()).isEqualTo(plain ? 200 : 502);
    assertThat(service.targets()).hasSize(plain ? 1 : 0);
    if (plain) {
      String[] segments = URI.create(service.targets().getFirst()).getRawPath().split("/", -1);
      assertThat(segments).hasSize(4).startsWith("", "echo").endsWith("end");
      assertThat(decoded(segments[2].replace("+", "%2B"))).isEqualTo(name);
    }

    Reply own = server.get("/own/" + id);
    assertThat(own.status()).as(own.text()).isEqualTo(200);
    assertThat(at(own, "same.items[0].name")).isEqualTo(name);
    assertThat(at(own, "same.items[1]")).isNull();
  }

  @Test
  void aValueWithinASegmentIsCheckedWithTheRestOfIt() {
    assertThat(server.get("/within/" + productNamed(".")).status()).isEqualTo(200);
    assertThat(service.targets()).containsExactly("/echo/..json");
    assertThat(server.get("/within/" + productNamed("x/..")).status()).isEqualTo(502);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%2e%2e",
        "..",
        ".",
        "%2e",
        "a%2fb",
        "a%2Fb",
        "a%5cb",
        "a%00b",
        "..%3bx",
        "a%0d%0ab",
        "%2f"
      })
  void whatAPathMayBeReadInTwoWaysIsRefused(String segment) {
    Reply reply = server.get("/given/" + segment);

    assertThat(reply.status()).as(reply.text()).isIn(400, 404);
    assertThat(service.targets()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a%3Fb", "a%23b", "a%26b=1", "a%253Fb", "a%252Fb", "a;b", "a+b", "%20", "%C3%BC"})
  void whatIsGivenInAPathGoesOnAsOneSegmentAndOneValue(String segment) {
    assertThat(server.get("/given/" + segment).status()).isEqualTo(200);
    URI asked = URI.create(service.targets().getFirst());
    String meant = decoded(segment.replace("+", "%2B"));

    assertThat(asked.getRawPath().split("/", -1)).hasSize(4);
    assertThat(decoded(asked.getRawPath().split("/", -1)[2])).isEqualTo(meant);
    assertThat(decoded(asked.getRawQuery())).isEqualTo("q=" + meant);
  }

  @Test
  void anIdLeadsToNoOtherReadOfVarve() {
    for (String id : List.of("batch", "other%3Ffields=id", "other%23", "*")) {
      assertThat(server.get("/one/" + id).status()).as(id).isEqualTo(404);
    }
    assertThat(server.get("/one/other/history").status()).isEqualTo(404);
    assertThat(server.get("/one/other").status()).isEqualTo(200);
  }

  @Test
  void whatIsNoSingleValueGoesNowhere() {
    Reply reply = server.get("/no-value/other");

    assertThat(at(reply, "errors.echo.message"))
        .isEqualTo("It needs product, which is no single value");
    assertThat(at(reply, "errors.gone.message"))
        .isEqualTo("It needs product.none, which there is not");
    assertThat(at(reply, "errors.gone.status")).isEqualTo(404L);
    assertThat(service.targets()).isEmpty();
  }

  @Test
  void aValueHasABoundOnItsLength() {
    String id = productNamed("x".repeat(1_001));

    assertThat(at(server.get("/in-query/" + id), "error.message"))
        .isEqualTo(
            "The part 'echo' failed: It needs product.name, which has more than 1,000 characters");
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
