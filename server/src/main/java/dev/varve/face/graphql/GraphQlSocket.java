package dev.varve.face.graphql;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.net.http.ClientGone;
import dev.varve.net.http.Conversation;
import dev.varve.net.http.Request;
import dev.varve.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  // each has a thread; more than a page of an application ever needs
  static final int OPERATIONS_MAX = 100;
  // of these, are prepared or results out: what a client sends in one go is not done before what
  // others ask for
  static final int BEGINNING_MAX = 8;
  private static final byte[] PAYLOAD = ",\"payload\":".getBytes(StandardCharsets.UTF_8);
  private static final int LARGE_CHARACTERS = 16 * 1024;
  private static final Duration INIT_MAX = Duration.ofSeconds(10);
  private static final Logger LOG = LoggerFactory.getLogger(GraphQlSocket.class);

  private final Request request;
  private final OperationStarter subscriptions;
  private final Duration initMax;
  private final Map<String, Operation> operations = new ConcurrentHashMap<>();
  // an operation takes part until its thread has ended, though its client may have completed it
  // long before
  private final Semaphore threads = new Semaphore(OPERATIONS_MAX);
  // held until a query has been answered, and a subscription has been opened
  private final Semaphore beginnings = new Semaphore(BEGINNING_MAX);
  // held by the operation whose result is being made and sent
  private final ReentrantLock turn = new ReentrantLock(true);
  private @Nullable WebSocket socket;
  private String authorization;
  // acknowledged, or gone before
  private final CountDownLatch begun = new CountDownLatch(1);
  private boolean acknowledged;
  private volatile boolean closed;

  /// @param request that asked for the WebSocket
  public GraphQlSocket(Request request, OperationStarter subscriptions) {
    this(request, subscriptions, INIT_MAX);
  }

  public GraphQlSocket(Request request, OperationStarter subscriptions, Duration initMax) {
    this.request = request;
    this.subscriptions = subscriptions;
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
    Map<?, ?> message = object(text);
    switch (message.get("type") instanceof String type ? type : "") {
      case "connection_init" -> init(message);
      case "ping" -> send("pong", null, null);
      case "pong" -> {}
      case "subscribe" -> subscribe(message, text);
      case "complete" -> complete(message);
      default -> invalid();
    }
  }

  private static Map<?, ?> object(String text) {
    try {
      return Json.read(text.getBytes(StandardCharsets.UTF_8)) instanceof Map<?, ?> members
          ? members
          : Map.of();
    } catch (Problem problem) {
      if (problem.code() != ErrorCode.MALFORMED_REQUEST) {
        throw problem;
      }
      return Map.of();
    }
  }

  private void invalid() {
    socket().close(INVALID_MESSAGE, "Invalid message");
  }

  private void init(Map<?, ?> message) {
    if (acknowledged) {
      socket().close(TOO_MANY_INITS, "Too many initialisation requests");
      return;
    }
    if (message.get("payload") instanceof Map<?, ?> payload) {
      credentials(payload);
    }
    try {
      request.admitted(() -> request.caller(authorization));
    } catch (Problem problem) {
      socket().close(FORBIDDEN, problem.text());
      return;
    }
    acknowledged = true;
    begun.countDown();
    send("connection_ack", null, null);
  }

  private void credentials(Map<?, ?> payload) {
    for (String name : new String[] {"Authorization", "authorization"}) {
      if (payload.get(name) instanceof String given) {
        authorization = given;
        return;
      }
    }
  }

  private void subscribe(Map<?, ?> message, String text) {
    if (!acknowledged) {
      socket().close(UNAUTHORIZED, "Unauthorized");
      return;
    }
    if (!(message.get("id") instanceof String id)
        || id.isEmpty()
        || !(message.get("payload") instanceof Map<?, ?> payload)
        || !(payload.get("query") instanceof String)) {
      invalid();
      return;
    }
    if (operations.containsKey(id)) {
      socket().close(SUBSCRIBER_EXISTS, "Subscriber for %s already exists".formatted(id));
      return;
    }
    if (operations.size() >= OPERATIONS_MAX) {
      Problem tooMany =
          new Problem(
              ErrorCode.TOO_MANY_REQUESTS,
              "A connection carries at most %d operations at a time".formatted(OPERATIONS_MAX));
      send("error", id, GraphQlErrors.of(tooMany));
      return;
    }
    try {
      begin(new Operation(id, text));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Nothing more is read while the threads of operations that have been completed are still ending: a client cannot
  /// have more under way than it may, by no longer wanting it.
  private void begin(Operation operation) throws InterruptedException {
    threads.acquire();
    beginnings.acquire();
    operations.put(operation.id, operation);
    Thread.ofVirtual().name("graphql-operation").start(operation);
    if (operation.isLarge()) {
      // one at a time: while it is held in memory, the client does not get to send the next
      operation.awaitStart();
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, @Nullable Object> payload(String text) {
    return (Map<String, @Nullable Object>) Objects.requireNonNull(object(text).get("payload"));
  }

  private void complete(Map<?, ?> message) {
    if (!(message.get("id") instanceof String id)) {
      invalid();
      return;
    }
    Operation operation = operations.remove(id);
    // one that is unknown has completed at the same time
    if (operation != null) {
      operation.stop();
    }
  }

  @Override
  public void closed() {
    closed = true;
    begun.countDown();
    operations.values().forEach(Operation::stop);
  }

  private void send(String type, @Nullable String id, byte @Nullable [] payload) {
    byte[] head =
        Json.bytes(json -> {
          json.writeStartObject();
          json.writeStringProperty("type", type);
          if (id != null) {
            json.writeStringProperty("id", id);
          }
          json.writeEndObject();
        });
    socket().send(payload == null ? head : with(head, payload));
  }

  /// The object with one more member, which is JSON already and may be long: it is copied once.
  private static byte[] with(byte[] object, byte[] payload) {
    int open = object.length - 1;
    return ByteBuffer.allocate(open + PAYLOAD.length + payload.length + 1)
        .put(object, 0, open)
        .put(PAYLOAD)
        .put(payload)
        .put((byte) '}')
        .array();
  }

  /// One operation, on a thread of its own.
  private final class Operation implements Runnable, OperationStarter.Results {
    private final String id;
    // as it was sent: read, it takes many times as much
    private @Nullable String message;
    private final boolean large;
    private final CountDownLatch started = new CountDownLatch(1);
    private OperationStarter.@Nullable Running running;
    private boolean stopped;
    private boolean failed;

    Operation(String id, String message) {
      this.id = id;
      this.message = message;
      this.large = message.length() > LARGE_CHARACTERS;
    }

    boolean isLarge() {
      return large;
    }

    void awaitStart() throws InterruptedException {
      started.await();
    }

    @Override
    public void run() {
      try {
        runToItsEnd();
      } finally {
        endBeginning();
        threads.release();
      }
    }

    private void runToItsEnd() {
      try {
        carryOut();
        end("complete", null);
      } catch (Problem problem) {
        end("error", GraphQlErrors.of(problem));
      } catch (ClientGone e) {
        operations.remove(id, this);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException bug) {
        LOG.error("A GraphQL operation failed, request id {}", request.id(), bug);
        Problem problem =
            new Problem(
                ErrorCode.INTERNAL_ERROR,
                "Something went wrong on our side. The log tells more under request id "
                    + request.id());
        end("error", GraphQlErrors.of(problem));
      }
    }

    private void carryOut() throws InterruptedException {
      if (isUnwanted()) {
        return;
      }
      try (OperationStarter.Running prepared = start()) {
        if (begin(prepared)) {
          prepared.run();
        }
      }
    }

    private OperationStarter.Running start() {
      try {
        return request.admitted(() ->
            subscriptions.start(
                () -> request.callerNow(authorization),
                payload(Objects.requireNonNull(message)),
                this));
      } finally {
        endBeginning();
      }
    }

    private void endBeginning() {
      if (message != null) {
        message = null;
        started.countDown();
        beginnings.release();
      }
    }

    private synchronized boolean begin(OperationStarter.Running prepared) {
      running = prepared;
      return !isUnwanted();
    }

    private synchronized boolean isUnwanted() {
      return stopped || closed;
    }

    synchronized void stop() {
      stopped = true;
      if (running != null) {
        running.stop();
      }
    }

    private void end(String type, byte @Nullable [] errors) {
      // a client that has completed it itself hears no more of it
      if (operations.remove(id, this) && !failed) {
        try {
          GraphQlSocket.this.send(type, id, errors);
        } catch (ClientGone e) {
          LOG.debug("A client has gone before the end of its operation", e);
        }
      }
    }

    @Override
    public void inTurn(Runnable result) {
      turn.lock();
      try {
        if (!closed) {
          result.run();
        }
      } finally {
        turn.unlock();
      }
    }

    @Override
    public void next(byte[] json) {
      if (operations.get(id) == this) {
        GraphQlSocket.this.send("next", id, json);
      }
    }

    @Override
    public void errors(byte[] json) {
      if (operations.get(id) == this) {
        failed = true;
        GraphQlSocket.this.send("error", id, json);
      }
    }

    @Override
    public void heartbeat() {
      // the WebSocket has its own
    }
  }
}
