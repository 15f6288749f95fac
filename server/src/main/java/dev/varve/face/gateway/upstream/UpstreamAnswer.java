package dev.varve.face.gateway.upstream;

import dev.varve.net.http.HeaderLine;
import java.util.List;
import java.util.OptionalLong;

/// The answer of a service, whose body is read as it comes. Belongs to one thread. Closing it gives back the connection, when
/// nothing is left on it, and ends the exchange otherwise.
public abstract sealed class UpstreamAnswer implements AutoCloseable
    permits Http1Answer, Http2Answer {
  private final ResponseHead head;
  private final Framing framing;
  private final boolean early;
  private Runnable whenClosed = () -> {};
  private boolean closed;

  /// @param early whether it came before all of the request had been sent
  UpstreamAnswer(ResponseHead head, Framing framing, boolean early) {
    this.head = head;
    this.framing = framing;
    this.early = early;
  }

  public final int status() {
    return head.status();
  }

  /// All of them, as they came.
  public final List<HeaderLine> headers() {
    return head.headers();
  }

  /// Whether another answer may follow on its connection, as its headers say (RFC 9112, section 9.3).
  final boolean isPersistent() {
    return head.persistent();
  }

  /// How long its body is, if that is known.
  public final OptionalLong length() {
    return framing.length();
  }

  /// Whether it has no body, whatever its headers say of one: it answers HEAD, or its status has none.
  public final boolean hasNoBody() {
    return framing instanceof Framing.Nothing;
  }

  /// The fields behind its body, known when [#read] has come to the end. Never merged into the headers: who reads a field that
  /// comes this late has to know what it does with it (RFC 9110, section 6.5.1).
  public abstract List<HeaderLine> trailers();

  /// Whether something of the request is still on its way.
  public final boolean isEarly() {
    return early;
  }

  /// Waits until something has come, and gives what there is; -1 at the end.
  public abstract int read(byte[] into, int offset, int length) throws UpstreamFailure;

  /// Whether the connection is a WebSocket now.
  public abstract boolean isSwitched();

  /// What there is on a WebSocket; -1 at the end. One on which nothing goes in either direction for minutes is closed.
  public abstract int readSwitched(byte[] into) throws UpstreamFailure;

  public abstract void writeSwitched(byte[] bytes) throws UpstreamFailure;

  /// Ends the exchange from another thread: whoever reads finds out.
  public abstract void breakOff();

  /// What is done when it is closed, in the end.
  public final void whenClosed(Runnable then) {
    whenClosed = then;
  }

  /// Gives back or ends what the answer came on. Called once.
  abstract void end();

  @Override
  public final void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      end();
    } finally {
      whenClosed.run();
    }
  }
}
