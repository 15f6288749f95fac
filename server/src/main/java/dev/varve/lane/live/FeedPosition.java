package dev.varve.lane.live;

import dev.varve.store.log.LogPlace;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where a reader of the feed has come to: behind a whole unit of the log, or behind one change of it.
///
/// @param unit at which position, and in which epoch of the log
/// @param index of the change within the unit, from 0; [#WHOLE] for behind all of them
public record FeedPosition(LogPlace unit, int index) implements Comparable<FeedPosition> {
  static final int WHOLE = Integer.MAX_VALUE;
  private static final Pattern TEXT = Pattern.compile("([\\d:]+)(?:\\.(\\d{1,9}))?");

  /// Behind a whole unit of the log as it is now; behind the start of the log for 0.
  public static FeedPosition behind(long position) {
    return behind(LogPlace.now(position));
  }

  static FeedPosition behind(LogPlace unit) {
    return new FeedPosition(unit, WHOLE);
  }

  /// What `4711` or `4711.2` names, or `2:4711.2`.
  public static Optional<FeedPosition> of(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String index = matcher.group(2);
    return LogPlace.of(matcher.group(1))
        .map(unit ->
            index == null || unit.position() == 0
                ? behind(unit)
                : new FeedPosition(unit, Integer.parseInt(index)));
  }

  public long position() {
    return unit.position();
  }

  /// The same place in another epoch, which has that unit too.
  FeedPosition in(long epoch) {
    return new FeedPosition(new LogPlace(epoch, position()), index);
  }

  /// The last position of which everything has been read.
  long positionDone() {
    return index == WHOLE ? position() : position() - 1;
  }

  /// As ids of events write it.
  public String text() {
    String number = Long.toString(position());
    return LogPlace.text(unit.epoch(), index == WHOLE ? number : number + "." + index);
  }

  @Override
  public int compareTo(FeedPosition other) {
    int byPosition = Long.compare(position(), other.position());
    return byPosition != 0 ? byPosition : Integer.compare(index, other.index);
  }
}
