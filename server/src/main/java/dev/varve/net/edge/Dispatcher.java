package dev.varve.net.edge;

import dev.varve.kernel.Allowance;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Authentication;
import dev.varve.net.http.ClientGone;
import dev.varve.net.http.Conversation;
import dev.varve.net.http.ErrorAnswers;
import dev.varve.net.http.Handler;
import dev.varve.net.http.PercentEncoding;
import dev.varve.net.http.Routes;
import dev.varve.net.http.Streaming;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpSecurity;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http1.spi.Http1UpgradeResponse;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where every request comes in and every answer goes out. It stands in the place of Helidon's own routing, because
/// routes follow the schema, which may change while the server runs.
final class Dispatcher implements HttpRouting {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
  private static final HeaderName REQUEST_ID = HeaderNames.create("X-Request-Id");
  private static final int REQUEST_ID_LENGTH_MAX = 128;
  private static final Header NO_STORE =
      HeaderValues.createCached(HeaderNames.CACHE_CONTROL, "no-store");
  private static final Header REVALIDATE =
      HeaderValues.createCached(HeaderNames.CACHE_CONTROL, "private, no-cache");
  // an answer may replace any of them
  private static final List<Header> ON_EVERY_ANSWER =
      List.of(
          HeaderValues.createCached("X-Content-Type-Options", "nosniff"),
          HeaderValues.createCached("Referrer-Policy", "no-referrer"),
          HeaderValues.createCached("X-Frame-Options", "DENY"),
          HeaderValues.createCached(
              "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"));

  private final HttpSecurity security = HttpSecurity.create();
  private final HttpSettings settings;
  private final Clock clock;
  private final Supplier<String> requestIds;
  private final RequestLimit requestLimit;
  private final Deadlines deadlines;
  private final Authentication authentication;
  private final OpenStreams streams;
  private final Allowance.Pool memory;
  private final TrustedProxies proxies;
  private volatile Routes routes;
  private volatile boolean stopping;

  Dispatcher(
      HttpSettings settings,
      Clock clock,
      Supplier<String> requestIds,
      Deadlines deadlines,
      Authentication authentication,
      OpenStreams streams,
      Allowance.Pool memory,
      Routes routes) {
    this.settings = settings;
    this.clock = clock;
    this.requestIds = requestIds;
    this.deadlines = deadlines;
    this.authentication = authentication;
    this.streams = streams;
    this.memory = memory;
    this.proxies = TrustedProxies.of(settings.trustedProxies());
    this.routes = routes;
    this.requestLimit =
        new RequestLimit(
            settings.concurrentRequestsMax(),
            settings.queuedRequestsMax(),
            settings.queueTimeoutMillis(),
            memory);
  }

  void routes(Routes next) {
    routes = next;
    streams.stopThoseOpen();
  }

  /// From now on every answer asks its client to come back on a new connection, and streams end.
  void stopping() {
    stopping = true;
    streams.stop();
  }

  @Override
  public HttpSecurity security() {
    return security;
  }

  @Override
  public void route(
      ConnectionContext connection, RoutingRequest request, RoutingResponse response) {
    boolean ownsConnection = request.prologue().protocolVersion().equals("1.1");
    MeteredConnection metered = (MeteredConnection) connection;
    InputBudget budget = metered.budget();
    budget.earn(InputBudget.REQUEST_PIECES);
    if (ownsConnection) {
      // the next request may be there already
      budget.turn();
    }
    Deadlines.Deadline deadline =
        ownsConnection ? deadlines.ofConnection(connection) : deadlines.ofStream(connection);
    try {
      Exchange exchange = new Exchange(request, deadline, settings.bodyBytesMax(), budget);
      String requestId = requestId(request.headers());
      Answer answer = answer(request, exchange, requestId);
      boolean close =
          ownsConnection
              && (stopping || exchange.spoilsConnection() || clientCloses(request.headers()));
      if (!ownsConnection) {
        // the end of an answer ends its stream; what the client still sent then would reset it
        // before it is read
        discardBody(exchange, answer);
      }
      deadline.sending();
      Streaming streaming = answer.streaming();
      Conversation conversation = answer.conversation();
      if (streaming != null) {
        stream(metered, request, response, answer, streaming, requestId, deadline);
      } else if (conversation != null) {
        converse(metered, request, response, answer, conversation, requestId, deadline);
      } else {
        int length = answer.body().length;
        deadline.untaken(length);
        try {
          send(request, response, answer, requestId, close);
          budget.earn(length / InputBudget.SENT_BYTES_PER_PIECE);
        } finally {
          deadline.taken(length);
        }
      }
      if (ownsConnection) {
        exchange.discardBody();
      }
      if (close) {
        throw new CloseConnectionException("the last answer on this connection");
      }
    } finally {
      deadline.done();
    }
  }

