package dev.varve.lane.live;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a reader takes at once. Readers who have come equally far take the same one.
public final class FrameBatch {
  private final List<Frame> frames;
  private final long position;
  private volatile byte @Nullable [] bytes;

  /// @param position that the reader has read up to then
  FrameBatch(List<Frame> frames, long position) {
    this.frames = List.copyOf(frames);
    this.position = position;
  }

  public List<Frame> frames() {
    return frames;
  }

  long position() {
    return position;
  }

  /// What of it comes behind a place in the middle of its first unit.
  FrameBatch behind(FeedPosition place) {
    return new FrameBatch(
        frames.stream().filter(frame -> frame.notice().place().compareTo(place) > 0).toList(),
        position);
  }

  /// All frames as server-sent events, joined once for all who take them. Not to be changed.
  public byte[] bytes() {
    byte[] joined = bytes;
    if (joined == null) {
      joined = join();
      bytes = joined;
    }
    return joined;
  }

  private byte[] join() {
    if (frames.size() == 1) {
      return frames.getFirst().bytes();
    }
    byte[] joined = new byte[frames.stream().mapToInt(frame -> frame.bytes().length).sum()];
    int length = 0;
    for (Frame frame : frames) {
      System.arraycopy(frame.bytes(), 0, joined, length, frame.bytes().length);
      length += frame.bytes().length;
    }
    return joined;
  }
}
