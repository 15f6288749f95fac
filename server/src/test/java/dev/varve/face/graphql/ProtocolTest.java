package dev.varve.face.graphql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.face.graphql.document.GraphQlSettings;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Persisted queries, the list of allowed operations, and the page for browsers.
class ProtocolTest {
  private static final String DOCUMENT = "{__typename}";
  private static final String HASH =
      "ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38";

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = Shop.start(GraphQlSettings.DEFAULT.forDevelopment());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Map<String, Object> persisted(String hash) {
    return Map.of("persistedQuery", Map.of("version", 1L, "sha256Hash", hash));
  }

  private static Reply send(Map<String, Object> body) {
    return Scenario.send(server, body, Map.of("Accept", AcceptHeader.GRAPHQL));
  }

  @Test
  void aHashStandsForADocumentThatWasSentOnce() {
    Reply unknown = send(Map.of("extensions", persisted(HASH)));
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.text())
        .contains("\"message\":\"PersistedQueryNotFound\"")
        .contains("\"code\":\"PERSISTED_QUERY_NOT_FOUND\"");

    Reply sent = send(Map.of("query", DOCUMENT, "extensions", persisted(HASH)));
    assertThat(sent.status()).as(sent.text()).isEqualTo(200);

    assertThat(send(Map.of("extensions", persisted(HASH))).text()).contains("\"Query\"");
    Reply byGet =
        server.send(
            "GET",
            "/graphql?extensions="
                + URLEncoder.encode(
                    "{\"persistedQuery\":{\"version\":1,\"sha256Hash\":\"%s\"}}".formatted(HASH),
                    StandardCharsets.UTF_8),
            Map.of("Accept", AcceptHeader.GRAPHQL),
            "");
    assertThat(byGet.text()).contains("\"Query\"");
  }

  @Test
  void aHashOfAnotherDocumentIsRefused() {
    Reply reply = send(Map.of("query", "{ a: __typename }", "extensions", persisted(HASH)));
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text()).contains("sha256Hash is not that of the query that came with it");
    assertThat(send(Map.of("extensions", Map.of("persistedQuery", Map.of()))).status())
        .isEqualTo(400);
  }

  @Test
  void onlyOperationsOfTheListAreCarriedOut(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("operations.graphql");
    Files.writeString(
        file,
        """
        # of the web client
        query Names($n: Int) { users(limit: $n) { ...Name } }
        fragment Name on User { name }
        """);
    GraphQlSettings settings = GraphQlSettings.DEFAULT.withAllowList(file.toString());
    try (TestServer strict = Shop.start(settings)) {
      assertThat(
              Scenario.ask(
                      strict,
                      "fragment Name on User { name }  query Names($n: Int) { users(limit: $n) { ...Name } }")
                  .status())
          .isEqualTo(200);
      Reply other = Scenario.ask(strict, "query Names($n: Int) { users(limit: $n) { email } }");
      assertThat(other.status()).isEqualTo(403);
      assertThat(other.text()).contains("graphql.allowList");
      Reply changed =
          Scenario.ask(
              strict,
              "query Names($n: Int) { users(limit: $n) { ...Name } } fragment Name on User { email }");
      assertThat(changed.status()).isEqualTo(403);
    }
  }

  @Test
  void aListThatCannotBeReadIsNoticedAtStart() {
    GraphQlSettings settings = GraphQlSettings.DEFAULT.withAllowList("/nowhere/operations.graphql");
    assertThatThrownBy(() -> Shop.start(settings)).hasMessageContaining("graphql.allowList");
  }

  @Test
  void aMutationThatComesAgainUnderItsKeyIsAnsweredAgain() {
    Map<String, String> headers =
        Map.of("Accept", AcceptHeader.GRAPHQL, "Idempotency-Key", "key-1");
    Map<String, String> body =
        Map.of(
            "query",
            "mutation { p: createProduct(input: {name: \"Cup\", price: 3}) { id name version } o: deleteOrder(id: \"o5\") { id user { name } } }");
    long position = server.position();
    Reply first = Scenario.send(server, body, headers);
    assertThat(first.status()).as(first.text()).isEqualTo(200);
    Reply again = Scenario.send(server, body, headers);
    assertThat(again.text()).isEqualTo(first.text());
    assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
    assertThat(server.events(position)).containsExactly("CREATE Product, DELETE Order");

    Reply other =
        Scenario.send(
            server,
            Map.of("query", "mutation { createPing(input: {text: \"x\"}) { id } }"),
            headers);
    assertThat(other.text()).contains("IDEMPOTENCY_KEY_REUSED");
    assertThat(Scenario.send(server, List.of(body), headers).status()).isEqualTo(400);
  }

  @Test
  void aBrowserGetsGraphiQlWithAllThatItLoads() {
    Map<String, String> browser = Map.of("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    Reply page = server.send("GET", "/graphql", browser, "");
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Content-Type")).startsWith("text/html");
    assertThat(page.header("Content-Security-Policy"))
        .startsWith("default-src 'none'; script-src 'self';");
    assertThat(page.text()).doesNotContain("http:", "https:", "<style", "onload");
    for (String file :
        new String[] {
          "react.js",
          "react-dom.js",
          "graphiql.js",
          "graphiql.css",
          "page.js",
          "page.css",
          "icon.svg"
        }) {
      assertThat(page.text()).contains("/graphql/" + file);
      Reply loaded = server.get("/graphql/" + file);
      assertThat(loaded.status()).as(file).isEqualTo(200);
      assertThat(
              server
                  .send(
                      "GET", "/graphql/" + file, Map.of("If-None-Match", loaded.header("ETag")), "")
                  .status())
          .isEqualTo(304);
    }
    assertThat(server.get("/graphql/other.js").status()).isEqualTo(404);
  }

  @Test
  void aBrowserGetsNoPageInProduction() {
    try (TestServer plain = Shop.start()) {
      Reply reply = plain.send("GET", "/graphql", Map.of("Accept", "text/html,*/*;q=0.8"), "");
      assertThat(reply.status()).isEqualTo(400);
      assertThat(plain.get("/graphql/graphiql.js").status()).isEqualTo(404);
    }
  }
}
