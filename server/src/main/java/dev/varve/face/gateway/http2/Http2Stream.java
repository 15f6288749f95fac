package dev.varve.face.gateway.http2;

import dev.varve.face.gateway.http2.Http2Failure.Kind;
import dev.varve.net.http.HeaderLine;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.hpack.HpackException;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;

/// One request and its answer. One thread sends and one receives, at a time; any may cancel.
///
/// What comes is kept up to [#AHEAD_BYTES_MAX], and beyond that the window of the stream is left to close, so that a reader who
/// is slow holds up the service. That much is taken early because an answer may be complete when the service, which wants
/// nothing more of the request, resets the stream behind it (RFC 9113, section 8.1).
public final class Http2Stream {
  private static final int AHEAD_BYTES_MAX = Http2Engine.STREAM_WINDOW_BYTES;
  // a server sends a few at most
  private static final int INTERIM_MAX = 16;
  private static final int SWITCHING_PROTOCOLS = 101;

  private final Http2Connection connection;
  // all below under the monitor of the stream, which is never held while Jetty is told anything
  private final ArrayDeque<byte[]> pieces = new ArrayDeque<>();
  private @Nullable Stream stream;
  private boolean begun;
  private boolean left;
  private int pieceStart;
  private int ahead;
  private boolean demanded;
  private boolean ended;
  private int interim;
  private boolean writing;
  private boolean over;
  private @Nullable Http2Head head;
  private List<HeaderLine> trailers = List.of();
  private @Nullable Http2Failure failure;

  private Http2Stream(Http2Connection connection) {
    this.connection = connection;
  }

  static Http2Stream send(
      Http2Connection connection,
      Session session,
      Http2Request request,
      boolean last,
      Duration within)
      throws Http2Failure {
    Http2Stream made = new Http2Stream(connection);
    boolean sent = false;
    try {
      HeadersFrame frame = new HeadersFrame(Fields.request(request), null, last);
      session.newStream(frame, made.new Begin(), made.new Events());
      made.awaitBegin(within);
      sent = true;
      return made;
    } finally {
      if (!sent) {
        made.cancel();
      }
    }
  }

  private void awaitBegin(Duration within) throws Http2Failure {
    if (!await(() -> begun || failure != null, within)) {
      throw new Http2Failure(Kind.LATE, "took nothing of the request");
    }
    synchronized (this) {
      if (failure != null && head == null && !begun) {
        throw failure;
      }
    }
  }

  /// Sends a piece of the body, and returns when it is on its way: the service has made room for it.
  ///
  /// @param last whether nothing follows
  public void write(byte[] bytes, int offset, int length, boolean last, Duration within)
      throws Http2Failure {
    Stream open = open();
    ByteBuffer piece = ByteBuffer.wrap(bytes, offset, length).slice();
    open.data(new DataFrame(open.getId(), piece, last), new Written());
    if (!await(() -> !writing, within)) {
      throw new Http2Failure(Kind.LATE, "took nothing more of the request");
    }
    synchronized (this) {
      requireOpen();
    }
  }

  private synchronized Stream open() throws Http2Failure {
    requireOpen();
    if (stream == null) {
      throw new IllegalStateException("A stream is written to before it has begun");
    }
    writing = true;
    return stream;
  }

  private void requireOpen() throws Http2Failure {
    if (failure != null) {
      throw failure;
    }
    if (over) {
      throw new Http2Failure(Kind.BROKEN, "wants nothing more of the request");
    }
  }

  /// The head of the answer, if it comes in time.
  public Optional<Http2Head> head(Duration within) throws Http2Failure {
    await(() -> head != null || failure != null, within);
    synchronized (this) {
      if (head == null && failure != null) {
        throw failure;
      }
      return Optional.ofNullable(head);
    }
  }

  /// Waits until the service wants the body that it was told of, or answers, or as long as that makes sense.
  public void awaitContinue(Duration within) {
    await(() -> interim > 0 || head != null || failure != null, within);
  }

