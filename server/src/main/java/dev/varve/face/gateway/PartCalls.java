package dev.varve.face.gateway;

import dev.varve.face.gateway.aggregate.ServiceCall;
import dev.varve.face.gateway.aggregate.Services;
import dev.varve.face.gateway.upstream.OutgoingRequest;
import dev.varve.face.gateway.upstream.Upstream;
import dev.varve.face.gateway.upstream.UpstreamAnswer;
import dev.varve.face.gateway.upstream.UpstreamFailure;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.HeaderLine;
import dev.varve.net.http.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// What services are sent for the parts of aggregates: nothing of the client but the language that it wants.
final class PartCalls implements Services {
  private static final String LANGUAGE = "Accept-Language";

  private final Map<String, Upstream> upstreams;
  private final Identities identities;

  PartCalls(Map<String, Upstream> upstreams, Identities identities) {
    this.upstreams = Map.copyOf(upstreams);
    this.identities = identities;
  }

  @Override
  public ServiceCall get(String service, String target, Request request, Caller caller) {
    Upstream upstream = Objects.requireNonNull(upstreams.get(service), service);
    List<HeaderLine> sent = new ArrayList<>();
    sent.add(new HeaderLine("Accept", "application/json"));
    request.header(LANGUAGE).ifPresent(value -> sent.add(new HeaderLine(LANGUAGE, value)));
    List<HeaderLine> headers =
        RequestHeaders.onBehalf(
            request, sent, identities.headers(upstream, target, request, caller));
    return new Call(
        upstream,
        OutgoingRequest.get(target, headers, request.network()),
        Forwarding.key(upstream.settings(), request, caller));
  }

  private record Call(Upstream upstream, OutgoingRequest request, Optional<String> key)
      implements ServiceCall {
    @Override
    public UpstreamAnswer send() throws UpstreamFailure {
      return upstream.send(request, key);
    }

    @Override
    public Problem told(UpstreamFailure failure) {
      return Failures.told(upstream, failure);
    }
  }
}
