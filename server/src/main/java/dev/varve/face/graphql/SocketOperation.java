package dev.varve.face.graphql;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Outage;
import dev.varve.kernel.Problem;
import dev.varve.net.http.ClientGone;
import dev.varve.net.http.Request;
import dev.varve.net.http.WebSocket;
import dev.varve.telemetry.CurrentRequest;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One operation of a WebSocket, on a thread of its own. Its results go out as `next`, its end as `complete` or `error`;
/// a client that has completed it hears no more of it.
final class SocketOperation implements Runnable, OperationStarter.Results {
  private static final int LARGE_CHARACTERS = 16 * 1024;
  private static final Logger LOG = LoggerFactory.getLogger(SocketOperation.class);

  private final Connection connection;
  private final String id;
  // as it was sent: read, it takes many times as much
  private @Nullable String message;
  private final boolean large;
  private final CountDownLatch started = new CountDownLatch(1);
  private OperationStarter.@Nullable Running running;
  private boolean stopped;
  private boolean failed;

  /// What all operations of a WebSocket have in common.
  ///
  /// @param request that asked for the WebSocket
  /// @param authorization the credentials that hold for the connection
  record Connection(
      Request request,
      String authorization,
      WebSocket socket,
      OperationStarter starter,
      SocketOperations operations) {}

  /// @param message that asked for it, `subscribe`
  SocketOperation(Connection connection, String id, String message) {
    this.connection = connection;
    this.id = id;
    this.message = message;
    this.large = message.length() > LARGE_CHARACTERS;
  }

  String id() {
    return id;
  }

  boolean isLarge() {
    return large;
  }

  /// Waits until its message is no longer kept.
  void awaitStart() throws InterruptedException {
    started.await();
  }

  @Override
  public void run() {
    try {
      CurrentRequest.run(connection.request().id(), this::runToItsEnd);
    } finally {
      endBeginning();
      connection.operations().hasEnded();
    }
  }

  private void runToItsEnd() {
    try {
      carryOut();
      end("complete", null);
    } catch (Problem problem) {
      end("error", GraphQlErrors.of(problem));
    } catch (Outage outage) {
      LOG.warn("A GraphQL operation could not be carried out: {}", outage.getMessage());
      end("error", GraphQlErrors.of(outage.problem(false)));
    } catch (ClientGone e) {
      connection.operations().remove(this);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException bug) {
      String requestId = connection.request().id();
      LOG.error("A GraphQL operation failed", bug);
      Problem problem =
          new Problem(
              ErrorCode.INTERNAL_ERROR,
              "Something went wrong on our side. The log tells more under request id " + requestId);
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
    Request request = connection.request();
    try {
      return request.admitted(() ->
          connection
              .starter()
              .start(
                  () -> request.callerNow(connection.authorization()),
                  SocketMessage.read(Objects.requireNonNull(message)).payload(),
                  this));
    } finally {
      endBeginning();
    }
  }

  private void endBeginning() {
    if (message != null) {
      message = null;
      started.countDown();
      connection.operations().hasBegun();
    }
  }

  private synchronized boolean begin(OperationStarter.Running prepared) {
    running = prepared;
    return !isUnwanted();
  }

  private synchronized boolean isUnwanted() {
    return stopped || connection.operations().isClosed();
  }

  /// Nobody wants more of it. Called from any thread.
  synchronized void stop() {
    stopped = true;
    if (running != null) {
      running.stop();
    }
  }

  private void end(String type, byte @Nullable [] errors) {
    if (connection.operations().remove(this) && !failed) {
      try {
        send(type, errors);
      } catch (ClientGone e) {
        LOG.debug("A client has gone before the end of its operation", e);
      }
    }
  }

  private void send(String type, byte @Nullable [] payload) {
    connection.socket().send(SocketMessage.bytes(type, id, payload));
  }

  @Override
  public void inTurn(Runnable result) {
    connection.operations().inTurn(result);
  }

  @Override
  public void next(byte[] json) {
    if (connection.operations().isOpen(this)) {
      send("next", json);
    }
  }

  @Override
  public void errors(byte[] json) {
    if (connection.operations().isOpen(this)) {
      failed = true;
      send("error", json);
    }
  }

  @Override
  public void heartbeat() {
    // the WebSocket has its own
  }
}
