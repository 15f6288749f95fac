package dev.varve.face.gateway.aggregate;

import static dev.varve.face.gateway.aggregate.AggregateFixture.at;
import static dev.varve.face.gateway.aggregate.AggregateFixture.post;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.openapi.OpenApiContract;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The description of aggregates, and whether they answer as described.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AggregateDescriptionTest {
  private OtherService service;
  private TestServer server;

  @BeforeAll
  void start() throws IOException {
    service = new OtherService();
    server =
        AggregateFixture.start(
            service,
            """
            {path: "/pages/product/{id}", allow: public, parts: {
              product: {varve: "/api/products/{id}"},
              others: {varve: /api/products},
              echo: {service: other, path: "/echo/{id}", required: false},
              failing: {service: other, path: /status/500, required: false}}}\
            """,
            """
            {path: "/pages-flat/{product}/{code}", allow: authenticated, parts: {
              one: {service: other, path: "/users/{product}", flatten: true},
              two: {service: other, path: "/status/{code}"}}}\
            """,
            """
            {path: "/pages/flat/{code}", allow: public, parts: {
              one: {service: other, path: /users/ada, flatten: true},
              two: {service: other, path: "/status/{code}"}}}\
            """);
    post(server, Map.of(), "/api/products", Map.of("id", "p1", "name", "Tea"));
  }

  @AfterAll
  void stop() {
    server.close();
    service.close();
  }

  @Test
  void theDescriptionIsValidAndTellsOfEach() {
    Reply reply = server.get("/openapi.json");
    SwaggerParseResult result = new OpenAPIV3Parser().readContents(reply.text(), null, null);

    assertThat(result.getMessages()).isEmpty();
    assertThat(reply.text()).contains("\"operationId\":\"getPagesProductById\"");
    assertThat(String.valueOf(at(reply, "tags"))).contains("Aggregates");
    assertThat(reply.text()).contains("\"#/components/schemas/Product");
  }

  @Test
  void aggregatesAnswerAsDescribed() {
    OpenApiContract contract = OpenApiContract.of(server);

    for (String target :
        List.of(
            "/pages/product/p1",
            "/pages/product/none",
            "/pages/product/p1?x=1",
            "/pages/flat/200",
            "/pages/flat/404",
            "/pages/flat/500",
            "/pages/flat/503",
            "/pages/flat/504",
            "/pages/flat/429",
            "/pages/flat/422",
            "/pages-flat/a/200")) {
      contract.check("GET", target, server.get(target));
    }
  }

  @Test
  void whatIsNotDescribedBesideAPathIsNotThere() {
    assertThat(server.get("/pages/product").status()).isEqualTo(404);
    assertThat(server.send("DELETE", "/pages/product/p1", Map.of(), "").header("Allow"))
        .isEqualTo("GET, HEAD, OPTIONS");
  }
}
