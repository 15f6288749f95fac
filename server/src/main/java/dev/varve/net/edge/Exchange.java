package dev.varve.net.edge;

import dev.varve.kernel.Problem;
import dev.varve.net.admission.Deadlines;
import dev.varve.net.admission.NetworkShares;
import dev.varve.net.http.Answer;
import dev.varve.net.http.ErrorAnswers;
import dev.varve.net.http.HeaderSection;
import dev.varve.net.http.ShownCertificate;
import dev.varve.net.proxy.Sender;
import dev.varve.net.proxy.TrustedProxies;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.util.List;
import java.util.Optional;

/// One request and its answer on their connection, as Helidon hands them over. Belongs to the thread that handles the
/// request.
record Exchange(
    MeteredConnection connection,
    RoutingRequest request,
    RoutingResponse response,
    String requestId,
    Deadlines.Deadline deadline,
    RequestBody body,
    ClientWatch watch,
    Observation observation,
    Sender sender,
    NetworkShares.Share share,
    TrustedProxies proxies)
    implements HeaderSection {

  /// Whether nothing else goes over the connection meanwhile: HTTP/1.1, not a stream of HTTP/2.
  static boolean ownsConnection(RoutingRequest request) {
    return request.prologue().protocolVersion().equals("1.1");
  }

  boolean ownsConnection() {
    return ownsConnection(request);
  }

  /// The certificate that the client showed, here or to a trusted proxy.
  ///
  /// @throws Problem MALFORMED_REQUEST when a proxy tells of something that is none
  Optional<ShownCertificate> certificate() {
    return proxies.certificate(connection.peer(), connection.certificate(), request.headers());
  }

  String method() {
    return request.prologue().method().text();
  }

  /// Whether the answer is its headers alone.
  boolean isHead() {
    return request.prologue().method().equals(Method.HEAD);
  }

  /// Whether the client wants no other answer on this connection.
  boolean clientCloses() {
    ServerRequestHeaders headers = request.headers();
    return headers.contains(HeaderNames.CONNECTION)
        && headers.containsToken(HeaderValues.CONNECTION_CLOSE);
  }

  Answer refusal(Problem problem) {
    return ErrorAnswers.answer(problem, requestId, accept());
  }

  Answer refusal(int status, Problem problem) {
    return ErrorAnswers.answer(status, problem, requestId, accept());
  }

  Answer internalError() {
    return ErrorAnswers.internalError(requestId, accept());
  }

  private String accept() {
    ServerRequestHeaders headers = request.headers();
    return headers.contains(HeaderNames.ACCEPT) ? headers.get(HeaderNames.ACCEPT).values() : "";
  }

  @Override
  public Optional<String> header(String name) {
    HeaderName headerName = HeaderNames.create(name);
    ServerRequestHeaders headers = request.headers();
    if (!headers.contains(headerName)) {
      return Optional.empty();
    }
    List<String> values = headers.all(headerName, List::of);
    String between = headerName.equals(HeaderNames.COOKIE) ? "; " : ", ";
    return Optional.of(values.size() == 1 ? values.getFirst() : String.join(between, values));
  }
}
