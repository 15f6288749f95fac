package dev.varve.lane.query;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.kernel.RequestPart;
import dev.varve.lane.access.Moment;
import dev.varve.store.log.LogPlace;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/// A moment that somebody asks about, and when they do.
///
/// @param now the time of the request
/// @param atInstant the log position that the instant names which is asked about; empty when it is no instant
record AskedMoment(Moment moment, Instant now, OptionalLong atInstant) {
  /// @throws Problem with INVALID_INSTANT when it names an instant after `now`, with POSITION_LOST when the log has the position no
  ///     more
  static AskedMoment of(Moment moment, Instant now, AsOf asOf) {
    if (moment instanceof Moment.AtPosition(LogPlace place)) {
      asOf.epochs().require(place);
    }
    return new AskedMoment(
        moment,
        now,
        moment instanceof Moment.AtInstant(Instant instant)
            ? OptionalLong.of(asOf.positionAt(requirePast(instant, now)))
            : OptionalLong.empty());
  }

  /// The log position whose state is asked about; empty for the state as it is.
  ///
  /// @param head gives the end of the log, where that matters
  /// @throws Problem with INVALID_INSTANT when it names a position beyond that
  OptionalLong position(LongSupplier head) {
    return switch (moment) {
      case Moment.Now _ -> OptionalLong.empty();
      case Moment.AtInstant _ -> atInstant;
      case Moment.AtPosition at -> OptionalLong.of(requireReached(at.position(), head.getAsLong()));
    };
  }

  boolean isPast() {
    return !(moment instanceof Moment.Now);
  }

  private static Instant requirePast(Instant instant, Instant now) {
    if (instant.isAfter(now)) {
      throw inTheFuture("%s is after now, %s".formatted(instant, now));
    }
    return instant;
  }

  private static long requireReached(long position, long head) {
    if (position > head) {
      throw inTheFuture("the log ends at position %d, before %d".formatted(head, position));
    }
    return position;
  }

  private static Problem inTheFuture(String reason) {
    return Problem.of(ErrorCode.INVALID_INSTANT, RequestPart.MOMENT, "is in the future: " + reason);
  }
}
