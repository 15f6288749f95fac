package dev.varve.net.edge;

import dev.varve.kernel.Allowance;
import dev.varve.kernel.Problem;
import dev.varve.net.admission.Deadlines;
import dev.varve.net.admission.InputBudget;
import dev.varve.net.edge.WebSocketFrames.Frame;
import dev.varve.net.edge.WebSocketFrames.Violation;
import dev.varve.net.http.ClientGone;
import dev.varve.net.http.Conversation;
import dev.varve.net.http.WebSocket;
import io.helidon.common.buffers.BufferData;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A [WebSocket] on a connection of Helidon's.
final class WebSocketConnection implements WebSocket {
  static final int GOING_AWAY = 1001;
  private static final Logger LOG = LoggerFactory.getLogger(WebSocketConnection.class);
  // a client that is alive answers a ping long before the next one is due
  private static final Duration PING = Duration.ofSeconds(15);
  private static final Duration CLOSE_MAX = Duration.ofSeconds(5);
  private static final int FAILED = 1011;

  private final MeteredConnection connection;
  private final Deadlines.Deadline deadline;
  private final Allowance.Pool memory;
  private final int messageBytesMax;
  // guards writing
  private final ReentrantLock lock = new ReentrantLock();
  private boolean closing;
  private volatile long heardAtNanos = System.nanoTime();
  private final CountDownLatch ended = new CountDownLatch(1);

  WebSocketConnection(
      MeteredConnection connection,
      Deadlines.Deadline deadline,
      Allowance.Pool memory,
      int messageBytesMax) {
    this.memory = memory;
    this.connection = connection;
    this.deadline = deadline;
    this.messageBytesMax = messageBytesMax;
  }

  @Override
  public void send(byte[] utf8) {
    send(WebSocketFrames.TEXT, utf8);
  }

  private void send(int opcode, byte[] payload) {
    deadline.untaken(payload.length);
    try {
      sendInTurn(opcode, payload);
    } finally {
      deadline.taken(payload.length);
    }
  }

  private void sendInTurn(int opcode, byte[] payload) {
    lock.lock();
    try {
      if (!closing) {
        write(opcode, payload);
      }
    } finally {
      lock.unlock();
    }
  }

  private void write(int opcode, byte[] payload) {
    deadline.sending();
    try {
      connection.dataWriter().writeNow(BufferData.create(WebSocketFrames.write(opcode, payload)));
    } catch (RuntimeException e) {
      throw new ClientGone("The client of a WebSocket has gone", e);
    }
    deadline.waiting();
  }

  @Override
  public void close(int code, String reason) {
    lock.lock();
    try {
      if (closing) {
        return;
      }
      write(WebSocketFrames.CLOSE, WebSocketFrames.closing(code, reason));
      closing = true;
    } catch (ClientGone e) {
      LOG.debug("A WebSocket was gone before it was closed", e);
      closing = true;
    } finally {
      lock.unlock();
    }
    Thread.ofVirtual().name("websocket-close").start(() -> breakOffAfter(CLOSE_MAX));
  }

  /// The server stops. It does not wait for whoever is sending to a client that is slow.
  public void goAway() {
    Thread.ofVirtual()
        .name("websocket-stop")
        .start(() -> close(GOING_AWAY, "The server stops: connect again"));
  }

