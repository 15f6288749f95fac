package dev.varve.face.gateway.http2;

import dev.varve.face.gateway.http2.Http2Failure.Kind;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.client.HTTP2ClientConnectionFactory;
import org.eclipse.jetty.http2.frames.Frame;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.http2.frames.PingFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.frames.SettingsFrame;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;

/// One connection over HTTP/2, on which many requests are under way at a time, each on a stream of its own. Any thread may use
/// it.
///
/// ```
/// if (connection.enter()) {                       // a place for one request
///   Http2Stream stream = connection.send(request, …)  // which has it until its end
/// }
/// ```
public final class Http2Connection implements AutoCloseable {
  /// However many a service would take: what RFC 9113, section 6.5.2, names as the least that makes sense, and what bounds the
  /// memory of a connection.
  static final int STREAMS_MAX = 100;

  // sooner than that, what was heard last tells enough
  private static final Duration HEARD_LATELY = Duration.ofSeconds(1);
  // what Jetty finds wrong with frames that have come
  private static final Set<Integer> OF_THE_OTHER_END =
      Set.of(
          ErrorCode.PROTOCOL_ERROR.code,
          ErrorCode.FLOW_CONTROL_ERROR.code,
          ErrorCode.FRAME_SIZE_ERROR.code,
          ErrorCode.COMPRESSION_ERROR.code,
          ErrorCode.STREAM_CLOSED_ERROR.code,
          ErrorCode.ENHANCE_YOUR_CALM_ERROR.code);
  private static final HTTP2Client ENGINE = Http2Engine.create();

  private final Wire wire;
  private final WireEndPoint endPoint;
  // counted down by the SETTINGS that HTTP/2 begins with, and by the end
  private final CountDownLatch begun = new CountDownLatch(1);
  // these four under the monitor of the connection, which is held for a look and never while
  // anything is sent
  private int streamsMax;
  private int underWay;
  private boolean ending;
  private long lastStream = Long.MAX_VALUE;
  private volatile @Nullable Session session;
  private volatile boolean stuck;
  private volatile long heardNanos = System.nanoTime();
  private volatile CountDownLatch pinged = new CountDownLatch(0);
  private volatile Runnable whenEnding = () -> {};

  private Http2Connection(Wire wire) {
    this.wire = wire;
    this.endPoint = new WireEndPoint(wire, ENGINE.getScheduler(), new Traffic());
  }

  /// Begins to speak HTTP/2, and returns when the other end has begun as well.
  ///
  /// @throws Http2Failure when it does not
  public static Http2Connection open(Wire wire, Duration within) throws Http2Failure {
    Http2Connection connection = new Http2Connection(wire);
    boolean open = false;
    try {
      connection.begin(within);
      open = true;
      return connection;
    } finally {
      if (!open) {
        connection.close();
      }
    }
  }

  private void begin(Duration within) throws Http2Failure {
    Map<String, Object> context = new HashMap<>();
    context.put(HTTP2Client.CONTEXT_KEY, ENGINE);
    context.put(HTTP2Client.SESSION_LISTENER_CONTEXT_KEY, new Events());
    context.put(HTTP2Client.SESSION_PROMISE_CONTEXT_KEY, Promise.<Session>noop());
    var connection = new HTTP2ClientConnectionFactory().newConnection(endPoint, context);
    endPoint.setConnection(connection);
    endPoint.onOpen();
    endPoint.start();
    connection.onOpen();
    if (!awaited(begun, within)) {
      throw new Http2Failure(Kind.LATE, "did not begin to speak HTTP/2");
    }
    synchronized (this) {
      if (ending) {
        throw new Http2Failure(Kind.MALFORMED, "does not speak HTTP/2");
      }
    }
    wire.rest();
  }