  /// A client that goes meanwhile leaves no stream open that nobody will ever read.
  private static void discardBody(Exchange exchange, Answer answer) {
    try {
      exchange.discardBody();
    } catch (CloseConnectionException gone) {
      Streaming streaming = answer.streaming();
      if (streaming != null) {
        streaming.close();
      }
      throw gone;
    }
  }

  private static boolean clientCloses(ServerRequestHeaders headers) {
    return headers.contains(HeaderNames.CONNECTION)
        && headers.containsToken(HeaderValues.CONNECTION_CLOSE);
  }

  private Answer answer(RoutingRequest request, Exchange exchange, String requestId) {
    try {
      return requestLimit.admit(() -> handle(request, exchange, requestId));
    } catch (Problem problem) {
      return refusal(problem, request, requestId);
    } catch (CloseConnectionException gone) {
      throw gone;
    } catch (Exception | StackOverflowError bug) {
      LOG.error(
          "{} {} failed, request id {}",
          request.prologue().method().text(),
          request.prologue().uriPath().rawPath(),
          requestId,
          bug);
      return ErrorAnswers.internalError(requestId, accept(request));
    }
  }

  private Answer handle(RoutingRequest request, Exchange exchange, String requestId) {
    String path = path(request);
    List<String> segments = segments(path);
    Optional<Routes.Place> place = routes.find(segments);
    if (place.isEmpty()) {
      throw Problem.notFound(nothingAt(path));
    }
    String method = request.prologue().method().text();
    Handler webSocket = place.get().webSocket();
    boolean upgrades =
        webSocket != null
            && WebSocketHandshake.isWanted(
                method, request.prologue().protocolVersion(), request.headers());
    if (upgrades && WebSocketHandshake.isOtherVersion(request.headers())) {
      return otherVersion(request, requestId);
    }
    if (upgrades) {
      WebSocketHandshake.accept(request.headers());
    }
    Handler handler = upgrades ? webSocket : place.get().handler(method);
    if (handler != null) {
      return handler.handle(
          new ReceivedRequest(
              request,
              exchange,
              requestId,
              clock.instant(),
              path,
              segments,
              place.get(),
              authentication,
              requestLimit,
              proxies));
    }
    String allow = place.get().allow();
    if (method.equals("OPTIONS")) {
      return Answer.noContent().with("Allow", allow);
    }
    Problem problem =
        new Problem(
            ErrorCode.METHOD_NOT_ALLOWED, "%s takes %s".formatted(place.get().pattern(), allow));
    return refusal(problem, request, requestId).with("Allow", allow);
  }

  private static Answer otherVersion(RoutingRequest request, String requestId) {
    Problem problem =
        new Problem(
            ErrorCode.MALFORMED_REQUEST,
            "The version of the WebSocket protocol must be " + WebSocketHandshake.VERSION);
    return ErrorAnswers.answer(426, problem, requestId, accept(request))
        .with("Upgrade", "websocket")
        .with("Sec-WebSocket-Version", WebSocketHandshake.VERSION);
  }

  private static String path(RoutingRequest request) {
    String target = request.prologue().uriPath().rawPath();
    if (target.startsWith("/")) {
      return target;
    }
    // the absolute form, which proxies use (RFC 9112, section 3.2.2)
    int scheme = target.indexOf("://");
    int slash = scheme < 0 ? -1 : target.indexOf('/', scheme + 3);
    if (slash < 0) {
      throw new Problem(ErrorCode.MALFORMED_REQUEST, "The request target must start with a slash");
    }
    return target.substring(slash);
  }

  private static List<String> segments(String path) {
    List<String> segments = new ArrayList<>(6);
    int start = 1;
    while (start <= path.length()) {
      int slash = path.indexOf('/', start);
      int end = slash < 0 ? path.length() : slash;
      segments.add(segment(path.substring(start, end)));
      start = end + 1;
    }
    return segments;
  }

  private static String segment(String raw) {
    try {
      return PercentEncoding.decode(raw);
    } catch (PercentEncoding.Malformed e) {
      throw new Problem(ErrorCode.MALFORMED_REQUEST, "The path cannot be read. " + e.reason());
    }
  }

