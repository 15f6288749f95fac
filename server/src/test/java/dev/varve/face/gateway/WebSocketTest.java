package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.gateway.upstream.Protocol;
import dev.varve.kernel.Patience;
import dev.varve.kernel.VirtualThreads;
import dev.varve.node.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// WebSockets through the gateway: after the handshake the bytes of both ends pass as they are.
final class WebSocketTest {
  private static final String ASK =
      " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: chat\r\n\r\n";

  private static FaultyUpstream echo() {
    return FaultyUpstream.start(call -> {
      String head = call.readHead();
      if (!head.contains("Upgrade: websocket")) {
        call.write("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno");
        return;
      }
      if (head.contains("/refused")) {
        call.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
        return;
      }
      call.write(
          "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\n\r\nhi");
      echo(call);
    });
  }

  /// Sends back what comes, until the end of the connection.
  private static void echo(FaultyUpstream.Call call) throws IOException {
    byte[] piece = call.read(5);
    while (piece.length == 5) {
      call.write(piece);
      piece = call.read(5);
    }
  }

  @Test
  void bytesPassBothWaysUntilTheClientGoes() throws IOException {
    try (FaultyUpstream upstream = echo();
        TestServer server = GatewayFixture.inFrontOf(upstream.url())) {
      try (RawClient client = new RawClient(server.port())) {
        client.send("GET /shipping/ws" + ASK);
        assertThat(client.readHead())
            .startsWith("HTTP/1.1 101 ")
            .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
            .contains("Sec-WebSocket-Protocol: chat\r\n");
        assertThat(text(client.read(2))).isEqualTo("hi");
        for (int i = 0; i < 1_000; i++) {
          client.send("%05d".formatted(i));
          assertThat(text(client.read(5))).isEqualTo("%05d".formatted(i));
        }
        assertThat(upstream.heads().getFirst())
            .contains("Connection: Upgrade\r\n", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
      }
      Patience.until("the other end is closed", () -> upstream.open() == 0);
      // its place is free again
      assertThat(server.send("GET", "/shipping/x", Map.of(), "").status()).isEqualTo(426);
    }
  }

  @Test
  void bytesPassAfterALongWaitForTheService() throws Exception {
    CountDownLatch agreed = new CountDownLatch(1);
    try (FaultyUpstream upstream =
            FaultyUpstream.start(call -> {
              call.readHead();
              agreed.await();
              call.write(
                  "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
              echo(call);
            });
        TestServer server =
            GatewayFixture.start(
                new GatewaySettings(
                    Map.of("shipping", GatewayFixture.patient("shipping", upstream.url())),
                    List.of(GatewayFixture.route("/shipping/**"))));
        RawClient client = new RawClient(server.port())) {
      client.send("GET /shipping/ws" + ASK);
      Patience.until(
          "the end of the client is watched for",
          () -> VirtualThreads.named("http-client-watch") > 0);
      agreed.countDown();
      client.readHead();

      for (int i = 0; i < 100; i++) {
        client.send("%05d".formatted(i));
        assertThat(text(client.read(5))).isEqualTo("%05d".formatted(i));
      }
    }
  }

  @Test
  void aServiceThatIsSpokenToInHttp2IsAskedForOneInHttp1() throws IOException {
    try (FaultyUpstream upstream = echo();
        TestServer server =
            GatewayFixture.start(
                new GatewaySettings(
                    Map.of(
                        "shipping",
                        GatewayFixture.with(
                            GatewayFixture.slow("shipping", upstream.url()),
                            Map.of("protocol", Protocol.HTTP2))),
                    List.of(GatewayFixture.route("/shipping/**"))));
        RawClient client = new RawClient(server.port())) {
      client.send("GET /shipping/ws" + ASK);
      assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
      assertThat(text(client.read(2))).isEqualTo("hi");
    }
  }

  @Test
  void itGoesOnWhenTheGatewayChanges() throws IOException {
    try (FaultyUpstream upstream = echo();
        TestServer server = GatewayFixture.inFrontOf(upstream.url())) {
      try (RawClient client = new RawClient(server.port())) {
        client.send("GET /shipping/ws" + ASK);
        client.readHead();
        client.read(2);

        server.reload(TestServer.Plan.of(GatewayFixture.SCHEMA));

        assertThat(server.get("/shipping/x").status()).isEqualTo(404);
        client.send("still");
        assertThat(text(client.read(5))).isEqualTo("still");
      }
      Patience.until("the other end is closed", () -> upstream.open() == 0);
    }
  }

  @Test
  void theClientSeesTheEndOfTheService() throws IOException {
    try (FaultyUpstream upstream = echo();
        TestServer server = GatewayFixture.inFrontOf(upstream.url());
        RawClient client = new RawClient(server.port())) {
      client.send("GET /shipping/ws" + ASK);
      client.readHead();
      client.read(2);
      upstream.cut();
      assertThat(client.readToEnd()).isEmpty();
    }
  }

  @Test
  void aServiceMayRefuse() throws IOException {
    try (FaultyUpstream upstream = echo();
        TestServer server = GatewayFixture.inFrontOf(upstream.url());
        RawClient client = new RawClient(server.port())) {
      client.send("GET /shipping/refused" + ASK);
      assertThat(client.readUntil("\r\n\r\nno")).startsWith("HTTP/1.1 403 ");
    }
  }

  @Test
  void aPageOfAnotherOriginMayNotOpenOne() throws IOException {
    try (FaultyUpstream upstream = echo();
        TestServer server = GatewayFixture.inFrontOf(upstream.url());
        RawClient client = new RawClient(server.port())) {
      client.send("GET /shipping/ws" + ASK.replace("Host: x", "Host: x\r\nOrigin: https://evil"));
      assertThat(client.readHead()).startsWith("HTTP/1.1 403 ");
      assertThat(upstream.heads()).isEmpty();
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }
}
