package dev.varve.face.gateway;

import dev.varve.face.gateway.upstream.UpstreamAnswer;
import dev.varve.face.gateway.upstream.UpstreamFailure;
import dev.varve.net.http.Answer;
import dev.varve.net.http.HeaderLine;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/// What a service answers, as the client gets it.
final class ServiceAnswers {
  /// An answer of a known length up to this is taken from the service at once, so that a slow client keeps no connection
  /// to it.
  private static final int SMALL_BYTES = 16 * 1024;

  private static final byte[] NOTHING = {};

  private ServiceAnswers() {}

  /// The answer on its way to the client. It is closed when it does not get there.
  ///
  /// @param settings of the route
  /// @param headers that the client gets
  /// @param begun what was read of its body already
  /// @param head whether the request is one for headers alone
  static Answer relayed(
      RouteSettings settings,
      UpstreamAnswer answer,
      List<HeaderLine> headers,
      byte[] begun,
      boolean head)
      throws UpstreamFailure {
    boolean handedOn = false;
    try {
      if (answer.isSwitched()) {
        Answer tunnel = Answer.tunnel(headers, new ServiceTunnel(answer));
        handedOn = true;
        return tunnel;
      }
      OptionalLong length = answer.length();
      boolean small =
          begun.length == 0
              && !answer.isEarly()
              && length.isPresent()
              && length.getAsLong() <= SMALL_BYTES;
      if (small && answer.hasNoBody()) {
        return Answer.relayed(answer.status(), withAnnounced(headers, answer, head), NOTHING);
      }
      byte[] known = small ? whole(answer, (int) length.getAsLong()) : begun;
      if (small && answer.trailers().isEmpty()) {
        return Answer.relayed(answer.status(), headers, known);
      }
      Alterations changes = settings.answerHeaders();
      headers.addAll(Trailers.announced(answer.headers(), changes));
      Answer streamed =
          Answer.relayed(
              answer.status(), withLength(headers, answer), new Relay(answer, changes, known));
      handedOn = true;
      return streamed;
    } finally {
      if (!handedOn) {
        answer.close();
      }
    }
  }

  /// What the client gets of the headers of an answer.
  static List<HeaderLine> headers(RouteSettings settings, List<HeaderLine> all) {
    Set<String> named = HeaderFilter.named(all);
    Alterations changes = settings.answerHeaders();
    List<HeaderLine> headers = new ArrayList<>();
    for (HeaderLine header : all) {
      if (HeaderFilter.passesBack(header.name(), named, settings.forwardToken())
          && !HeaderFilter.setsOwn(header)
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
    // what stands behind it is known then
    answer.read(new byte[1], 0, 1);
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
