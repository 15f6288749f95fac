package dev.varve.face.graphql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.face.events.EventReader;
import dev.varve.face.events.LiveServer;
import dev.varve.kernel.Patience;
import dev.varve.lane.live.LiveSettings;
import dev.varve.net.edge.HttpFixture;
import dev.varve.net.edge.HttpSettings;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The transports of GraphQL subscriptions, by the JDK's WebSocket client and by hand.
final class GraphQlTransportTest {
  private static final String SCHEMA =
      """
      type Person @model @auth(rules: [{allow: public}]) { name: String! }
      type Note @model @auth(rules: [{allow: public}]) { text: String }
      type Secret @model { text: String }
      """;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final LiveServer server = LiveServer.start(SCHEMA);

  @AfterEach
  void stop() {
    server.close();
  }

  /// The JDK's client, with what it hears: messages, and `closed 1000 reason` in the end.
  private static final class Client implements WebSocket.Listener {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      message.append(data);
      if (last) {
        heard.add(message.toString());
        message.setLength(0);
      }
      return WebSocket.Listener.super.onText(socket, data, last);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      heard.add("closed %d %s".formatted(code, reason));
      return WebSocket.Listener.super.onClose(socket, code, reason);
    }

    String next() throws InterruptedException {
      String next = heard.poll(Patience.SECONDS, TimeUnit.SECONDS);
      return next == null ? "nothing" : next;
    }
  }

  private WebSocket open(Client client, String... headers) {
    return open(server, client, headers);
  }

  private static WebSocket open(LiveServer server, Client client, String... headers) {
    WebSocket.Builder builder = CLIENT.newWebSocketBuilder().subprotocols(GraphQlSocket.PROTOCOL);
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    return builder
        .buildAsync(URI.create("ws://127.0.0.1:%d/graphql".formatted(server.port())), client)
        .join();
  }

  private static void say(WebSocket socket, String message) {
    socket.sendText(message.replace('\'', '"'), true).join();
  }

  @Test
  void anOperationIsToldOfEveryChangeUntilItIsCompleted() throws Exception {
    Client client = new Client();
    WebSocket socket = open(client);
    assertThat(socket.getSubprotocol()).isEqualTo("graphql-transport-ws");
    say(socket, "{'type': 'connection_init'}");
    assertThat(client.next()).isEqualTo("{\"type\":\"connection_ack\"}");
    say(socket, "{'type': 'ping', 'payload': {}}");
    assertThat(client.next()).isEqualTo("{\"type\":\"pong\"}");
    say(socket, "{'type': 'subscribe', 'id': 'one', 'payload': {'query': 'Note'}}");
    awaitSubscribers(1);
    server.post("/api/notes", "{'id': 'n1'}");
    assertThat(client.next())
        .isEqualTo(
            "{\"type\":\"next\",\"id\":\"one\",\"payload\":{\"data\":{\"changed\":\"n1\"}}}");
    say(socket, "{'type': 'complete', 'id': 'one'}");
    awaitSubscribers(0);
    server.post("/api/notes", "{'id': 'n2'}");
    say(socket, "{'type': 'subscribe', 'id': 'two', 'payload': {'query': 'Nope'}}");
    assertThat(client.next())
        .isEqualTo(
            "{\"type\":\"error\",\"id\":\"two\",\"payload\":[{\"message\":\"There is no such model\","
                + "\"extensions\":{\"code\":\"VALIDATION_ERROR\"}}]}");
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    assertThat(client.next()).startsWith("closed 1000");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'type': 'subscribe', 'id': '1', 'payload': {'query': 'Note'}} | closed 4401 Unauthorized",
        "nonsense | closed 4400 Invalid message",
        "[] | closed 4400 Invalid message",
        "{'type': 'next'} | closed 4400 Invalid message",
        "{'type': 'connection_init', 'payload': {'Authorization': 'nobody'}} | closed 4403 The token has expired"
      })
  void whoBreaksTheProtocolIsTold(String message, String close) throws Exception {
    Client client = new Client();
    say(open(client), message);
    assertThat(client.next()).isEqualTo(close);
    assertThat(server.feed().subscribers()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'type': 'connection_init'} | closed 4429 Too many initialisation requests",
        "{'type': 'subscribe', 'payload': {'query': 'Note'}} | closed 4400 Invalid message",
        "{'type': 'subscribe', 'id': '', 'payload': {'query': 'Note'}} | closed 4400 Invalid message",
        "{'type': 'subscribe', 'id': '1', 'payload': {}} | closed 4400 Invalid message",
        "{'type': 'complete'} | closed 4400 Invalid message",
        "{'type': 'subscribe', 'id': 'one', 'payload': {'query': 'Note'}} | closed 4409 Subscriber for one already exists"
      })
  void whoBreaksTheProtocolLaterIsToldToo(String message, String close) throws Exception {
    Client client = new Client();
    WebSocket socket = open(client);
    say(socket, "{'type': 'connection_init'}");
    client.next();
    say(socket, "{'type': 'subscribe', 'id': 'one', 'payload': {'query': 'Note'}}");
    awaitSubscribers(1);
    say(socket, message);
    assertThat(client.next()).isEqualTo(close);
    awaitSubscribers(0);
  }

  @Test
  void whoDoesNotBeginIsClosed() throws Exception {
    try (LiveServer impatient = LiveServer.start(SCHEMA, Duration.ofMillis(200))) {
      Client client = new Client();
      open(impatient, client);
      assertThat(client.next()).isEqualTo("closed 4408 Connection initialisation timeout");
    }
  }

  @Test
  void anOperationEndsWithTheCredentialsOfItsCaller() throws Exception {
    server.post("/api/people", "{'id': 'p', 'name': 'Ada'}");
    server.signIn("token", "p");
    Client client = new Client();
    WebSocket socket = open(client);
    say(socket, "{'type': 'connection_init', 'payload': {'Authorization': 'token'}}");
    client.next();
    say(socket, "{'type': 'subscribe', 'id': 'one', 'payload': {'query': 'Note'}}");
    awaitSubscribers(1);
    server.expire("token");
    assertThat(client.next()).contains("\"type\":\"error\"", "TOKEN_EXPIRED");
    awaitSubscribers(0);
  }

  @Test
  void aStopClosesEverySocketAndSaysSo() throws Exception {
    Client client = new Client();
    WebSocket socket = open(client);
    say(socket, "{'type': 'connection_init'}");
    client.next();
    server.http().stop();
    assertThat(client.next()).isEqualTo("closed 1001 The server stops: connect again");
  }

  @Test
  void aPageOfAnotherOriginIsRefusedUnlessItIsNamed() {
    String own = "http://127.0.0.1:" + server.port();
    for (String origin : List.of(own, "https://shop.example")) {
      open(new Client(), "Origin", origin).abort();
    }
    assertThatThrownBy(() -> open(new Client(), "Origin", "https://evil.example"))
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            refused -> assertThat(refused.getResponse().statusCode()).isEqualTo(403));
  }

  /// Each line: the bytes of frames in hex, as a client sends them unmasked by zeros, and the close code that follows.
  @ParameterizedTest
  @CsvSource({
    "8100, 1002", // not masked
    "c18000000000, 1002", // a reserved bit
    "838000000000, 1002", // an opcode that there is not
    "098000000000, 1002", // a ping in pieces
    "89fe007e00000000, 1002", // a ping that is too long
    "808000000000, 1002", // a continuation of nothing
    "018000000000 818000000000, 1002", // a message within a message
    "81fe000100000000 61, 1002", // a length in more bytes than it needs
    "828000000000, 1003", // bytes instead of text
    "818200000000 c328, 1007", // no UTF-8
    "81ff7fffffffffffffff 00000000, 1009", // longer than anything
    "81ff0000000010000000 00000000, 1009", // longer than allowed
    "888100000000 03, 1002", // half a close code
    "888200000000 03ed, 1002", // a close code that nobody sends
    "888200000000 03e8, 1000", // goodbye
    "888000000000, 1000"
  })
  void framesThatBreakTheProtocolCloseTheConnection(String frames, int code) throws Exception {
    try (Socket socket = upgraded()) {
      socket.getOutputStream().write(bytes(frames));
      DataInputStream in = new DataInputStream(socket.getInputStream());
      assertThat(in.readUnsignedByte()).isEqualTo(0x88);
      int length = in.readUnsignedByte();
      assertThat(in.readUnsignedShort()).isEqualTo(code);
      in.readNBytes(length - 2);
      socket.shutdownOutput();
      assertThat(in.read()).isEqualTo(-1);
    }
    assertThat(server.send(server.to("/api/notes")).statusCode()).isEqualTo(200);
  }

  @Test
  void aMessageMayComeInPiecesWithAPingBetween() throws Exception {
    String init = "{\"type\":\"connection_init\"}";
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    frames.writeBytes(frame(0x01, init.substring(0, 10)));
    frames.writeBytes(frame(0x89, "hello"));
    frames.writeBytes(frame(0x80, init.substring(10)));
    try (Socket socket = upgraded()) {
      socket.getOutputStream().write(frames.toByteArray());
      DataInputStream in = new DataInputStream(socket.getInputStream());
      assertThat(received(in)).isEqualTo("8a hello");
      assertThat(received(in)).isEqualTo("81 {\"type\":\"connection_ack\"}");
    }
  }

  private static byte[] frame(int first, String payload) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    byte[] mask = {1, 2, 3, 4};
    byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
    frame.write(first);
    frame.write(0x80 | bytes.length);
    frame.writeBytes(mask);
    for (int i = 0; i < bytes.length; i++) {
      frame.write(bytes[i] ^ mask[i % 4]);
    }
    return frame.toByteArray();
  }

  private static String received(DataInputStream in) throws IOException {
    int first = in.readUnsignedByte();
    byte[] payload = in.readNBytes(in.readUnsignedByte());
    return Integer.toHexString(first) + " " + new String(payload, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  private Socket upgraded() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(Patience.MILLIS);
    // the example of RFC 6455, section 1.3
    List<String> head =
        exchange(
            socket, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13");
    assertThat(head)
        .contains(
            "HTTP/1.1 101 Switching Protocols",
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
            "Sec-WebSocket-Protocol: graphql-transport-ws");
    return socket;
  }

  private static List<String> exchange(Socket socket, String headers) throws IOException {
    String request =
        "GET /graphql HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n%s\r\n\r\n"
            .formatted(headers);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return head(socket);
  }

  private static List<String> head(Socket socket) throws IOException {
    List<String> head = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    while (true) {
      int next = socket.getInputStream().read();
      if (next == '\n') {
        if (line.isEmpty()) {
          return head;
        }
        head.add(line.toString());
        line.setLength(0);
      } else if (next != '\r') {
        line.append((char) next);
      }
    }
  }

  @Test
  void aHandshakeThatIsNoneIsRefused() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      assertThat(exchange(socket, "Sec-WebSocket-Version: 8"))
          .contains("HTTP/1.1 426 Upgrade Required", "Sec-WebSocket-Version: 13");
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      assertThat(exchange(socket, "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short"))
          .contains("HTTP/1.1 400 Bad Request");
    }
  }

  @Test
  void operationsTakePartInTheBoundOnRequestsHandledAtATime() throws Exception {
    HttpSettings one =
        HttpFixture.settings(
            "127.0.0.1", 0, 1 << 20, 16_384, 8_192, 1, 0, 100, 64, 60, 30, 60, 10, "");
    try (LiveServer busy = LiveServer.start(SCHEMA, LiveSettings.DEFAULT, one);
        Socket occupying = new Socket(InetAddress.getLoopbackAddress(), busy.port())) {
      Client client = new Client();
      WebSocket socket = open(busy, client);
      say(socket, "{'type': 'connection_init'}");
      client.next();
      occupy(occupying);
      HttpResponse<String> refused = busy.send(busy.to("/graphql?query=Note"));
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).contains("1");
      assertThat(refused.body()).contains("Too many requests at a time. Try again in a moment");
      say(socket, "{'type': 'subscribe', 'id': 'one', 'payload': {'query': 'Note'}}");
      assertThat(client.next())
          .isEqualTo(
              "{\"type\":\"error\",\"id\":\"one\",\"payload\":[{\"message\":"
                  + "\"Too many requests at a time. Try again in a moment\","
                  + "\"extensions\":{\"code\":\"OVERLOADED\",\"retryAfterSeconds\":1}}]}");
      assertThat(busy.feed().subscribers()).isZero();
      occupying.getOutputStream().write('}');
      Patience.until("there is room again", () -> isLetIn(busy, socket, client));
    }
  }

  /// Sends a request that is handled until its body is there, and waits until that has begun.
  private static void occupy(Socket socket) throws IOException {
    socket.setSoTimeout(Patience.MILLIS);
    socket
        .getOutputStream()
        .write(
            ("POST /api/notes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n{")
                .getBytes(StandardCharsets.US_ASCII));
    assertThat(head(socket)).first().asString().startsWith("HTTP/1.1 100 ");
  }

  /// Subscribes, and tells whether that was let in.
  private static boolean isLetIn(LiveServer busy, WebSocket socket, Client client) {
    say(
        socket,
        "{'type': 'subscribe', 'id': '%s', 'payload': {'query': 'Note'}}"
            .formatted(UUID.randomUUID()));
    Patience.until(
        "let in or refused", () -> busy.feed().subscribers() == 1 || !client.heard.isEmpty());
    client.heard.clear();
    return busy.feed().subscribers() == 1;
  }

  @Test
  void anOperationGoesOverServerSentEventsToo() {
    try (EventReader reader = server.open("/graphql?query=Note")) {
      server.post("/api/notes", "{'id': 'n1'}");
      assertThat(reader.next().data()).hasToString("{data={changed=n1}}");
    }
    HttpResponse<String> refused = server.send(server.to("/graphql?query=Nope"));
    assertThat(refused.statusCode()).isEqualTo(400);
  }

  private void awaitSubscribers(int count) {
    Patience.until(count + " subscribers", () -> server.feed().subscribers() == count);
  }
}
