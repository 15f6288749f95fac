package dev.varve.face.gateway;

import dev.varve.face.gateway.cache.Passage;
import dev.varve.net.http.HeaderLine;
import dev.varve.net.http.Request;
import dev.varve.telemetry.Span;
import dev.varve.telemetry.TraceParent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The headers of a request as a service gets them: those of the client that may go on, what the route changes of them, and
/// on top what Varve itself knows of where the request comes from.
///
/// ```
/// Forwarded: for=192.0.2.7;proto=https;host=shop.example        (RFC 7239; an IPv6 address in brackets and quotes)
/// X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host          the same, for those who know no better
/// X-Request-Id, Via, traceparent
/// ```
final class RequestHeaders {
  private static final Pattern HOST =
      Pattern.compile("(?:[A-Za-z0-9._~-]{1,255}|\\[[0-9A-Fa-f:.]{2,45}])(?::\\d{1,5})?");
  private static final String REQUEST_ID = "X-Request-Id";
  private static final HeaderLine VIA = new HeaderLine("Via", "1.1 varve");

  private final Alterations changes;
  private final boolean forwardToken;
  private final Request request;

  RequestHeaders(RouteSettings settings, Request request) {
    this(settings.requestHeaders(), settings.forwardToken(), request);
  }

  private RequestHeaders(Alterations changes, boolean forwardToken, Request request) {
    this.changes = changes;
    this.forwardToken = forwardToken;
    this.request = request;
  }

  /// Those of a request that Varve makes itself, on behalf of another.
  ///
  /// @param sent what it sends
  /// @param identity what tells who sends the other
  static List<HeaderLine> onBehalf(
      Request request, List<HeaderLine> sent, List<HeaderLine> identity) {
    return new RequestHeaders(Alterations.NONE, false, request).with(sent, identity);
  }

  /// @param identity what tells who sends it
  List<HeaderLine> with(List<HeaderLine> identity) {
    return with(request.headerLines(), identity);
  }

  /// Those of a request whose answer may be given to others: of what the client says, only what the answer is then found by.
  ///
  /// @param identity what tells who sends it
  List<HeaderLine> forMany(List<HeaderLine> identity) {
    List<HeaderLine> sent = request.headerLines().stream().filter(Passage::goesOn).toList();
    List<HeaderLine> headers = with(sent, identity);
    if (request.header(REQUEST_ID).isPresent()) {
      // an id that the client chose may come back in an answer that others get
      headers.removeIf(header -> header.is(REQUEST_ID));
    }
    return headers;
  }

  private List<HeaderLine> with(List<HeaderLine> sent, List<HeaderLine> identity) {
    Set<String> named = HeaderFilter.named(sent);
    List<HeaderLine> headers = new ArrayList<>(sent.size() + 8);
    for (HeaderLine header : sent) {
      if (HeaderFilter.passesOn(header.name(), named, forwardToken)
          && !changes.replaces(header.name())) {
        HeaderFilter.othersIn(header).ifPresent(headers::add);
      }
    }
    addOrigin(headers);
    headers.addAll(identity);
    changes.add().forEach((name, value) -> headers.add(new HeaderLine(name, value)));
    return headers;
  }

  private void addOrigin(List<HeaderLine> headers) {
    String address = request.remoteAddress();
    String host = named(request.origin().substring(request.scheme().length() + "://".length()));
    String to = host.isEmpty() ? "" : host(host);
    headers.add(
        new HeaderLine("Forwarded", "for=" + node(address) + ";proto=" + request.scheme() + to));
    headers.add(new HeaderLine("X-Forwarded-For", address));
    headers.add(new HeaderLine("X-Forwarded-Proto", request.scheme()));
    if (!host.isEmpty()) {
      headers.add(new HeaderLine("X-Forwarded-Host", host));
    }
    headers.add(new HeaderLine(REQUEST_ID, request.id()));
    headers.add(VIA);
    addTrace(headers);
  }

  /// What is no host is not passed on as one.
  private static String named(String authority) {
    return HOST.matcher(authority).matches() ? authority : "";
  }

  private static String node(String address) {
    return address.indexOf(':') >= 0 ? "\"[%s]\"".formatted(address) : address;
  }

  private static String host(String host) {
    return host.indexOf(':') < 0 ? ";host=" + host : ";host=\"" + host + '"';
  }

  /// The service's part of the trace hangs below the request's own.
  private static void addTrace(List<HeaderLine> headers) {
    @Nullable Span span = Span.current();
    if (span != null) {
      headers.removeIf(header -> header.is(TraceParent.HEADER));
      headers.add(new HeaderLine(TraceParent.HEADER, span.traceParent()));
    }
  }
}
