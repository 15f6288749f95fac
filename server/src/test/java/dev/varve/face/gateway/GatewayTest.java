package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
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
}
