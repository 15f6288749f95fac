package dev.varve.face.gateway.upstream;

import dev.varve.net.http.HeaderLine;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The answer of a service, whose body is read as it comes. Belongs to one thread. Closing it gives back the connection, when
/// nothing is left on it, and ends the exchange otherwise.
public final class UpstreamAnswer implements AutoCloseable {
  // those who keep one open without a need to speak send a ping each minute or so
  private static final Duration SILENCE_MAX = Duration.ofMinutes(10);
  private static final int SWITCHING_PROTOCOLS = 101;

  private final Host host;
  private final Connection connection;
  private final ResponseHead head;
  private final Framing framing;
  private final AnswerBody body;
  private final @Nullable Pump pump;
  private final boolean early;
  private final Duration idle;
  private final Runnable abandonment;
  private Runnable whenClosed = () -> {};
  private boolean closed;

  /// @param early whether it came before all of the request had been sent
  UpstreamAnswer(
      Host host,
      Connection connection,
      ResponseHead head,
      Framing framing,
      @Nullable Pump pump,
      boolean early,
      Duration idle) {
    this.host = host;
    this.connection = connection;
    this.head = head;
    this.framing = framing;
    this.body = AnswerBody.of(framing, connection);
    this.pump = pump;
    this.early = early;
    this.idle = idle;
    this.abandonment = connection.abandonment();
  }

  /// What is done in the end, when it is closed.
  void whenClosed(Runnable then) {
    whenClosed = then;
  }

  public int status() {
    return head.status();
  }

  /// All of them, as they came.
  public List<HeaderLine> headers() {
    return head.headers();
  }

  /// How long its body is, if that is known.
  public OptionalLong length() {
    return switch (framing) {
      case Framing.Nothing() -> OptionalLong.of(0);
      case Framing.Length(long bytes) -> OptionalLong.of(bytes);
      case Framing.Chunks(), Framing.UntilClosed() -> OptionalLong.empty();
    };
  }

  /// Whether it has no body, whatever its headers say of one: it answers HEAD, or its status has none.
  public boolean hasNoBody() {
    return framing instanceof Framing.Nothing;
  }

  /// Whether something of the request is still on its way.
  public boolean isEarly() {
    return early;
  }

  /// Waits until something has come, and gives what there is; -1 at the end.
  public int read(byte[] into, int offset, int length) throws UpstreamFailure {
    connection.readWithin(Deadline.BODY, idle);
    int read = body.read(into, offset, length);
    connection.readWheneverItComes();
    return read;
  }

  /// Whether the connection is a WebSocket now.
  public boolean isSwitched() {
    return head.status() == SWITCHING_PROTOCOLS;
  }

  /// What there is on a WebSocket; -1 at the end. One on which nothing goes in either direction for [#SILENCE_MAX] is closed.
  public int readSwitched(byte[] into) throws UpstreamFailure {
    connection.readWithin(Deadline.BODY, SILENCE_MAX);
    return connection.readThrough(into);
  }

  public void writeSwitched(byte[] bytes) throws UpstreamFailure {
    connection.readWithin(Deadline.BODY, SILENCE_MAX);
    connection.writeWithin(idle);
    connection.write(bytes, 0, bytes.length);
    connection.written();
  }

  /// Ends the exchange from another thread: whoever reads finds out.
  public void breakOff() {
    abandonment.run();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (early) {
        connection.close();
        stopPump();
      } else if (!isSwitched() && body.complete() && head.persistent() && !connection.hasUnread()) {
        host.rest(connection);
      } else {
        connection.close();
      }
    } finally {
      whenClosed.run();
    }
  }

  private void stopPump() {
    Pump sending = pump;
    if (sending != null) {
      sending.stop();
    }
  }
}
