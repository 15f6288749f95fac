package dev.varve.net.edge;

import dev.varve.lane.access.Caller;
import dev.varve.net.http.Answer;
import dev.varve.net.proxy.Sender;
import dev.varve.telemetry.AccessEntry;
import dev.varve.telemetry.Span;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.webserver.http.RoutingRequest;
import org.jspecify.annotations.Nullable;

/// What is seen of one request from its start to its end. Belongs to the thread that handles the request.
final class Observation implements AutoCloseable {
  /// Looks at nothing.
  static final Observation NONE = new Observation();

  /// The client went before there was an answer; the status that others log then.
  private static final int CLIENT_GONE = 499;

  private static final String POSITION = "Varve-Position";

  private final @Nullable RequestObserver observer;
  private final @Nullable RoutingRequest request;
  private final String requestId;
  private final String client;
  private final String clientCertificate;
  private final long startNanos;
  private @Nullable Span span;
  private String traceId = "";
  private String route = RequestMeasures.NO_ROUTE;
  private @Nullable ReceivedRequest received;
  private int status = CLIENT_GONE;
  private long bytes;
  private String position = "";
  private boolean counted;

  private Observation() {
    this.observer = null;
    this.request = null;
    this.requestId = "";
    this.client = "";
    this.clientCertificate = "";
    this.startNanos = 0;
  }

  Observation(
      RequestObserver observer,
      RoutingRequest request,
      String requestId,
      Sender sender,
      String clientCertificate,
      @Nullable Span span) {
    this.observer = observer;
    this.request = request;
    this.requestId = requestId;
    this.client = sender.address();
    this.clientCertificate = clientCertificate;
    this.span = span;
    this.traceId = span == null ? "" : span.traceId();
    this.startNanos = System.nanoTime();
  }

  /// The span of the request, if it is traced.
  @Nullable Span span() {
    return span;
  }

  /// A route was found.
  void routed(String pattern) {
    if (observer != null) {
      route = pattern;
    }
  }

  /// A handler has it.
  void handed(ReceivedRequest to) {
    if (observer != null) {
      received = to;
    }
  }

  /// There is an answer, about to be sent.
  void answered(Answer answer, boolean withBody) {
    if (observer == null) {
      return;
    }
    status = answer.status();
    bytes = withBody ? answer.body().length : 0;
    if (observer.writesLines()) {
      position = position(answer);
    }
  }

  private static String position(Answer answer) {
    for (Header header : answer.helidonHeaders()) {
      if (header.name().equals(POSITION)) {
        return header.get();
      }
    }
    return "";
  }

  /// The answer goes on without an end: it is counted now, and its span ends here.
  void opened() {
    if (observer == null || request == null) {
      return;
    }
    counted = true;
    observer.measures().opened(route, method(request), status);
    endSpan();
  }

  /// A piece of an answer that goes on without an end.
  void sent(int length) {
    if (observer != null) {
      bytes += length;
    }
  }

  private static String method(RoutingRequest request) {
    return request.prologue().method().text();
  }

  /// It is over.
  @Override
  public void close() {
    if (observer == null || request == null) {
      return;
    }
    long nanos = System.nanoTime() - startNanos;
    if (!counted) {
      observer.measures().answered(route, method(request), status, nanos);
    }
    endSpan();
    if (observer.writesLines()) {
      observer.write(entry(observer, request, nanos));
    }
  }

  private void endSpan() {
    Span known = span;
    if (known == null || request == null) {
      return;
    }
    span = null;
    if (isRouted()) {
      known.named(method(request) + " " + route).with("http.route", route);
    }
    known
        .with("http.response.status_code", status)
        .with("url.path", AccessEntry.shownPath(request.prologue().uriPath().rawPath()))
        .with("varve.request_id", requestId);
    if (status >= 500) {
      known.failed();
    }
    known.close();
  }

  private AccessEntry entry(RequestObserver observer, RoutingRequest request, long nanos) {
    ServerRequestHeaders headers = request.headers();
    return new AccessEntry(
        observer.clock().instant().minusNanos(nanos),
        method(request),
        isRouted() ? route : "",
        request.prologue().uriPath().rawPath(),
        request.prologue().hasQuery() ? request.prologue().query().rawValue() : "",
        status,
        bytes,
        nanos,
        requestId,
        traceId,
        caller(),
        client,
        clientCertificate,
        request.prologue().protocol() + "/" + request.prologue().protocolVersion(),
        headers.contains(HeaderNames.USER_AGENT) ? headers.get(HeaderNames.USER_AGENT).get() : "",
        position);
  }

  private boolean isRouted() {
    return !route.equals(RequestMeasures.NO_ROUTE);
  }

  private String caller() {
    ReceivedRequest known = received;
    Caller caller = known == null ? null : known.knownCaller();
    return caller == null ? "" : caller.actor();
  }
}
