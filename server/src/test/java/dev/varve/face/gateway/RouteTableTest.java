package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.varve.face.gateway.upstream.ServiceSettings;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which route takes a request, and what its path becomes. Each service answers with its name and with what it was asked.
final class RouteTableTest {
  private static final Map<String, HttpServer> SERVICES = new LinkedHashMap<>();
  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    Map<String, ServiceSettings> services = new LinkedHashMap<>();
    for (String name :
        List.of("all", "exact", "one", "deep", "post", "header", "host", "below", "other")) {
      HttpServer service = answering(name);
      SERVICES.put(name, service);
      services.put(
          name, GatewayFixture.service(name, "http://127.0.0.1:" + service.getAddress().getPort()));
    }
    server =
        GatewayFixture.start(
            new GatewaySettings(
                services,
                List.of(
                    to("all", "/s/**"),
                    to("exact", "/s/exact"),
                    to("one", "/s/{any}/one"),
                    to("deep", "/s/a/b/**"),
                    to("post", "/s/post", Map.of("methods", List.of("POST", "PUT"))),
                    to("all", "/get/**", Map.of("methods", List.of("GET"))),
                    to("header", "/s/versioned", Map.of("headers", Map.of("X-Version", "2"))),
                    to("other", "/s/versioned"),
                    to("host", "/h/**", Map.of("host", "api.shop.example")),
                    to("below", "/h/**", Map.of("host", "*.shop.example")),
                    to("other", "/h/**"),
                    to("all", "/strip/me/**", Map.of("strip", "/strip/me")),
                    to("all", "/prefix/**", Map.of("prefix", "/v2")),
                    to("all", "/both/**", Map.of("strip", "/both", "prefix", "/v3")),
                    to(
                        "all",
                        "/regex/**",
                        Map.of("rewrite", new RewriteSettings("/regex/(\\d+)/(.*)", "/$2/of/$1"))),
                    to(
                        "all",
                        "/query/**",
                        Map.of("query", new Alterations(Map.of("k", "a b"), List.of("secret")))))));
  }

  private static HttpServer answering(String name) throws IOException {
    HttpServer service =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    service.createContext(
        "/",
        exchange -> {
          byte[] answer = (name + " " + exchange.getRequestURI()).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    service.start();
    return service;
  }

  private static RouteSettings to(String service, String path) {
    return to(service, path, Map.of());
  }

  private static RouteSettings to(String service, String path, Map<String, ?> parts) {
    Map<String, Object> all = new LinkedHashMap<>(parts);
    all.put("to", service);
    return GatewayFixture.route(path, all);
  }

  @AfterAll
  static void stop() {
    server.close();
    SERVICES.values().forEach(service -> service.stop(0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET | /s | | 200 | all /s",
        "GET | /s/ | | 200 | all /s/",
        "GET | /s/x/y?q=1&q=2 | | 200 | all /s/x/y?q=1&q=2",
        "GET | /s/exact | | 200 | exact /s/exact",
        "GET | /s/exact/more | | 200 | all /s/exact/more",
        "GET | /s/%65xact | | 200 | exact /s/%65xact",
        "GET | /s/x/one | | 200 | one /s/x/one",
        "GET | /s/a/b | | 200 | deep /s/a/b",
        "GET | /s/a/b/one | | 200 | deep /s/a/b/one",
        "POST | /s/post | | 200 | post /s/post",
        "GET | /s/post | | 200 | all /s/post",
        "POST | /get/x | | 405 |",
        "HEAD | /get/x | | 200 |",
        "GET | /s/versioned | X-Version: 2 | 200 | header /s/versioned",
        "GET | /s/versioned | X-Version: 3 | 200 | other /s/versioned",
        "GET | /h/x | Host: api.shop.example:8080 | 200 | host /h/x",
        "GET | /h/x | Host: API.shop.example | 200 | host /h/x",
        "GET | /h/x | Host: m.shop.example | 200 | below /h/x",
        "GET | /h/x | Host: shop.example | 200 | other /h/x",
        "GET | /strip/me/x%20y?a | | 200 | all /x%20y?a",
        "GET | /strip/me | | 200 | all /",
        "GET | /prefix/x | | 200 | all /v2/prefix/x",
        "GET | /both/x | | 200 | all /v3/x",
        "GET | /both | | 200 | all /v3",
        "GET | /regex/12/x/y | | 200 | all /x/y/of/12",
        "GET | /regex/none | | 200 | all /regex/none",
        "GET | /query/x?a=1&secret=2&k=3 | | 200 | all /query/x?a=1&k=a+b",
        "GET | /nowhere | | 404 |",
        "GET | /sx | | 404 |",
      })
  void aRequestGoesWhereTheTableSays(
      String method, String target, String header, int status, String answer) throws IOException {
    String host = header != null && header.startsWith("Host:") ? "" : "Host: x\r\n";
    String line = header == null ? "" : header + "\r\n";

    String reply =
        RawClient.exchange(
            server.port(),
            method + " " + target + " HTTP/1.1\r\n" + host + line + "Connection: close\r\n\r\n");

    assertThat(reply).startsWith("HTTP/1.1 " + status);
    if (answer != null) {
      assertThat(reply).endsWith("\r\n\r\n" + answer);
    }
  }

  @Test
  void whatNoRouteHasTheMethodOfSaysWhichThereAre() {
    Reply reply = server.send("POST", "/get/x", Map.of(), "");

    assertThat(reply.header("Allow")).isEqualTo("GET");
    assertThat(reply.text()).contains("METHOD_NOT_ALLOWED", "What is here takes GET");
  }

  @ParameterizedTest
  @CsvSource({"/api/**", "/api/notes", "/auth/x", "/graphql", "/health/services", "/docs/**"})
  void aRouteWhereVarveAnswersItselfIsRefusedAtStart(String path) {
    GatewaySettings settings =
        new GatewaySettings(
            Map.of("shipping", GatewayFixture.service("shipping", "http://127.0.0.1:1")),
            List.of(GatewayFixture.route(path)));

    assertThatThrownBy(() -> GatewayFixture.start(settings).close())
        .hasMessage(
            "gateway.routes[0].path is %s, where Varve answers itself. Choose another", path);
  }

  @Test
  void aRouteForEverythingTakesWhatIsLeft() {
    HttpServer all = Objects.requireNonNull(SERVICES.get("all"));
    GatewaySettings settings =
        new GatewaySettings(
            Map.of(
                "shipping",
                GatewayFixture.service(
                    "shipping", "http://127.0.0.1:" + all.getAddress().getPort())),
            List.of(GatewayFixture.route("/**")));
    try (TestServer everything = GatewayFixture.start(settings)) {
      assertThat(everything.send("GET", "/", Map.of(), "").text()).isEqualTo("all /");
      assertThat(everything.send("GET", "/x/y", Map.of(), "").text()).isEqualTo("all /x/y");
      assertThat(everything.send("GET", "/api/nothing", Map.of(), "").status()).isEqualTo(404);
      assertThat(everything.send("GET", "/api/notes", Map.of(), "").status()).isEqualTo(200);
    }
  }
}
