package dev.varve.net.edge;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.cors.Cors;
import dev.varve.net.http.Answer;
import dev.varve.net.http.ErrorAnswers;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Puts what Helidon itself refuses, before there is a request to speak of, into the one error shape.
final class ProtocolRefusals implements DirectHandler {
  // Helidon's wording, its only sign for this case
  private static final String HEADERS_TOO_LARGE = "Header size exceeded";

  private final HttpSettings settings;
  private final Supplier<String> requestIds;
  private final RequestObserver observer;
  private final Cors cors;

  ProtocolRefusals(HttpSettings settings, Supplier<String> requestIds, RequestObserver observer) {
    this.settings = settings;
    this.requestIds = requestIds;
    this.observer = observer;
    this.cors = new Cors(settings.cors());
  }

  static DirectHandlers handlers(
      HttpSettings settings, Supplier<String> requestIds, RequestObserver observer) {
    ProtocolRefusals refusals = new ProtocolRefusals(settings, requestIds, observer);
    DirectHandlers.Builder handlers = DirectHandlers.builder();
    for (EventType type : EventType.values()) {
      handlers.addHandler(type, refusals);
    }
    return handlers.build();
  }

  @Override
  public TransportResponse handle(
      TransportRequest request,
      EventType type,
      Status status,
      ServerResponseHeaders headers,
      @Nullable String message) {
    String requestId = requestIds.get();
    Problem problem = problem(status, message == null ? "" : message);
    int code = problem.code() == ErrorCode.HEADERS_TOO_LARGE ? 431 : status.code();
    Answer answer = ErrorAnswers.answer(code, problem, requestId, accept(request));
    AnswerHeaders.add(headers, answer, requestId, cors, request.headers());
    observer.refused(request, code, answer.body().length, requestId);
    return TransportResponse.builder()
        .status(Status.create(code))
        .headers(headers)
        .keepAlive(false)
        .entity(answer.body())
        .build();
  }

  private Problem problem(Status status, String message) {
    if (message.equals(HEADERS_TOO_LARGE)) {
      return new Problem(
          ErrorCode.HEADERS_TOO_LARGE,
          "The headers are larger than %,d bytes. Send fewer or shorter ones, or raise the setting http.headerBytesMax"
              .formatted(settings.headerBytesMax()));
    }
    return switch (status.code()) {
      case 413 ->
          new Problem(
              ErrorCode.TOO_LARGE,
              "The body is larger than %,d bytes. Send less at a time, or raise the setting http.bodyBytesMax"
                  .formatted(settings.bodyBytesMax()));
      case 414 ->
          new Problem(
              ErrorCode.URI_TOO_LONG,
              "The request line is longer than %,d bytes. Shorten the query, or raise the setting http.targetBytesMax"
                  .formatted(settings.targetBytesMax()));
      case 503 ->
          new Problem(ErrorCode.OVERLOADED, "Too many requests at a time. Try again in a moment");
      case 505 ->
          new Problem(ErrorCode.MALFORMED_REQUEST, "HTTP/1.0 is not spoken here; use HTTP/1.1");
      case 500 -> new Problem(ErrorCode.INTERNAL_ERROR, "Something went wrong on our side");
      default -> new Problem(ErrorCode.MALFORMED_REQUEST, malformed(message));
    };
  }

  private static String malformed(String message) {
    return message.isEmpty() || message.contains("server log")
        ? "The request is not well-formed HTTP/1.1: look at its first line and its headers"
        : "The request is not well-formed HTTP/1.1: " + message;
  }

  private static String accept(TransportRequest request) {
    return request.headers().contains(HeaderNames.ACCEPT)
        ? request.headers().get(HeaderNames.ACCEPT).values()
        : "";
  }
}