  private static boolean awaited(CountDownLatch latch, Duration within) {
    try {
      return latch.await(within.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Takes a place for one request, which its stream gives back.
  ///
  /// @return false when there is none, or the connection ends
  public synchronized boolean enter() {
    if (ending || underWay >= streamsMax) {
      return false;
    }
    if (underWay == 0 && !wire.wake()) {
      ending = true;
      return false;
    }
    underWay++;
    return true;
  }

  /// Gives a place back.
  public void leave() {
    boolean over;
    synchronized (this) {
      underWay--;
      over = underWay == 0 && ending;
      if (underWay == 0 && !ending) {
        wire.rest();
      }
    }
    if (over) {
      close();
    }
  }

  /// Whether nothing more begins on it.
  private synchronized boolean isEnding() {
    return ending;
  }

  /// Has something done when nothing more begins on it; it may be done more than once.
  public void whenEnding(Runnable then) {
    whenEnding = then;
    if (isEnding()) {
      then.run();
    }
  }

  /// Nothing more begins on it: it is closed when nobody has a request on it.
  public void retire() {
    end();
    boolean over;
    synchronized (this) {
      over = underWay == 0;
    }
    if (over) {
      close();
    }
  }

  /// Whether the other end is there: it has said something a moment ago, or answers a PING. One that was cut off without a
  /// word would be found out by the requests on it otherwise, one timeout each.
  public boolean isAlive(Duration within) {
    if (System.nanoTime() - heardNanos < HEARD_LATELY.toNanos()) {
      return true;
    }
    Session open = session;
    if (open == null) {
      return false;
    }
    CountDownLatch answered;
    boolean asked;
    synchronized (this) {
      // whoever asks at the same time shares the answer
      asked = pinged.getCount() > 0;
      answered = asked ? pinged : new CountDownLatch(1);
      pinged = answered;
    }
    if (!asked) {
      open.ping(new PingFrame(System.nanoTime(), false), Callback.NOOP);
    }
    return awaited(answered, within);
  }

  /// Whether anything has come since.
  public boolean heardSince(long nanos) {
    return heardNanos - nanos > 0;
  }

  /// Sends the head of a request, for which a place was taken.
  ///
  /// @param last whether nothing follows
  public Http2Stream send(Http2Request request, boolean last, Duration within) throws Http2Failure {
    Session open = session;
    if (open == null) {
      leave();
      throw new Http2Failure(Kind.UNTOUCHED, "closed the connection");
    }
    return Http2Stream.send(this, open, request, last, within);
  }

  /// Why a stream has ended with the connection.
  ///
  /// @param silent whether nothing of an answer has come
  Http2Failure failureOf(int stream, int error, boolean silent) {
    boolean unseen;
    synchronized (this) {
      unseen = stream > lastStream;
    }
    if (unseen) {
      return new Http2Failure(Kind.UNTOUCHED, "went away before it looked at the request");
    }
    if (stuck) {
      return new Http2Failure(Kind.LATE, "took nothing more of the request");
    }
    if (OF_THE_OTHER_END.contains(error)) {
      return Fields.malformed("what is not HTTP/2, or more than is taken of it");
    }
    return new Http2Failure(
        Kind.BROKEN,
        silent ? "closed the connection without an answer" : "broke the connection off");
  }

  @Override
  public void close() {
    end();
    Session open = session;
    if (open != null) {
      open.close(ErrorCode.NO_ERROR.code, null, Callback.NOOP);
    }
    endPoint.close();
  }

  private void end() {
    synchronized (this) {
      ending = true;
    }
    begun.countDown();
    whenEnding.run();
  }

  /// What goes over the wire.
  private final class Traffic implements WireEndPoint.Use {
    @Override
    public void heard() {
      heardNanos = System.nanoTime();
    }

    @Override
    public void stuck() {
      stuck = true;
    }

    @Override
    public int backlog() {
      return session instanceof HTTP2Session open ? open.getFrameQueueSize() : 0;
    }
  }

  /// What Jetty tells of the connection.
  private final class Events implements Session.Listener {
    @Override
    public Map<Integer, Integer> onPreface(Session opened) {
      session = opened;
      ((HTTP2Session) opened).addEventListener(new Resets());
      return Map.of(SettingsFrame.ENABLE_PUSH, 0);
    }

    @Override
    public void onSettings(Session opened, SettingsFrame frame) {
      Integer streams = frame.getSettings().get(SettingsFrame.MAX_CONCURRENT_STREAMS);
      synchronized (Http2Connection.this) {
        if (streams != null) {
          // beyond what an int holds is no bound at all
          streamsMax = streams < 0 ? STREAMS_MAX : Math.min(streams, STREAMS_MAX);
        } else if (begun.getCount() > 0) {
          streamsMax = STREAMS_MAX;
        }
      }
      begun.countDown();
    }

    @Override
    public void onPing(Session opened, PingFrame frame) {
      pinged.countDown();
    }

    @Override
    public void onGoAway(Session opened, GoAwayFrame frame) {
      synchronized (Http2Connection.this) {
        lastStream = Math.min(lastStream, frame.getLastStreamId());
      }
      end();
    }

    @Override
    public void onClose(Session opened, GoAwayFrame frame, Callback callback) {
      end();
      callback.succeeded();
    }

    @Override
    public void onFailure(Session opened, Throwable failure, Callback callback) {
      end();
      callback.succeeded();
    }
  }

  /// Tells streams of their resets before Jetty does, which closes them first.
  private static final class Resets implements HTTP2Session.FrameListener {
    @Override
    public void onIncomingFrame(Session opened, Frame frame) {
      if (frame instanceof ResetFrame reset) {
        Stream stream = opened.getStream(reset.getStreamId());
        if (stream != null && stream.getListener() instanceof Http2Stream.Events events) {
          events.resetComes(reset);
        }
      }
    }
  }
}
