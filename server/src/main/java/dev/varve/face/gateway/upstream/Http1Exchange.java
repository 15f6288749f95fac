package dev.varve.face.gateway.upstream;

import dev.varve.face.gateway.upstream.UpstreamFailure.Kind;
import dev.varve.net.http.Inlet;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One request and its answer over HTTP/1.1, which have the connection to themselves.
final class Http1Exchange implements UpstreamExchange {
  /// A server sends a few interim answers at most.
  static final int INTERIM_MAX = 16;

  /// What RFC 9110, section 10.1.1, calls a reasonable time.
  static final Duration CONTINUE_WAIT = Duration.ofSeconds(1);

  private static final int SWITCHING_PROTOCOLS = 101;

  private final OutgoingRequest request;
  private final byte @Nullable [] small;
  private final Host host;
  private final Connection connection;
  private final Timeouts timeouts;
  private volatile @Nullable Pump sending;

  Http1Exchange(
      OutgoingRequest request,
      byte @Nullable [] small,
      Host host,
      Connection connection,
      Timeouts timeouts) {
    this.request = request;
    this.small = small;
    this.host = host;
    this.connection = connection;
    this.timeouts = timeouts;
  }

  @Override
  public UpstreamAnswer answer() throws UpstreamFailure {
    boolean answered = false;
    try {
      UpstreamAnswer answer = exchange();
      answered = true;
      return answer;
    } finally {
      if (!answered) {
        connection.close();
      }
    }
  }

  @Override
  public boolean wasStale(UpstreamFailure failure) {
    boolean silent = connection.reused() && !connection.heard();
    // nothing was read from the client that is not kept
    boolean repeatable = request.isIdempotent() && sending == null;
    return silent && failure.kind() == Kind.BROKEN && repeatable;
  }

  private UpstreamAnswer exchange() throws UpstreamFailure {
    Runnable abandonment = connection.abandonment();
    connection.whenSilent(() -> UpstreamExchange.watchClient(request, sending, abandonment));
    connection.writeWithin(timeouts.idle());
    byte[] head = head();
    connection.write(head, 0, head.length);
    connection.written();
    Inlet body = request.body();
    if (body == null || small != null) {
      connection.readWithin(Deadline.HEADERS, timeouts.headers());
      return answer(finalHead(), null, false);
    }
    return exchange(body);
  }

  /// The head, with the body behind it when that is small.
  private byte[] head() {
    byte[] head = RequestHead.of(request, host.authority());
    if (small == null) {
      return head;
    }
    byte[] whole = Arrays.copyOf(head, head.length + small.length);
    System.arraycopy(small, 0, whole, head.length, small.length);
    return whole;
  }

  private UpstreamAnswer exchange(Inlet body) throws UpstreamFailure {
    if (request.expectsContinue() && connection.awaits(CONTINUE_WAIT)) {
      connection.readWithin(Deadline.HEADERS, timeouts.headers());
      ResponseHead first = ResponseHead.read(connection);
      if (!first.isInterim()) {
        connection.readWheneverItComes();
        // nobody has asked the client for its body, and nothing of it is on its way
        return answer(first, null, true);
      }
      connection.readWheneverItComes();
    }
    boolean chunked = body.length() == Inlet.UNKNOWN;
    Pump pump = new Pump(body, new Http1Body(connection, timeouts, chunked));
    sending = pump;
    pump.start();
    boolean answered = false;
    try {
      ResponseHead head = finalHead();
      boolean early = !pump.answered();
      UpstreamAnswer answer = answer(head, pump, early);
      answered = true;
      return answer;
    } catch (UpstreamFailure failure) {
      throw UpstreamExchange.whoFailed(pump, failure);
    } finally {
      if (!answered) {
        connection.close();
        pump.stop();
      }
    }
  }

  private UpstreamAnswer answer(ResponseHead head, @Nullable Pump pump, boolean early)
      throws UpstreamFailure {
    connection.readWheneverItComes();
    if (head.status() == SWITCHING_PROTOCOLS && !isWanted(head)) {
      throw ResponseHead.malformed("101 Switching Protocols, which nobody asked for");
    }
    Framing framing = Framing.of(head, request.isHead());
    return new Http1Answer(host, connection, head, framing, pump, early, timeouts.idle());
  }

  private boolean isWanted(ResponseHead head) {
    return request.becomesWebSocket()
        && head.header("Upgrade").filter("websocket"::equalsIgnoreCase).isPresent();
  }

  private ResponseHead finalHead() throws UpstreamFailure {
    ResponseHead head = ResponseHead.read(connection);
    for (int i = 0; head.isInterim(); i++) {
      if (i == INTERIM_MAX) {
        throw ResponseHead.malformed("one interim answer after the other");
      }
      head = ResponseHead.read(connection);
    }
    return head;
  }
}
