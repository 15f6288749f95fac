package dev.varve.net.edge;

import dev.varve.net.admission.InputBudget;
import dev.varve.net.cors.Cors;
import dev.varve.net.http.Answer;
import dev.varve.net.http.BrokenOff;
import dev.varve.net.http.ClientGone;
import dev.varve.net.http.Conversation;
import dev.varve.net.http.HeaderLine;
import dev.varve.net.http.Streaming;
import dev.varve.net.http.Tunnel;
import dev.varve.net.tls.StrictTransport;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http1.spi.Http1UpgradeResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/// Where every answer goes out: at once, as a stream, or as a WebSocket.
final class AnswerSender {
  // what goes with the headers is copied behind them first
  private static final int FIRST_PIECE_BYTES = 8 * 1024;
  // the most that the JDK hands to the system at a time
  private static final int PIECE_BYTES = 128 * 1024;

  private final OpenStreams streams;
  private final int messageBytesMax;
  private final Cors cors;
  private final StrictTransport strictTransport;

  /// @param messageBytesMax of one message over a WebSocket
  AnswerSender(
      OpenStreams streams, int messageBytesMax, Cors cors, StrictTransport strictTransport) {
    this.streams = streams;
    this.messageBytesMax = messageBytesMax;
    this.cors = cors;
    this.strictTransport = strictTransport;
  }

  /// Sends an answer, and returns when the client has taken it.
  ///
  /// @param last whether the connection is closed after it
  /// @throws CloseConnectionException when nothing can follow on this connection
  void send(Exchange exchange, Answer answer, boolean last) {
    exchange.deadline().sending();
    exchange.observation().answered(answer, !exchange.isHead());
    Streaming streaming = answer.streaming();
    Conversation conversation = answer.conversation();
    Tunnel tunnel = answer.tunnel();
    if (streaming != null) {
      stream(exchange, answer, streaming, last);
    } else if (conversation != null) {
      converse(exchange, answer, conversation);
    } else if (tunnel != null) {
      tunnel(exchange, answer, tunnel);
    } else {
      sendBody(exchange, answer, last);
    }
  }

  private void sendBody(Exchange exchange, Answer answer, boolean last) {
    int length = answer.body().length;
    exchange.deadline().untaken(length);
    try {
      sendAtOnce(exchange, answer, last);
      exchange.connection().budget().earn(length / InputBudget.SENT_BYTES_PER_PIECE);
    } finally {
      exchange.deadline().taken(length);
    }
  }

  private void sendAtOnce(Exchange exchange, Answer answer, boolean last) {
    ServerResponseHeaders headers = begin(exchange, answer, last);
    if (exchange.isHead()) {
      announceLength(headers, answer);
      exchange.response().send();
    } else if (exchange.ownsConnection() && answer.body().length > PIECE_BYTES) {
      headers.contentLength(answer.body().length);
      sendInPieces(exchange.response().outputStream(), answer.body());
    } else {
      exchange.response().send(answer.body());
    }
    exchange.response().commit();
  }

  /// Another server says itself how long the body of a GET would be, or does not know.
  private static void announceLength(ServerResponseHeaders headers, Answer answer) {
    if (!answer.isRelayed()) {
      headers.contentLength(answer.body().length);
    }
  }

  /// Spares a large body the copy that Helidon makes of one that is sent whole over HTTP/1.1.
  private static void sendInPieces(OutputStream out, byte[] body) {
    try {
      int from = 0;
      int next = FIRST_PIECE_BYTES;
      while (from < body.length) {
        out.write(body, from, next);
        from += next;
        next = Math.min(PIECE_BYTES, body.length - from);
      }
    } catch (IOException e) {
      throw new CloseConnectionException("the client of a large answer has gone", e);
    }
  }

  private ServerResponseHeaders begin(Exchange exchange, Answer answer, boolean last) {
    ServerResponseHeaders headers = begin(exchange, answer);
    if (last) {
      headers.set(HeaderValues.CONNECTION_CLOSE);
    }
    return headers;
  }

  private ServerResponseHeaders begin(Exchange exchange, Answer answer) {
    exchange.response().status(Status.create(answer.status()));
    ServerResponseHeaders headers = exchange.response().headers();
    AnswerHeaders.add(headers, answer, exchange.requestId(), cors, exchange.request().headers());
    AnswerHeaders.addTrace(headers, exchange.observation());
    strictTransport.add(headers, exchange.connection().isSecure(), exchange.request().authority());
    return headers;
  }

