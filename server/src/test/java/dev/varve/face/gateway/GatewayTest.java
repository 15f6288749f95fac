package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Requests through the whole server to the HTTP server of the JDK, and back.
final class GatewayTest {
  private static HttpServer jdk;
  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    jdk = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    jdk.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    jdk.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          byte[] answer =
              "%s %s %d"
                  .formatted(exchange.getRequestMethod(), exchange.getRequestURI(), body.length)
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Set-Cookie", "a=b");
          exchange.getResponseHeaders().add("X-Many", "1");
          exchange.getResponseHeaders().add("X-Many", "2");
          boolean head = exchange.getRequestMethod().equals("HEAD");
          exchange.sendResponseHeaders(200, head ? -1 : answer.length);
          if (!head) {
            exchange.getResponseBody().write(answer);
          }
          exchange.close();
        });
    jdk.start();
    server = GatewayFixture.inFrontOf("http://127.0.0.1:" + jdk.getAddress().getPort());
  }

  @AfterAll
  static void stop() {
    server.close();
    jdk.stop(0);
  }

  @Test
  void aRequestReachesTheServiceAndItsAnswerComesBack() {
    Reply reply = server.send("GET", "/shipping/parcels?order=7", Map.of(), "");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.text()).isEqualTo("GET /shipping/parcels?order=7 0");
    assertThat(reply.headers().get("x-many")).containsExactly("1", "2");
    assertThat(reply.header("Set-Cookie")).isEmpty();
    assertThat(reply.header("Content-Security-Policy")).isEmpty();
    assertThat(reply.header("X-Request-Id")).isNotEmpty();
  }

  @Test
  void everyMethodAndBodyGoesThrough() {
    for (String method : new String[] {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"}) {
      Reply reply = server.send(method, "/shipping/x", Map.of(), "x".repeat(100_000));

      assertThat(reply.text()).isEqualTo(method + " /shipping/x 100000");
    }
  }

  @Test
  void headHasNoBody() {
    assertThat(server.send("HEAD", "/shipping/x", Map.of(), "").status()).isEqualTo(200);
  }

  @Test
  void clientsOfHttp2AreServedToo() throws Exception {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      URI uri = URI.create("http://127.0.0.1:" + server.port() + "/shipping/x?y=z");
      for (int i = 0; i < 3; i++) {
        HttpResponse<String> got =
            client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(got.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(got.body()).isEqualTo("GET /shipping/x?y=z 0");

        HttpResponse<String> posted =
            client.send(
                HttpRequest.newBuilder(uri)
                    .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[300_000]))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(posted.body()).isEqualTo("POST /shipping/x?y=z 300000");
      }
    }
  }

  @Test
  void aBodyOfUnknownLengthReachesTheServiceWhole() throws Exception {
    for (HttpClient.Version version :
        List.of(HttpClient.Version.HTTP_1_1, HttpClient.Version.HTTP_2)) {
      try (HttpClient client = HttpClient.newBuilder().version(version).build()) {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + "/shipping/x");
        HttpResponse<String> posted =
            client.send(
                HttpRequest.newBuilder(uri)
                    .version(version)
                    .POST(
                        HttpRequest.BodyPublishers.ofInputStream(
                            () -> new ByteArrayInputStream(new byte[300_000])))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(posted.body()).isEqualTo("POST /shipping/x 300000");
      }
    }
  }
}
