package dev.varve.face.graphql;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Conversation;
import dev.varve.net.http.Request;
import dev.varve.net.http.WebSocket;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// GraphQL over a WebSocket, as the sub-protocol `graphql-transport-ws` says
/// (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md).
///
/// Credentials come as `Authorization` in the payload of `connection_init`, because browsers cannot send headers with
/// a WebSocket; without them those of the request hold.
public final class GraphQlSocket implements Conversation {
  /// The name of the sub-protocol.
  public static final String PROTOCOL = "graphql-transport-ws";

  static final int INVALID_MESSAGE = 4400;
  static final int UNAUTHORIZED = 4401;
  static final int FORBIDDEN = 4403;
  static final int INIT_TIMEOUT = 4408;
  static final int SUBSCRIBER_EXISTS = 4409;
  static final int TOO_MANY_INITS = 4429;
  private static final Duration INIT_MAX = Duration.ofSeconds(10);

  private final Request request;
  private final OperationStarter starter;
  private final Duration initMax;
  private final SocketOperations operations = new SocketOperations();
  // acknowledged, or gone before
  private final CountDownLatch begun = new CountDownLatch(1);
  private @Nullable WebSocket socket;
  private String authorization;
  private boolean acknowledged;

  /// @param request that asked for the WebSocket
  public GraphQlSocket(Request request, OperationStarter starter) {
    this(request, starter, INIT_MAX);
  }

  public GraphQlSocket(Request request, OperationStarter starter, Duration initMax) {
    this.request = request;
    this.starter = starter;
    this.initMax = initMax;
    this.authorization = request.header("Authorization").orElse("");
  }

  @Override
  public void opened(WebSocket opened) {
    socket = opened;
    Thread.ofVirtual().name("graphql-init").start(this::requireInit);
  }

  private void requireInit() {
    try {
      if (!begun.await(initMax.toMillis(), TimeUnit.MILLISECONDS)) {
        socket().close(INIT_TIMEOUT, "Connection initialisation timeout");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private WebSocket socket() {
    return Objects.requireNonNull(socket);
  }

  @Override
  public void heard(String text) {
    SocketMessage message = SocketMessage.read(text);
    switch (message.type()) {
      case "connection_init" -> init(message);
      case "ping" -> send("pong", null, null);
      case "pong" -> {}
      case "subscribe" -> subscribe(message, text);
      case "complete" -> complete(message);
      default -> invalid();
    }
  }

  private void invalid() {
    socket().close(INVALID_MESSAGE, "Invalid message");
  }

  private void init(SocketMessage message) {
    if (acknowledged) {
      socket().close(TOO_MANY_INITS, "Too many initialisation requests");
      return;
    }
    String given = message.authorization();
    if (given != null) {
      authorization = given;
    }
    try {
      // a proof that came with the request is good once, and a limit may have looked at it
      request.admitted(() -> given == null ? request.caller() : request.caller(authorization));
    } catch (Problem problem) {
      socket().close(FORBIDDEN, problem.text());
      return;
    }
    acknowledged = true;
    begun.countDown();
    send("connection_ack", null, null);
  }

  private void subscribe(SocketMessage message, String text) {
    if (!acknowledged) {
      socket().close(UNAUTHORIZED, "Unauthorized");
      return;
    }
    String id = message.id();
    if (id.isEmpty() || !message.hasOperation()) {
      invalid();
      return;
    }
    if (operations.has(id)) {
      socket().close(SUBSCRIBER_EXISTS, "Subscriber for %s already exists".formatted(id));
      return;
    }
    if (operations.isFull()) {
      Problem tooMany =
          new Problem(
              ErrorCode.TOO_MANY_REQUESTS,
              "A connection carries at most %d operations at a time"
                  .formatted(SocketOperations.OPERATIONS_MAX));
      send("error", id, GraphQlErrors.of(tooMany));
      return;
    }
    try {
      operations.begin(new SocketOperation(connection(), id, text));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private SocketOperation.Connection connection() {
    return new SocketOperation.Connection(request, authorization, socket(), starter, operations);
  }

  private void complete(SocketMessage message) {
    if (message.hasId()) {
      operations.complete(message.id());
    } else {
      invalid();
    }
  }

  @Override
  public void closed() {
    begun.countDown();
    operations.close();
  }

  private void send(String type, @Nullable String id, byte @Nullable [] payload) {
    socket().send(SocketMessage.bytes(type, id, payload));
  }
}