  private void breakOffAfter(Duration patience) {
    try {
      if (!ended.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        breakOff();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void breakOff() {
    try {
      connection.serverSocket().close();
    } catch (RuntimeException e) {
      LOG.debug("The client closed a WebSocket first", e);
    }
  }

  /// Reads until the connection ends.
  public void converse(Conversation conversation) {
    deadline.waiting();
    Thread.ofVirtual().name("websocket-ping").start(this::ping);
    try {
      conversation.opened(this);
      read(conversation);
    } catch (Violation violation) {
      close(violation.code(), String.valueOf(violation.getMessage()));
      drain();
    } catch (ClientGone e) {
      throw e;
    } catch (RuntimeException bug) {
      LOG.error("A conversation over a WebSocket failed", bug);
      close(FAILED, "Something went wrong on our side");
    } finally {
      ended.countDown();
      conversation.closed();
    }
  }

  private void read(Conversation conversation) throws Violation {
    while (true) {
      try (Allowance allowance = memory.open()) {
        Optional<String> text = message(allowance);
        if (text.isEmpty()) {
          return;
        }
        if (!isClosing()) {
          allowance.within(() -> {
            conversation.heard(text.get());
            return true;
          });
        }
      } catch (Problem overloaded) {
        throw new Violation(Violation.TRY_AGAIN_LATER, overloaded.text());
      }
    }
  }

  /// The next message; absent at the end.
  private Optional<String> message(Allowance allowance) throws Violation {
    @Nullable ByteArrayOutputStream message = null;
    while (true) {
      int room = messageBytesMax - (message == null ? 0 : message.size());
      Frame frame = next(room, allowance);
      if (!mayGoOn(frame)) {
        throw new Violation(
            Violation.POLICY,
            "Too many frames that carry nothing: at most %d a second in the long run"
                .formatted(InputBudget.PIECES_PER_SECOND));
      }
      if (frame.control()) {
        if (isClosed(frame)) {
          return Optional.empty();
        }
        continue;
      }
      if (frame.opcode() == WebSocketFrames.BINARY) {
        throw new Violation(Violation.UNSUPPORTED, "Messages are text");
      }
      if (frame.opcode() == WebSocketFrames.CONTINUATION == (message == null)) {
        throw new Violation(Violation.PROTOCOL, "A message is sent whole before the next one");
      }
      if (message == null) {
        message = new ByteArrayOutputStream();
      }
      message.writeBytes(frame.payload());
      if (frame.last()) {
        return Optional.of(WebSocketFrames.text(message.toByteArray(), 0));
      }
    }
  }

  private Frame next(int payloadBytesMax, Allowance allowance) throws Violation {
    try {
      Frame frame = WebSocketFrames.read(connection.dataReader(), payloadBytesMax, allowance);
      heardAtNanos = System.nanoTime();
      return frame;
    } catch (Problem overloaded) {
      throw overloaded;
    } catch (RuntimeException e) {
      throw new ClientGone("The client of a WebSocket has gone", e);
    }
  }

  private boolean mayGoOn(Frame frame) {
    InputBudget budget = connection.budget();
    return frame.control() ? budget.spend() : budget.count(frame.payload().length);
  }

  /// Answers a control frame; whether it was the last frame.
  private boolean isClosed(Frame frame) throws Violation {
    switch (frame.opcode()) {
      case WebSocketFrames.PING -> send(WebSocketFrames.PONG, frame.payload());
      case WebSocketFrames.CLOSE -> {
        close(WebSocketFrames.closeCode(frame.payload()), "");
        return true;
      }
      default -> {
        // a pong has done its work by coming
      }
    }
    return false;
  }

  private boolean isClosing() {
    lock.lock();
    try {
      return closing;
    } finally {
      lock.unlock();
    }
  }

  /// Takes what the client still sends, so that it sees why it was closed, where a plain close would reset the
  /// connection under it.
  private void drain() {
    try {
      int left = RequestBody.LINGER_BYTES_MAX;
      while (left > 0) {
        left -= connection.dataReader().readBuffer().available();
      }
    } catch (RuntimeException e) {
      // it has gone, as it should
    }
  }

  private void ping() {
    try {
      while (!ended.await(PING.toMillis(), TimeUnit.MILLISECONDS)) {
        if (System.nanoTime() - heardAtNanos > 2 * PING.toNanos()) {
          breakOff();
          return;
        }
        send(WebSocketFrames.PING, new byte[0]);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ClientGone e) {
      // whoever reads will notice too
    }
  }
}
