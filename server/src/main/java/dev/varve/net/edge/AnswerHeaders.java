package dev.varve.net.edge;

import dev.varve.net.cors.Cors;
import dev.varve.net.http.Answer;
import dev.varve.telemetry.Span;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Headers;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.WritableHeaders;
import java.util.List;

/// The headers of an answer: its own, and those that every answer has.
final class AnswerHeaders {
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

  // a draft of the W3C, in the form of traceparent, which browsers and proxies show already
  private static final HeaderName TRACE_RESPONSE = HeaderNames.create("traceresponse");

  private AnswerHeaders() {}

  /// @param request what the client sent, as far as it could be read
  static void add(
      ServerResponseHeaders headers, Answer answer, String requestId, Cors cors, Headers request) {
    if (!answer.isRelayed()) {
      ON_EVERY_ANSWER.forEach(headers::set);
    }
    for (Header header : answer.helidonHeaders()) {
      headers.set(header);
    }
    if (!answer.isRelayed() && !headers.contains(HeaderNames.CACHE_CONTROL)) {
      headers.set(headers.contains(HeaderNames.ETAG) ? REVALIDATE : NO_STORE);
    }
    headers.set(RequestIds.header(requestId));
    cors.addTo(headers, request);
  }

  /// Tells the client under which trace the request is found, if it is traced.
  static void addTrace(WritableHeaders<?> headers, Observation observation) {
    Span span = observation.span();
    if (span != null) {
      headers.set(HeaderValues.create(TRACE_RESPONSE, span.traceParent()));
    }
  }
}