  /// What there is of the body, as soon as there is something; -1 at the end.
  ///
  /// @throws Http2Failure LATE when nothing comes in time
  public int read(byte[] into, int offset, int length, Duration within) throws Http2Failure {
    demand();
    if (!await(() -> !pieces.isEmpty() || ended || failure != null, within)) {
      throw new Http2Failure(Kind.LATE, "sent nothing more of its answer");
    }
    synchronized (this) {
      byte[] piece = pieces.peek();
      if (piece != null) {
        return taken(piece, into, offset, length);
      }
      if (ended) {
        return -1;
      }
      if (failure != null) {
        throw failure;
      }
      throw new IllegalStateException("Something has come, and is not there");
    }
  }

  private int taken(byte[] piece, byte[] into, int offset, int length) {
    int taken = Math.min(length, piece.length - pieceStart);
    System.arraycopy(piece, pieceStart, into, offset, taken);
    pieceStart += taken;
    ahead -= taken;
    if (pieceStart == piece.length) {
      pieces.remove();
      pieceStart = 0;
    }
    return taken;
  }

  /// Asks for more, as long as there is room for it.
  private void demand() {
    Stream open;
    synchronized (this) {
      if (demanded || ended || failure != null || ahead >= AHEAD_BYTES_MAX || stream == null) {
        return;
      }
      demanded = true;
      open = stream;
    }
    open.demand();
  }

  /// Whether all of the answer has come.
  public synchronized boolean isEnded() {
    return ended;
  }

  /// The fields behind the body, known at its end.
  public synchronized List<HeaderLine> trailers() {
    return trailers;
  }

  /// Ends it: the service is told that nobody wants the answer, and whoever waits finds out.
  public void cancel() {
    Stream open;
    boolean neverSent;
    synchronized (this) {
      if (failure == null) {
        failure = new Http2Failure(Kind.GIVEN_UP, "was given up");
      }
      open = stream;
      neverSent = stream == null && !left;
      left |= neverSent;
      notifyAll();
    }
    if (neverSent) {
      connection.leave();
    } else if (open != null && !open.isClosed()) {
      open.reset(new ResetFrame(open.getId(), ErrorCode.CANCEL_STREAM_ERROR.code), Callback.NOOP);
    }
  }

