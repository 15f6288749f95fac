package dev.varve.face.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Json;
import dev.varve.kernel.Patience;
import dev.varve.node.TestServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// GraphQL over the JDK's WebSocket, message by message: `graphql-transport-ws` as a client speaks it.
public final class SocketClient implements WebSocket.Listener, AutoCloseable {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final StringBuilder message = new StringBuilder();
  private final boolean reads;
  private @Nullable WebSocket socket;

  private SocketClient(boolean reads) {
    this.reads = reads;
  }

  /// A connection on which nothing has been said yet.
  public static SocketClient open(TestServer server, Map<String, String> headers, boolean reads) {
    return open(CLIENT, "ws://127.0.0.1:" + server.port(), headers, reads);
  }

  /// The same by a client that speaks TLS.
  ///
  /// @param origin where the server is, such as `wss://127.0.0.1:8443`
  public static SocketClient open(
      HttpClient by, String origin, Map<String, String> headers, boolean reads) {
    SocketClient client = new SocketClient(reads);
    WebSocket.Builder builder = by.newWebSocketBuilder().subprotocols("graphql-transport-ws");
    headers.forEach(builder::header);
    client.socket = builder.buildAsync(URI.create(origin + "/graphql"), client).join();
    return client;
  }

  /// A connection that has begun, without credentials.
  static SocketClient begin(TestServer server) {
    return begin(server, "{}");
  }

  /// @param payload of `connection_init`, with apostrophes for quotation marks
  static SocketClient begin(TestServer server, String payload) {
    SocketClient client = open(server, Map.of(), true);
    client.say("{'type': 'connection_init', 'payload': %s}".formatted(payload));
    assertThat(client.next()).isEqualTo("{'type':'connection_ack'}");
    return client;
  }

  @Override
  public void onOpen(WebSocket opened) {
    if (reads) {
      opened.request(1);
    }
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    message.append(data);
    if (last) {
      heard.add(message.toString());
      message.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    heard.add("closed %d %s".formatted(code, reason));
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    heard.add("broken: " + error);
  }

  /// @param text with apostrophes for quotation marks
  public void say(String text) {
    socket().sendText(Scenario.quoted(text), true).join();
  }

  /// Reads one message, for a client that does not by itself.
  void read() {
    socket().request(1);
  }

  private WebSocket socket() {
    return Objects.requireNonNull(socket);
  }

  SocketClient subscribe(String id, String document) {
    return subscribe(id, document, Map.of());
  }

  SocketClient subscribe(String id, String document, Map<String, ?> variables) {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("query", Scenario.quoted(document));
    payload.put("variables", variables);
    Map<String, Object> said = Map.of("type", "subscribe", "id", id, "payload", payload);
    byte[] utf8 = Json.bytes(json -> Json.write(json, said));
    socket().sendText(new String(utf8, StandardCharsets.UTF_8), true).join();
    return this;
  }

  /// The next message as it came.
  String raw() {
    try {
      String next = heard.poll(Patience.SECONDS, TimeUnit.SECONDS);
      return next == null ? "nothing" : next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// The next message, with apostrophes for quotation marks.
  public String next() {
    return raw().replace('"', '\'');
  }

  /// The next message as plain JSON.
  @Nullable Object json() {
    return Json.read(raw().getBytes(StandardCharsets.UTF_8));
  }

  /// What the next message, a result, has in `data`.
  Object data() {
    Object next = json();
    assertThat(Scenario.at(next, "type")).as("%s", next).isEqualTo("next");
    return Scenario.at(next, "payload", "data");
  }

  boolean hasHeard() {
    return !heard.isEmpty();
  }

  @Override
  public void close() {
    socket().abort();
  }
}
