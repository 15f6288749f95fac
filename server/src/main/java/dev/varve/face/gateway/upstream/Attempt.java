package dev.varve.face.gateway.upstream;

import dev.varve.face.gateway.upstream.UpstreamFailure.Kind;
import dev.varve.net.http.Inlet;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One request on its way to one host: it ends with an answer, or with what went wrong.
final class Attempt {
  /// Bodies that are read from the client before the request is sent, and then sent with it at once; the system takes as
  /// much without waiting.
  static final int SMALL_BYTES = 16 * 1024;

  // a server sends a few at most
  private static final int INTERIM_MAX = 16;
  private static final int SWITCHING_PROTOCOLS = 101;
  // what RFC 9110, section 10.1.1, calls a reasonable time
  private static final Duration CONTINUE_WAIT = Duration.ofSeconds(1);

  private final OutgoingRequest request;
  private final Host host;
  private final Timeouts timeouts;
  private volatile @Nullable Pump sending;

  Attempt(OutgoingRequest request, Host host, Timeouts timeouts) {
    this.request = request;
    this.host = host;
    this.timeouts = timeouts;
  }

  /// Sends it, and returns with the headers of the answer. A connection that had been closed under it, as servers do with
  /// those that were silent for long, is no failure when it makes no difference to send the request again.
  UpstreamAnswer make() throws UpstreamFailure {
    byte[] head = head();
    Host.Place place = host.enter(request.network());
    boolean answered = false;
    try {
      UpstreamAnswer answer = make(head);
      answer.whenClosed(place::close);
      answered = true;
      return answer;
    } finally {
      if (!answered) {
        place.close();
      }
    }
  }

  private UpstreamAnswer make(byte[] head) throws UpstreamFailure {
    Connection connection = host.connection();
    try {
      return make(head, connection);
    } catch (UpstreamFailure failure) {
      boolean silent = connection.reused() && !connection.heard();
      if (!silent || failure.kind() != Kind.BROKEN || !isRepeatable()) {
        throw failure;
      }
    }
    return make(head, host.connect());
  }

  private UpstreamAnswer make(byte[] head, Connection connection) throws UpstreamFailure {
    boolean answered = false;
    try {
      UpstreamAnswer answer = exchange(head, connection);
      answered = true;
      return answer;
    } finally {
      if (!answered) {
        connection.close();
      }
    }
  }

  /// The head, with the body behind it when that is small.
  private byte[] head() {
    byte[] head = RequestHead.of(request, host.authority());
    Inlet body = request.body();
    if (body == null || !isSmall(body)) {
      return head;
    }
    int length = (int) body.length();
    byte[] whole = Arrays.copyOf(head, head.length + length);
    int filled = head.length;
    while (filled < whole.length) {
      int read = body.read(whole, filled, whole.length - filled);
      if (read < 0) {
        throw new IllegalStateException("A body ends before its length");
      }
      filled += read;
    }
    // its end is read as well, so that the next request may follow
    body.read(new byte[1], 0, 1);
    return whole;
  }

  private boolean isSmall(Inlet body) {
    return body.length() >= 0 && body.length() <= SMALL_BYTES && !request.expectsContinue();
  }

  /// Nothing was read from the client that is not kept.
  private boolean isRepeatable() {
    return request.isIdempotent() && sending == null;
  }

  /// While something of the request is still to be read, whoever reads it notices.
  private boolean watchClient(Runnable abandonment) {
    Pump pump = sending;
    boolean isRead = pump == null ? !request.expectsContinue() : pump.isComplete();
    if (isRead) {
      request.client().accept(abandonment);
    }
    return isRead;
  }

  private UpstreamAnswer exchange(byte[] head, Connection connection) throws UpstreamFailure {
    Runnable abandonment = connection.abandonment();
    connection.whenSilent(() -> watchClient(abandonment));
    connection.writeWithin(timeouts.idle());
    connection.write(head, 0, head.length);
    connection.written();
    Inlet body = request.body();
    if (body == null || isSmall(body)) {
      connection.readWithin(Deadline.HEADERS, timeouts.headers());
      return answer(connection, finalHead(connection), null, false);
    }
    return exchange(body, connection);
  }

  private UpstreamAnswer exchange(Inlet body, Connection connection) throws UpstreamFailure {
    if (request.expectsContinue() && connection.awaits(CONTINUE_WAIT)) {
      connection.readWithin(Deadline.HEADERS, timeouts.headers());
      ResponseHead first = ResponseHead.read(connection);
      if (!first.isInterim()) {
        connection.readWheneverItComes();
        // nobody has asked the client for its body, and nothing of it is on its way
        return answer(connection, first, null, true);
      }
      connection.readWheneverItComes();
    }
    Pump pump = new Pump(body, connection, timeouts);
    sending = pump;
    pump.start();
    boolean answered = false;
    try {
      ResponseHead head = finalHead(connection);
      boolean early = !pump.answered();
      UpstreamAnswer answer = answer(connection, head, pump, early);
      answered = true;
      return answer;
    } catch (UpstreamFailure failure) {
      throw whoFailed(pump, failure);
    } finally {
      if (!answered) {
        connection.close();
        pump.stop();
      }
    }
  }

  /// A connection that was closed because the client went is not the fault of the service.
  private static UpstreamFailure whoFailed(Pump pump, UpstreamFailure failure) {
    RuntimeException client = pump.clientFailure();
    if (client != null) {
      throw client;
    }
    return failure;
  }

  private UpstreamAnswer answer(
      Connection connection, ResponseHead head, @Nullable Pump pump, boolean early)
      throws UpstreamFailure {
    connection.readWheneverItComes();
    if (head.status() == SWITCHING_PROTOCOLS && !isWanted(head)) {
      throw ResponseHead.malformed("101 Switching Protocols, which nobody asked for");
    }
    Framing framing = Framing.of(head, request.isHead());
    return new UpstreamAnswer(host, connection, head, framing, pump, early, timeouts.idle());
  }

  private boolean isWanted(ResponseHead head) {
    return request.becomesWebSocket()
        && head.header("Upgrade").filter("websocket"::equalsIgnoreCase).isPresent();
  }

  private ResponseHead finalHead(Connection connection) throws UpstreamFailure {
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
