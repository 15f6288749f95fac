package dev.varve.lane.live;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where a reader of the feed has come to: behind a whole unit of the log, or behind one change of it.
///
/// @param position of the unit
/// @param index of the change within the unit, from 0; [#WHOLE] for behind all of them
public record FeedPosition(long position, int index) implements Comparable<FeedPosition> {
  static final int WHOLE = Integer.MAX_VALUE;
  private static final Pattern TEXT = Pattern.compile("(\\d{1,18})(?:\\.(\\d{1,9}))?");

  /// Behind a whole unit; behind the start of the log for 0.
  public static FeedPosition behind(long position) {
    return new FeedPosition(position, WHOLE);
  }

  /// What `4711` or `4711.2` names.
  public static Optional<FeedPosition> of(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long position = Long.parseLong(matcher.group(1));
    String index = matcher.group(2);
    return Optional.of(
        index == null || position == 0
            ? behind(position)
            : new FeedPosition(position, Integer.parseInt(index)));
  }

  /// The last position of which everything has been read.
  long positionDone() {
    return index == WHOLE ? position : position - 1;
  }

  /// As ids of events write it.
  public String text() {
    return index == WHOLE ? Long.toString(position) : position + "." + index;
  }

  @Override
  public int compareTo(FeedPosition other) {
    int byPosition = Long.compare(position, other.position);
    return byPosition != 0 ? byPosition : Integer.compare(index, other.index);
  }
}
