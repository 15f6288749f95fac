package dev.varve.face.gateway;

import dev.varve.face.gateway.cache.Origin;
import dev.varve.face.gateway.upstream.OutgoingRequest;
import dev.varve.face.gateway.upstream.UpstreamAnswer;
import dev.varve.face.gateway.upstream.UpstreamFailure;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.HeaderLine;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The service behind a route, as a cache in front of it asks it.
///
/// @param passing the request as it goes on when nothing is kept of its answer
/// @param key what [dev.varve.face.gateway.upstream.Balance#HASH] looks at
record RouteOrigin(
    GatewayRoute route, boolean head, Supplier<OutgoingRequest> passing, Optional<String> key)
    implements Origin {

  @Override
  public UpstreamAnswer send(OutgoingRequest request) throws UpstreamFailure {
    return route.upstream().send(request, key);
  }

  @Override
  public OutgoingRequest whole() {
    return passing.get();
  }

  @Override
  public List<HeaderLine> shown(List<HeaderLine> headers) {
    return ServiceAnswers.headers(route.settings(), headers);
  }

  @Override
  public Answer passed(UpstreamAnswer answer, byte[] begun, HeaderLine more)
      throws UpstreamFailure {
    List<HeaderLine> headers = shown(answer.headers());
    headers.add(more);
    return ServiceAnswers.relayed(route.settings(), answer, headers, begun, head);
  }

  @Override
  public Problem told(UpstreamFailure failure) {
    return Failures.told(route.upstream(), failure);
  }

  @Override
  public String service() {
    return route.upstream().name();
  }

  @Override
  public Duration longest() {
    return route.upstream().settings().timeouts().longest();
  }
}
