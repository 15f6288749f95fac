package dev.varve.face.gateway.aggregate;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Handler;
import dev.varve.net.http.Request;
import dev.varve.net.http.Routes;
import dev.varve.net.limit.Quotas;
import dev.varve.net.limit.RateLimits;
import dev.varve.schema.RestNames;
import java.util.Objects;
import java.util.Optional;

/// A read that Varve answers itself: its handler is asked in process, by the same caller, under the limits and within the
/// bounds of a request of its own.
final class OwnRead implements Source {
  private static final String METHOD = "GET";

  private final Routes.Place place;
  private final Handler handler;
  private final RateLimits limits;
  private final int bytesMax;

  /// @param place where its path leads
  OwnRead(Routes.Place place, RateLimits limits, int bytesMax) {
    this.place = place;
    this.handler = Objects.requireNonNull(place.handler(METHOD));
    this.limits = limits;
    this.bytesMax = bytesMax;
  }

  String pattern() {
    return place.pattern();
  }

  @Override
  public Fetch fetch(
      String target, Optional<String> moment, Request request, Caller caller, Budget budget) {
    Quotas quotas = limits.quotas(METHOD, place.pattern());
    PartRequest part = new PartRequest(request, place, at(target, moment), quotas);
    return () -> {
      Answer answer =
          request.admitted(() -> {
            quotas.enter(part);
            return handler.handle(part);
          });
      byte[] body = answer.body();
      if (body.length > bytesMax) {
        throw new Problem(
            ErrorCode.UPSTREAM_FAILED,
            "It is larger than the %,d bytes that are taken of it".formatted(bytesMax));
      }
      budget.count(body.length);
      budget.hold(body.length);
      return new Fetched(body, body.length, answer.header(Aggregate.POSITION));
    };
  }

  private static String at(String target, Optional<String> moment) {
    return moment
        .map(text ->
            target
                + (target.indexOf('?') < 0 ? '?' : '&')
                + RestNames.AS_OF
                + '='
                + Template.encoded(text))
        .orElse(target);
  }
}