  private void stream(Exchange exchange, Answer answer, Streaming streaming, boolean last) {
    Runnable stop = streaming::stop;
    try (streaming) {
      ServerResponseHeaders headers = begin(exchange, answer, last);
      boolean trailing = takesTrailers(exchange, headers);
      boolean announced = headers.contains(HeaderNames.TRAILER) || !streaming.trailers().isEmpty();
      if (trailing && announced && exchange.ownsConnection()) {
        // over HTTP/1.1 they stand behind chunks alone
        headers.remove(HeaderNames.CONTENT_LENGTH);
      }
      if (exchange.isHead()) {
        exchange.response().send();
        return;
      }
      exchange.observation().opened();
      streams.add(exchange.connection(), stop);
      streaming.send(new BodyOutlet(exchange.response().outputStream(), exchange));
      if (trailing) {
        addTrailers(exchange, streaming.trailers());
      }
      exchange.deadline().sending();
      exchange.response().commit();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CloseConnectionException("interrupted while streaming", e);
    } catch (ClientGone e) {
      throw new CloseConnectionException("the client of a stream has gone", e);
    } catch (BrokenOff e) {
      throw new CloseConnectionException("what was streamed broke off", e);
    } finally {
      streams.remove(exchange.connection(), stop);
    }
    if (streams.areStopping()) {
      throw new CloseConnectionException("the last answer on this connection");
    }
  }

  /// Over HTTP/1.1 who has not asked for fields behind the body may take them for something else (RFC 9110, section 6.5.1); over
  /// HTTP/2 they have a frame of their own, for which the library wants to know before that there will be some.
  private static boolean takesTrailers(Exchange exchange, ServerResponseHeaders headers) {
    ServerRequestHeaders asked = exchange.request().headers();
    if (asked.contains(HeaderNames.TE) && asked.containsToken(HeaderValues.TE_TRAILERS)) {
      return true;
    }
    if (exchange.ownsConnection()) {
      headers.remove(HeaderNames.TRAILER);
      return false;
    }
    return headers.contains(HeaderNames.TRAILER);
  }

  private static void addTrailers(Exchange exchange, List<HeaderLine> trailers) {
    for (HeaderLine trailer : trailers) {
      exchange
          .response()
          .trailers()
          .add(HeaderValues.create(HeaderNames.create(trailer.name()), trailer.value()));
    }
  }

  private void converse(Exchange exchange, Answer answer, Conversation conversation) {
    switchProtocols(exchange, answer);
    exchange.observation().opened();
    WebSocketConnection socket =
        new WebSocketConnection(
            exchange.connection(), exchange.deadline(), exchange.share().memory(), messageBytesMax);
    Runnable stop = socket::goAway;
    streams.add(exchange.connection(), stop);
    try {
      socket.converse(conversation);
    } catch (ClientGone e) {
      throw new CloseConnectionException("the client of a WebSocket has gone", e);
    } finally {
      streams.remove(exchange.connection(), stop);
    }
    throw new CloseConnectionException("the end of a WebSocket");
  }

  private void tunnel(Exchange exchange, Answer answer, Tunnel tunnel) {
    Runnable stop = tunnel::close;
    try (tunnel) {
      switchProtocols(exchange, answer);
      exchange.observation().opened();
      streams.add(exchange.connection(), stop);
      new TunnelConnection(exchange.connection(), exchange.deadline(), exchange.watch(), tunnel)
          .carry();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CloseConnectionException("interrupted in a tunnel", e);
    } finally {
      streams.remove(exchange.connection(), stop);
    }
    throw new CloseConnectionException("the end of a tunnel");
  }

  private static void switchProtocols(Exchange exchange, Answer answer) {
    WritableHeaders<?> headers = WritableHeaders.create();
    headers.set(HeaderValues.create(HeaderNames.CONNECTION, "Upgrade"));
    headers.set(HeaderValues.create(HeaderNames.UPGRADE, "websocket"));
    headers.set(
        HeaderValues.create(
            WebSocketHandshake.ACCEPT, WebSocketHandshake.accept(exchange.request().headers())));
    headers.set(RequestIds.header(exchange.requestId()));
    answer.helidonHeaders().forEach(headers::set);
    AnswerHeaders.addTrace(headers, exchange.observation());
    ((Http1UpgradeResponse) exchange.response()).sendSwitchingProtocols(headers);
  }
}
