package dev.varve.face.gateway;

import dev.varve.face.gateway.upstream.OutgoingRequest;
import dev.varve.face.gateway.upstream.ServiceSettings;
import dev.varve.face.gateway.upstream.Upstream;
import dev.varve.face.gateway.upstream.UpstreamAnswer;
import dev.varve.face.gateway.upstream.UpstreamFailure;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.Answer;
import dev.varve.net.http.HeaderLine;
import dev.varve.net.http.Request;
import dev.varve.net.limit.Quotas;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Answers the requests of one route with what its service answers. The order of its methods is the order of its stages.
///
/// ```
/// plain path -> who may -> limit -> (cache) -> request as the service gets it -> service -> answer as the client gets it
/// ```
final class Forwarding {
  /// An answer of a known length up to this is taken from the service at once, so that a slow client keeps no connection
  /// to it.
  private static final int SMALL_BYTES = 16 * 1024;

  private static final byte[] NOTHING = {};

  private final Identities identities;

  Forwarding(Identities identities) {
    this.identities = identities;
  }

  /// @param webSocket whether the client asks to go on as a WebSocket
  Answer answer(GatewayRoute route, Request request, boolean webSocket) {
    Target.requirePlain(request);
    Caller caller = route.admission().admit(request);
    Quotas quotas = route.limits().quotas(request.method(), request.pattern());
    try {
      quotas.enter(request);
    } catch (Problem tooMany) {
      return withLimit(Answer.refusal(tooMany, request), quotas);
    }
    OutgoingRequest outgoing = outgoing(route, request, webSocket, caller);
    Optional<String> key = key(route.upstream().settings(), request, caller);
    return Answer.later(() -> withLimit(forward(route, outgoing, key), quotas));
  }

  private static Answer withLimit(Answer answer, Quotas quotas) {
    return quotas.isEmpty()
        ? answer
        : answer.with("RateLimit-Policy", quotas.policies()).with("RateLimit", quotas.left());
  }

  private OutgoingRequest outgoing(
      GatewayRoute route, Request request, boolean webSocket, Caller caller) {
    String target = route.target().of(request);
    RequestHeaders headers = new RequestHeaders(route.settings(), request);
    List<HeaderLine> lines =
        headers.with(identities.headers(route.upstream(), target, request, caller));
    return new OutgoingRequest(
        request.method(),
        target,
        lines,
        request.hasBody() ? request.inlet() : null,
        request.hasBody()
            && request.header("Expect").filter("100-continue"::equalsIgnoreCase).isPresent(),
        webSocket,
        request::whenClientGoes);
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

  private static Answer forward(GatewayRoute route, OutgoingRequest request, Optional<String> key) {
    Upstream upstream = route.upstream();
    try {
      return relayed(route, upstream.send(request, key), request.method().equals("HEAD"));
    } catch (UpstreamFailure failure) {
      throw Failures.told(upstream, failure);
    }
  }

  private static Answer relayed(GatewayRoute route, UpstreamAnswer answer, boolean head)
      throws UpstreamFailure {
    boolean handedOn = false;
    try {
      List<HeaderLine> headers = headers(route.settings(), answer);
      if (answer.isSwitched()) {
        Answer tunnel = Answer.tunnel(headers, new ServiceTunnel(answer));
        handedOn = true;
        return tunnel;
      }
      OptionalLong length = answer.length();
      boolean small = !answer.isEarly() && length.isPresent() && length.getAsLong() <= SMALL_BYTES;
      if (small && !answer.hasNoBody()) {
        return Answer.relayed(answer.status(), headers, whole(answer, (int) length.getAsLong()));
      }
      if (small) {
        return Answer.relayed(answer.status(), withAnnounced(headers, answer, head), NOTHING);
      }
      Answer streamed =
          Answer.relayed(answer.status(), withLength(headers, answer), new Relay(answer));
      handedOn = true;
      return streamed;
    } finally {
      if (!handedOn) {
        answer.close();
      }
    }
  }

  private static List<HeaderLine> headers(RouteSettings settings, UpstreamAnswer answer) {
    Set<String> named = HeaderFilter.named(answer.headers());
    Alterations changes = settings.answerHeaders();
    List<HeaderLine> headers = new ArrayList<>();
    for (HeaderLine header : answer.headers()) {
      if (HeaderFilter.passesBack(header.name(), named, settings.forwardToken())
          && !changes.replaces(header.name())) {
        headers.add(header);
      }
    }
    changes.add().forEach((name, value) -> headers.add(new HeaderLine(name, value)));
    return headers;
  }

  private static byte[] whole(UpstreamAnswer answer, int length) throws UpstreamFailure {
    byte[] body = new byte[length];
    int filled = 0;
    while (filled < length) {
      filled += Math.max(0, answer.read(body, filled, length - filled));
    }
    return body;
  }

  /// What an answer to HEAD says of the body that GET would have.
  private static List<HeaderLine> withAnnounced(
      List<HeaderLine> headers, UpstreamAnswer answer, boolean head) {
    boolean noBodyAtAll = answer.status() == 204 || answer.status() == 304;
    if (head && !noBodyAtAll) {
      answer.headers().stream().filter(each -> each.is("Content-Length")).forEach(headers::add);
    }
    return headers;
  }

  private static List<HeaderLine> withLength(List<HeaderLine> headers, UpstreamAnswer answer) {
    answer
        .length()
        .ifPresent(length -> headers.add(new HeaderLine("Content-Length", Long.toString(length))));
    return headers;
  }
}