  private static String nothingAt(String path) {
    String shown = path.length() > 200 ? path.substring(0, 200) + "..." : path;
    String hint =
        path.length() > 1 && path.endsWith("/") ? ". Try it without the slash at its end" : "";
    return "There is nothing at " + shown + hint;
  }

  private static Answer refusal(Problem problem, RoutingRequest request, String requestId) {
    return ErrorAnswers.answer(problem, requestId, accept(request));
  }

  private static String accept(RoutingRequest request) {
    ServerRequestHeaders headers = request.headers();
    return headers.contains(HeaderNames.ACCEPT) ? headers.get(HeaderNames.ACCEPT).values() : "";
  }

  private String requestId(ServerRequestHeaders headers) {
    if (headers.contains(REQUEST_ID)) {
      String sent = headers.get(REQUEST_ID).get();
      if (isSane(sent)) {
        return sent;
      }
    }
    return requestIds.get();
  }

  private static boolean isSane(String id) {
    return !id.isEmpty()
        && id.length() <= REQUEST_ID_LENGTH_MAX
        && id.chars().allMatch(c -> c > ' ' && c <= '~');
  }

  private static void send(
      RoutingRequest request,
      RoutingResponse response,
      Answer answer,
      String requestId,
      boolean close) {
    response.status(Status.create(answer.status()));
    ServerResponseHeaders headers = response.headers();
    addTo(headers, answer, requestId);
    if (close) {
      headers.set(HeaderValues.CONNECTION_CLOSE);
    }
    if (request.prologue().method().equals(Method.HEAD)) {
      headers.contentLength(answer.body().length);
      response.send();
    } else {
      response.send(answer.body());
    }
    response.commit();
  }

  private void stream(
      MeteredConnection connection,
      RoutingRequest request,
      RoutingResponse response,
      Answer answer,
      Streaming streaming,
      String requestId,
      Deadlines.Deadline deadline) {
    response.status(Status.create(answer.status()));
    addTo(response.headers(), answer, requestId);
    if (request.prologue().method().equals(Method.HEAD)) {
      streaming.close();
      response.send();
      return;
    }
    Runnable stop = streaming::stop;
    try (streaming) {
      streams.add(connection, stop);
      streaming.send(new BodyOutlet(response.outputStream(), deadline, connection.budget()));
      deadline.sending();
      response.commit();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CloseConnectionException("interrupted while streaming", e);
    } catch (ClientGone e) {
      throw new CloseConnectionException("the client of a stream has gone", e);
    } finally {
      streams.remove(connection, stop);
    }
    if (stopping) {
      throw new CloseConnectionException("the last answer on this connection");
    }
  }

  private void converse(
      MeteredConnection connection,
      RoutingRequest request,
      RoutingResponse response,
      Answer answer,
      Conversation conversation,
      String requestId,
      Deadlines.Deadline deadline) {
    WritableHeaders<?> headers = WritableHeaders.create();
    headers.set(HeaderValues.create(HeaderNames.CONNECTION, "Upgrade"));
    headers.set(HeaderValues.create(HeaderNames.UPGRADE, "websocket"));
    headers.set(
        HeaderValues.create(
            WebSocketHandshake.ACCEPT, WebSocketHandshake.accept(request.headers())));
    headers.set(HeaderValues.create(REQUEST_ID, requestId));
    answer.helidonHeaders().forEach(headers::set);
    ((Http1UpgradeResponse) response).sendSwitchingProtocols(headers);
    WebSocketConnection socket =
        new WebSocketConnection(connection, deadline, memory, settings.bodyBytesMax());
    Runnable stop = socket::goAway;
    streams.add(connection, stop);
    try {
      socket.converse(conversation);
    } catch (ClientGone e) {
      throw new CloseConnectionException("the client of a WebSocket has gone", e);
    } finally {
      streams.remove(connection, stop);
    }
    throw new CloseConnectionException("the end of a WebSocket");
  }

  static void addTo(ServerResponseHeaders headers, Answer answer, String requestId) {
    for (Header header : ON_EVERY_ANSWER) {
      headers.set(header);
    }
    for (Header header : answer.helidonHeaders()) {
      headers.set(header);
    }
    if (!headers.contains(HeaderNames.CACHE_CONTROL)) {
      headers.set(headers.contains(HeaderNames.ETAG) ? REVALIDATE : NO_STORE);
    }
    headers.set(HeaderValues.create(REQUEST_ID, requestId));
  }
}
