package dev.varve.face.gateway.upstream;

import dev.varve.face.gateway.upstream.UpstreamFailure.Kind;
import dev.varve.net.http.ClientGone;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// One connection to a host, and what has been read of it. One thread reads, and one writes, at a time; [Watch] closes it
/// when one of them waits too long: a blocking read with a time of its own costs more than a look at all of them.
final class Connection implements Line, AutoCloseable {
  private static final int BUFFER_BYTES = 16 * 1024;
  private static final byte[] NOTHING = {};
  private static final long NEVER = Long.MAX_VALUE;
  // most answers come sooner, and cost nothing more
  private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  // long enough for the end of a connection to be seen that came a while ago
  private static final int LOOK_MILLIS = 1;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final Watch watch;
  private final boolean http2;
  private byte[] buffer = new byte[BUFFER_BYTES];
  private final AtomicReference<State> state = new AtomicReference<>(new State.Busy());
  private int start;
  private int end;
  private boolean reused;
  private volatile boolean heard;
  private volatile Due reading = Due.NONE;
  private volatile Due writing = Due.NONE;
  private volatile @Nullable Due expired;
  private volatile @Nullable BooleanSupplier silent;
  private volatile boolean abandoned;

  private sealed interface State {
    /// It has an exchange, each another one: what is meant for one must not reach the next.
    final class Busy implements State {}

    record Idle() implements State {}

    record Closed() implements State {}

    State IDLE = new Idle();
    State CLOSED = new Closed();
  }

  /// @param sinceNanos when it began
  private record Due(Deadline what, Duration after, long sinceNanos, long atNanos) {
    private static final Due NONE = new Due(Deadline.IDLE, Duration.ZERO, 0, NEVER);

    private static Due in(Deadline what, Duration after) {
      long now = System.nanoTime();
      return new Due(what, after, now, now + after.toNanos());
    }

    private boolean isLong(long nowNanos) {
      return atNanos != NEVER && nowNanos - sinceNanos > LONG_NANOS;
    }

    private boolean isPast(long nowNanos) {
      return atNanos != NEVER && nowNanos - atNanos > 0;
    }
  }

  /// @param socket that it ends with
  /// @param spoken what is read and written: the socket itself, or what TLS makes of it
  /// @param http2 whether HTTP/2 is to be spoken on it
  Connection(Socket socket, Socket spoken, boolean http2, Watch watch) throws IOException {
    this.socket = socket;
    this.in = spoken.getInputStream();
    this.out = spoken.getOutputStream();
    this.http2 = http2;
    this.watch = watch;
    watch.add(this);
  }

  boolean isHttp2() {
    return http2;
  }

  /// HTTP/1.1, for one request at a time.
  @Override
  public UpstreamExchange exchange(
      OutgoingRequest request, byte @Nullable [] small, Host host, Timeouts timeouts) {
    return new Http1Exchange(request, small, host, this, timeouts);
  }

  /// From now on a read must bring something within this time.
  void readWithin(Deadline what, Duration time) {
    reading = Due.in(what, time);
  }

  /// From now on a read may take as long as it likes.
  void readWheneverItComes() {
    reading = Due.NONE;
  }

  /// From now on a write must be taken within this time.
  void writeWithin(Duration time) {
    writing = Due.in(Deadline.SEND, time);
  }

  void written() {
    writing = Due.NONE;
  }

  /// What is done when whoever reads has waited for long, until it says that it need not be done again.
  void whenSilent(BooleanSupplier told) {
    silent = told;
  }

  /// What is run, by any thread, when nobody wants the answer of the present exchange any more: whoever reads finds out. It
  /// does nothing once that exchange is over.
  Runnable abandonment() {
    State present = state.get();
    return () -> {
      if (present instanceof State.Busy && state.compareAndSet(present, State.CLOSED)) {
        abandoned = true;
        end();
      }
    };
  }

  /// Whether it served another exchange before, so that its end may have come before this one's start.
  boolean reused() {
    return reused;
  }

  /// Whether a byte of the present answer has come.
  boolean heard() {
    return heard;
  }

  /// Whether there is more than what was asked for.
  boolean hasUnread() {
    return end > start;
  }

