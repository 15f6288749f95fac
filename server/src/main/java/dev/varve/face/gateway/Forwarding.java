package dev.varve.face.gateway;

import dev.varve.face.gateway.cache.AnswerCache;
import dev.varve.face.gateway.cache.CachedRequest;
import dev.varve.face.gateway.cache.ResourceKey;
import dev.varve.face.gateway.upstream.Options;
import dev.varve.face.gateway.upstream.OutgoingRequest;
import dev.varve.face.gateway.upstream.ServiceSettings;
import dev.varve.face.gateway.upstream.Upstream;
import dev.varve.face.gateway.upstream.UpstreamAnswer;
import dev.varve.face.gateway.upstream.UpstreamFailure;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Cookies;
import dev.varve.net.http.HeaderLine;
import dev.varve.net.http.Request;
import dev.varve.net.limit.Quotas;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Answers the requests of one route with what its service answers. The order of its methods is the order of its stages.
///
/// ```
/// plain path -> who may -> limit -> request as the service gets it -> cache -> service -> answer as the client gets it
/// ```
final class Forwarding {
  // RFC 9110, section 9.2.1
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
  private static final int FAILURES_START = 400;
  private static final byte[] NOTHING = {};

  private final Identities identities;
  private final Optional<AnswerCache> cache;

  /// @param cache absent when no route keeps answers
  Forwarding(Identities identities, Optional<AnswerCache> cache) {
    this.identities = identities;
    this.cache = cache;
  }

  /// @param webSocket whether the client asks to go on as a WebSocket
  Answer answer(GatewayRoute route, Request request, boolean webSocket) {
    Target.requirePlain(request);
    Caller caller = route.admission().admit(request);
    Quotas quotas = route.limits().quotas(request.method(), request.pattern());
    try {
      quotas.enter(request);
    } catch (Problem tooMany) {
      return quotas.told(Answer.refusal(tooMany, request));
    }
    return answer(route, request, webSocket, caller, quotas);
  }

  private Answer answer(
      GatewayRoute route, Request request, boolean webSocket, Caller caller, Quotas quotas) {
    String target = route.target().of(request);
    List<HeaderLine> identity = identities.headers(route.upstream(), target, request, caller);
    Optional<String> key = key(route.upstream().settings(), request, caller);
    if (cache.isPresent() && route.settings().cache().isSet() && !webSocket && isRead(request)) {
      CachedRequest cached = cached(route, request, target, identity, caller);
      RouteOrigin origin =
          new RouteOrigin(
              route,
              request.method().equals("HEAD"),
              () -> outgoing(route, request, false, target, identity),
              key);
      return Answer.later(() -> quotas.told(cache.get().answer(cached, origin)));
    }
    OutgoingRequest outgoing = outgoing(route, request, webSocket, target, identity);
    Optional<ResourceKey> written =
        cache.isPresent() && !SAFE.contains(request.method())
            ? Optional.of(resource(route, request, target))
            : Optional.empty();
    return Answer.later(() -> quotas.told(forward(route, outgoing, key, written)));
  }

  private static boolean isRead(Request request) {
    return request.method().equals("GET") || request.method().equals("HEAD");
  }

  private static ResourceKey resource(GatewayRoute route, Request request, String target) {
    return new ResourceKey(route.upstream().name(), request.origin(), target);
  }

  private static CachedRequest cached(
      GatewayRoute route,
      Request request,
      String target,
      List<HeaderLine> identity,
      Caller caller) {
    RequestHeaders headers = new RequestHeaders(route.settings(), request);
    return CachedRequest.of(
        request,
        route.number(),
        route.settings().cache(),
        resource(route, request, target),
        headers.forMany(identity),
        caller,
        !identity.isEmpty());
  }

  private OutgoingRequest outgoing(
      GatewayRoute route,
      Request request,
      boolean webSocket,
      String target,
      List<HeaderLine> identity) {
    List<HeaderLine> lines = new RequestHeaders(route.settings(), request).with(identity);
    return new OutgoingRequest(
        request.method(),
        target,
        lines,
        request.hasBody() ? request.inlet() : null,
        request.hasBody()
            && request.header("Expect").filter("100-continue"::equalsIgnoreCase).isPresent(),
        webSocket,
        takesTrailers(request),
        request.network(),
        request::whenClientGoes);
  }

  /// `TE` is for one connection: where `Connection` names others and not it, somebody on the way has let it through.
  private static boolean takesTrailers(Request request) {
    Optional<String> named = request.header("Connection");
    boolean isOfThisConnection = named.isEmpty() || Options.of(named.get()).contains("te");
    Optional<String> codings = request.header("TE");
    return isOfThisConnection
        && codings.isPresent()
        && Options.of(codings.get()).contains("trailers");
  }

  /// What [dev.varve.face.gateway.upstream.Balance#HASH] looks at.
  static Optional<String> key(ServiceSettings settings, Request request, Caller caller) {
    String hash = settings.hash();
    if (hash.startsWith("header:")) {
      return request.header(hash.substring("header:".length()));
    }
    if (hash.startsWith("cookie:")) {
      return Cookies.value(request, hash.substring("cookie:".length()));
    }
    return switch (hash) {
      case "" -> Optional.empty();
      case "account" -> Optional.of(caller.known() ? caller.actor() : request.remoteAddress());
      default -> Optional.of(request.remoteAddress());
    };
  }

  /// @param written what is kept of it is not what it was any more, when the service agrees
  private Answer forward(
      GatewayRoute route,
      OutgoingRequest request,
      Optional<String> key,
      Optional<ResourceKey> written) {
    Upstream upstream = route.upstream();
    try {
      UpstreamAnswer answer = upstream.send(request, key);
      if (written.isPresent() && answer.status() < FAILURES_START) {
        // before the client hears of it, and may ask again
        cache.orElseThrow().invalidate(written.get());
      }
      return ServiceAnswers.relayed(
          route.settings(),
          answer,
          ServiceAnswers.headers(route.settings(), answer.headers()),
          NOTHING,
          request.method().equals("HEAD"));
    } catch (UpstreamFailure failure) {
      throw Failures.told(upstream, failure);
    }
  }
}
