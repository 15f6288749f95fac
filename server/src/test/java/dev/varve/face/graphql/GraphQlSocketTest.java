package dev.varve.face.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.events.LiveServer;
import dev.varve.lane.access.Caller;
import dev.varve.net.edge.HttpServer;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Routes;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a client may have under way over one WebSocket, with operations that end when the test says so.
@Timeout(120)
final class GraphQlSocketTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final Slow operations = new Slow();
  private final HttpServer server =
      HttpServer.start(
          LiveServer.HTTP,
          Routes.builder()
              .webSocket(
                  "/graphql",
                  request ->
                      Answer.webSocket(
                          GraphQlSocket.PROTOCOL, new GraphQlSocket(request, operations)))
              .build(),
          Clock.systemUTC(),
          () -> "request",
          _ -> Caller.ANONYMOUS);

  @AfterEach
  void stop() {
    operations.end.countDown();
    server.stop();
  }

  /// Operations that nobody can stop before the test lets them end.
  private static final class Slow implements OperationStarter {
    private final AtomicInteger begun = new AtomicInteger();
    private final Semaphore beginnings = new Semaphore(0);
    private final CountDownLatch end = new CountDownLatch(1);

    @Override
    public Running start(
        Supplier<Caller> caller, Map<String, @Nullable Object> request, Results results) {
      return new Running() {
        @Override
        public void run() throws InterruptedException {
          begun.incrementAndGet();
          beginnings.release();
          end.await();
        }

        @Override
        public void stop() {
          // it takes its time
        }

        @Override
        public void close() {
          // it holds nothing
        }
      };
    }

    void awaitBeginning() throws InterruptedException {
      assertThat(beginnings.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static final class Client implements WebSocket.Listener {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      heard.add(data.toString());
      return WebSocket.Listener.super.onText(socket, data, last);
    }
  }

  @Test
  void anOperationCountsUntilItHasEndedWhateverItsClientSays() throws Exception {
    Client client = new Client();
    WebSocket socket =
        CLIENT
            .newWebSocketBuilder()
            .subprotocols(GraphQlSocket.PROTOCOL)
            .buildAsync(URI.create("ws://127.0.0.1:%d/graphql".formatted(server.port())), client)
            .join();
    say(socket, "{'type': 'connection_init'}");
    assertThat(client.heard.poll(30, TimeUnit.SECONDS)).contains("connection_ack");
    for (int i = 0; i < SocketOperations.OPERATIONS_MAX; i++) {
      subscribe(socket, i);
      operations.awaitBeginning();
      complete(socket, i);
    }

    subscribe(socket, SocketOperations.OPERATIONS_MAX);
    say(socket, "{'type': 'ping'}");
    // the reader waits, so it does not get to the ping
    assertThat(client.heard.poll(500, TimeUnit.MILLISECONDS)).isNull();
    assertThat(operations.begun).hasValue(SocketOperations.OPERATIONS_MAX);

    operations.end.countDown();
    operations.awaitBeginning();
    assertThat(client.heard.poll(30, TimeUnit.SECONDS)).isNotNull();
    assertThat(operations.begun).hasValue(SocketOperations.OPERATIONS_MAX + 1);
  }

  private static void subscribe(WebSocket socket, int id) {
    say(socket, "{'type': 'subscribe', 'id': '%d', 'payload': {'query': 'Note'}}".formatted(id));
  }

  private static void complete(WebSocket socket, int id) {
    say(socket, "{'type': 'complete', 'id': '%d'}".formatted(id));
  }

  private static void say(WebSocket socket, String message) {
    socket.sendText(message.replace('\'', '"'), true).join();
  }
}