  void write(byte[] bytes, int offset, int length) throws UpstreamFailure {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      throw failed("closed the connection before it had taken the request");
    }
  }

  /// The next byte, or -1 at the end.
  int read() throws UpstreamFailure {
    return start == end && !fill() ? -1 : buffer[start++] & 0xFF;
  }

  /// What there is, or -1 at the end.
  int read(byte[] into, int offset, int length) throws UpstreamFailure {
    if (start == end) {
      if (length >= BUFFER_BYTES) {
        return receive(into, offset, length);
      }
      if (!fill()) {
        return -1;
      }
    }
    int taken = Math.min(length, end - start);
    System.arraycopy(buffer, start, into, offset, taken);
    start += taken;
    return taken;
  }

  /// The same for a connection that is a tunnel from now on: there may be thousands of these, mostly silent, and none needs a
  /// buffer of its own.
  int readThrough(byte[] into) throws UpstreamFailure {
    if (hasUnread()) {
      return read(into, 0, into.length);
    }
    buffer = NOTHING;
    return receive(into, 0, into.length);
  }

  private boolean fill() throws UpstreamFailure {
    start = 0;
    end = 0;
    int length = receive(buffer, 0, BUFFER_BYTES);
    end = Math.max(0, length);
    return length > 0;
  }

  private int receive(byte[] into, int offset, int length) throws UpstreamFailure {
    try {
      int received = in.read(into, offset, length);
      heard |= received > 0;
      return received;
    } catch (SocketTimeoutException e) {
      throw new UpstreamFailure(Kind.TIMEOUT, false, "took too long");
    } catch (IOException e) {
      throw failed(heard ? "broke the connection off" : "closed the connection without an answer");
    }
  }

  private UpstreamFailure failed(String how) {
    if (abandoned) {
      throw new ClientGone("The client went before it was answered", null);
    }
    Due late = expired;
    return late == null
        ? new UpstreamFailure(Kind.BROKEN, false, how)
        : new UpstreamFailure(
            Kind.TIMEOUT,
            false,
            "%s within %s".formatted(late.what().text(), Timeouts.text(late.after())));
  }

  /// Waits a while for something to come, without taking it.
  ///
  /// @return whether something has come, be it the end
  boolean awaits(Duration patience) throws UpstreamFailure {
    if (hasUnread()) {
      return true;
    }
    try {
      socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
      try {
        int received = in.read(buffer, 0, BUFFER_BYTES);
        start = 0;
        end = Math.max(0, received);
        heard |= received > 0;
        return true;
      } catch (SocketTimeoutException e) {
        return false;
      } finally {
        socket.setSoTimeout(0);
      }
    } catch (IOException e) {
      throw failed("closed the connection without an answer");
    }
  }

  /// Puts it aside for the next exchange.
  ///
  /// @param time after which it is closed
  /// @return whether it is there still
  boolean rest(Duration time) {
    reused = true;
    silent = null;
    heard = false;
    // a write that is under way over HTTP/2 keeps its deadline
    readWithin(Deadline.IDLE, time);
    State present = state.get();
    return present instanceof State.Busy && state.compareAndSet(present, State.IDLE);
  }

  /// Takes it up again.
  ///
  /// @return whether it is there still
  boolean wake() {
    if (!state.compareAndSet(State.IDLE, new State.Busy())) {
      return false;
    }
    reading = Due.NONE;
    return true;
  }

  /// Whether something has come that nobody asked for, as far as that shows without a wait, which the end does not.
  boolean hasStray() {
    try {
      return socket.getInputStream().available() > 0;
    } catch (IOException e) {
      return true;
    }
  }

  /// Whether nothing has come since the last answer was complete, neither the end nor what nobody asked for.
  boolean isQuiet() {
    try {
      return !awaits(Duration.ofMillis(LOOK_MILLIS));
    } catch (UpstreamFailure gone) {
      return false;
    }
  }

  /// Looks after whoever waits for it: closes it when that takes too long.
  void closeWhenPast(long nowNanos) {
    BooleanSupplier told = silent;
    if (told != null && reading.isLong(nowNanos) && told.getAsBoolean()) {
      silent = null;
    }
    Due late = reading.isPast(nowNanos) ? reading : writing;
    if (!late.isPast(nowNanos)) {
      return;
    }
    if (late.what() == Deadline.IDLE) {
      if (state.compareAndSet(State.IDLE, State.CLOSED)) {
        end();
      }
    } else {
      expired = late;
      close();
    }
  }

  boolean isClosed() {
    return state.get() instanceof State.Closed;
  }

  /// Any thread may close it: whoever reads or writes finds out.
  @Override
  public void close() {
    if (!(state.getAndSet(State.CLOSED) instanceof State.Closed)) {
      end();
    }
  }

  private void end() {
    watch.remove(this);
    try {
      socket.close();
    } catch (IOException e) {
      // it is gone either way
    }
  }
}
