package dev.varve.face.gateway.upstream;

import dev.varve.net.http.HeaderLine;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// An answer over HTTP/1.1. Closing it lets the connection rest, when nothing is left on it, and closes that otherwise.
final class Http1Answer implements UpstreamAnswer {
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
  Http1Answer(
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

  @Override
  public int status() {
    return head.status();
  }

  @Override
  public List<HeaderLine> headers() {
    return head.headers();
  }

  @Override
  public OptionalLong length() {
    return framing.length();
  }

  @Override
  public boolean hasNoBody() {
    return framing instanceof Framing.Nothing;
  }

  @Override
  public List<HeaderLine> trailers() {
    return body.trailers();
  }

  @Override
  public boolean isEarly() {
    return early;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws UpstreamFailure {
    connection.readWithin(Deadline.BODY, idle);
    int read = body.read(into, offset, length);
    connection.readWheneverItComes();
    return read;
  }

  @Override
  public boolean isSwitched() {
    return head.status() == SWITCHING_PROTOCOLS;
  }

  @Override
  public int readSwitched(byte[] into) throws UpstreamFailure {
    connection.readWithin(Deadline.BODY, SILENCE_MAX);
    return connection.readThrough(into);
  }

  @Override
  public void writeSwitched(byte[] bytes) throws UpstreamFailure {
    connection.readWithin(Deadline.BODY, SILENCE_MAX);
    connection.writeWithin(idle);
    connection.write(bytes, 0, bytes.length);
    connection.written();
  }

  @Override
  public void breakOff() {
    abandonment.run();
  }

  @Override
  public void whenClosed(Runnable then) {
    whenClosed = then;
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