  /// @return false when it has not come true in time
  private synchronized boolean await(BooleanSupplier wanted, Duration within) {
    long endNanos = System.nanoTime() + within.toNanos();
    try {
      while (!wanted.getAsBoolean()) {
        long left = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
        if (left <= 0) {
          return false;
        }
        wait(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// It has ended: whoever waits finds out, after what has come before.
  private synchronized void fail(Http2Failure why) {
    if (failure == null && !ended) {
      failure = why;
    }
    over = true;
    writing = false;
    notifyAll();
  }

  /// What has come is no answer: the service is told so, and gets nothing more on a connection on which it sends such things.
  private void refuse(Stream open, Http2Failure why) {
    fail(why);
    connection.retire();
    open.reset(new ResetFrame(open.getId(), ErrorCode.PROTOCOL_ERROR.code), Callback.NOOP);
  }

  private synchronized boolean isSilent() {
    return head == null;
  }

  private synchronized void begin(Stream made) {
    stream = made;
  }

  private synchronized boolean hasStream() {
    return stream != null;
  }

  private synchronized void sent() {
    begun = true;
    notifyAll();
  }

  /// @param last whether nothing more can be
  private synchronized void written(boolean last) {
    over |= last;
    writing = false;
    notifyAll();
  }

  private synchronized void answered(int status, List<HeaderLine> headers, boolean last)
      throws Http2Failure {
    if (head != null) {
      throw Fields.malformed("a second answer");
    }
    if (status == SWITCHING_PROTOCOLS) {
      throw Fields.malformed("101 Switching Protocols, which HTTP/2 does not have");
    }
    if (status < 200 && (last || ++interim > INTERIM_MAX)) {
      throw Fields.malformed(
          last ? "an interim answer alone" : "one interim answer after the other");
    }
    if (status >= 200) {
      head = new Http2Head(status, headers);
      ended = last;
    }
    notifyAll();
  }

  private synchronized void trailed(List<HeaderLine> fields, boolean last) throws Http2Failure {
    if (head == null || !last) {
      throw Fields.malformed("trailers that do not stand at the end of its answer");
    }
    trailers = fields;
  }

  /// Takes what has come, as long as there is room.
  private void take(Stream open) throws Http2Failure {
    while (hasRoom()) {
      Stream.Data data = open.readData();
      if (data == null) {
        return;
      }
      byte[] piece = new byte[data.frame().remaining()];
      data.frame().getByteBuffer().get(piece);
      data.release();
      keep(piece, data.frame().isEndStream());
    }
  }

  private synchronized boolean hasRoom() throws Http2Failure {
    if (head == null) {
      throw Fields.malformed("a body without headers");
    }
    return !ended && failure == null && ahead < AHEAD_BYTES_MAX;
  }

  private synchronized void keep(byte[] piece, boolean last) {
    if (piece.length > 0) {
      pieces.add(piece);
      ahead += piece.length;
    }
    ended = last;
    notifyAll();
  }

  private void leave() {
    synchronized (this) {
      if (left) {
        return;
      }
      left = true;
    }
    connection.leave();
  }

  /// Its head is on its way, or never will be.
  private final class Begin implements Promise<Stream> {
    @Override
    public void succeeded(Stream made) {
      sent();
    }

    @Override
    public void failed(Throwable why) {
      if (why instanceof HpackException) {
        fail(new Http2Failure(Kind.BROKEN, "takes no headers as long as those of the request"));
      } else if (hasStream()) {
        fail(
            new Http2Failure(Kind.BROKEN, "closed the connection before it had taken the request"));
      } else {
        fail(new Http2Failure(Kind.UNTOUCHED, "takes no more requests on the connection"));
      }
    }
  }

  /// A piece of the body is on its way, or never will be.
  private final class Written implements Callback {
    @Override
    public void succeeded() {
      written(false);
    }

    @Override
    public void failed(Throwable why) {
      written(true);
    }

    @Override
    public InvocationType getInvocationType() {
      return InvocationType.NON_BLOCKING;
    }
  }

  /// What Jetty tells of the stream.
  final class Events implements Stream.Listener {
    @Override
    public void onNewStream(Stream made) {
      begin(made);
      // a body that comes before its headers is looked at too
      demand();
    }

    @Override
    public void onHeaders(Stream open, HeadersFrame frame) {
      MetaData fields = frame.getMetaData();
      boolean last = frame.isEndStream();
      try {
        List<HeaderLine> lines = Fields.received(fields.getHttpFields());
        if (fields instanceof MetaData.Response response) {
          answered(response.getStatus(), lines, last);
        } else {
          trailed(lines, last);
        }
      } catch (Http2Failure malformed) {
        refuse(open, malformed);
      }
      demand();
    }

    @Override
    public void onDataAvailable(Stream open) {
      synchronized (Http2Stream.this) {
        demanded = false;
      }
      try {
        take(open);
      } catch (Http2Failure malformed) {
        refuse(open, malformed);
      }
      demand();
    }

    /// A RST_STREAM has come, and Jetty has not looked at it yet.
    void resetComes(ResetFrame frame) {
      fail(
          frame.getError() == ErrorCode.REFUSED_STREAM_ERROR.code
              ? new Http2Failure(Kind.UNTOUCHED, "refused the request")
              : new Http2Failure(
                  Kind.BROKEN,
                  "reset the stream (%s)"
                      .formatted(ErrorCode.toString(frame.getError(), "an unknown error"))));
    }

    @Override
    public void onFailure(Stream open, int error, String reason, Throwable why, Callback callback) {
      fail(connection.failureOf(open.getId(), error, isSilent()));
      callback.succeeded();
    }

    @Override
    public void onClosed(Stream open) {
      if (open.isReset()) {
        // by Jetty, which looks at the length; otherwise it is known already why
        fail(Fields.malformed("a body that is not as long as it says"));
      }
      leave();
    }
  }
}
