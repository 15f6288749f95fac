package dev.varve.face.gateway.upstream;

import dev.varve.net.http.HeaderLine;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An answer over HTTP/1.1. Closing it lets the connection rest, when nothing is left on it, and closes that otherwise.
final class Http1Answer extends UpstreamAnswer {
  // those who keep one open without a need to speak send a ping each minute or so
  private static final Duration SILENCE_MAX = Duration.ofMinutes(10);
  private static final int SWITCHING_PROTOCOLS = 101;

  private final Host host;
  private final Connection connection;
  private final AnswerBody body;
  private final @Nullable Pump pump;
  private final Duration idle;
  private final Runnable abandonment;

  /// @param early whether it came before all of the request had been sent
  Http1Answer(
      Host host,
      Connection connection,
      ResponseHead head,
      Framing framing,
      @Nullable Pump pump,
      boolean early,
      Duration idle) {
    super(head, framing, early);
    this.host = host;
    this.connection = connection;
    this.body = AnswerBody.of(framing, connection);
    this.pump = pump;
    this.idle = idle;
    this.abandonment = connection.abandonment();
  }

  @Override
  public List<HeaderLine> trailers() {
    return body.trailers();
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
    return status() == SWITCHING_PROTOCOLS;
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
  void end() {
    if (isEarly()) {
      connection.close();
      stopPump();
    } else if (!isSwitched() && body.complete() && isPersistent() && !connection.hasUnread()) {
      host.rest(connection);
    } else {
      connection.close();
    }
  }

  private void stopPump() {
    Pump sending = pump;
    if (sending != null) {
      sending.stop();
    }
  }
}
