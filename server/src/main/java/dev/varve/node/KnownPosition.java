package dev.varve.node;

import dev.varve.face.rest.Rest;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Handler;
import dev.varve.net.http.HeaderSection;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.store.follow.LogFollower;
import dev.varve.store.log.LogPlace;
import java.util.Optional;

/// The header `Varve-Position` of a request: the answer shows nothing older than the log at that position, at whichever node it is
/// asked for. Clients take it from an answer that they had, so that they read what they have written.
///
/// @param follower reads on to the position where it has not come to it
record KnownPosition(LogFollower follower) {
  Route around(Route route) {
    return new Route(
        route.method(), route.pattern(), new Reaching(this, route.handler()), route.about());
  }

  private record Reaching(KnownPosition known, Handler handler) implements Handler {
    @Override
    public Answer handle(Request request) {
      request.header(Rest.POSITION).ifPresent(known::require);
      return handler.handle(request);
    }

    @Override
    public Optional<Answer> refusal(Problem problem, HeaderSection asked) {
      return handler.refusal(problem, asked);
    }
  }

  private void require(String text) {
    LogPlace place = read(text);
    follower.epochs().require(place);
    long position = place.position();
    if (!follower.looksUpTo(position)) {
      throw new Problem(
          ErrorCode.STORAGE_UNAVAILABLE,
          "Whether the log has come to position %d cannot be looked up now: try again in a moment"
              .formatted(position));
    }
    if (follower.position() < position) {
      throw new Problem(
          ErrorCode.CONFLICT,
          "The header %s names position %d, and the log ends at %d: read without it, and go on from what you are told"
              .formatted(Rest.POSITION, position, follower.position()));
    }
  }

  private static LogPlace read(String text) {
    return LogPlace.of(text)
        .orElseThrow(() ->
            new Problem(
                ErrorCode.MALFORMED_REQUEST,
                "The header %s is no position of the log: send what an answer had there"
                    .formatted(Rest.POSITION)));
  }
}
