package dev.varve.face.gateway.cache;

import dev.varve.face.gateway.upstream.UpstreamAnswer;
import dev.varve.face.gateway.upstream.UpstreamFailure;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/// The bodies that are read to be kept, bounded each and together: what is more is passed on as it comes.
final class Collecting {
  private static final int PIECE_BYTES = 16 * 1024;
  private static final byte[] NOTHING = {};

  private final int bodyBytesMax;
  private final long allBytesMax;
  private final AtomicLong held = new AtomicLong();

  /// @param allBytesMax of all that are being read at a time
  Collecting(int bodyBytesMax, long allBytesMax) {
    this.bodyBytesMax = bodyBytesMax;
    this.allBytesMax = allBytesMax;
  }

  /// What came of a body.
  ///
  /// @param whole whether that is all of it
  record Collected(byte[] bytes, boolean whole) {}

  Collected collect(UpstreamAnswer answer) throws UpstreamFailure {
    long length = answer.length().orElse(PIECE_BYTES);
    if (length > bodyBytesMax) {
      return new Collected(NOTHING, false);
    }
    long taken = 0;
    try {
      byte[] bytes = new byte[0];
      int filled = 0;
      int capacity = (int) length;
      while (true) {
        taken += capacity - bytes.length;
        if (held.addAndGet(capacity - bytes.length) > allBytesMax) {
          return new Collected(Arrays.copyOf(bytes, filled), false);
        }
        bytes = Arrays.copyOf(bytes, capacity);
        int read = fill(answer, bytes, filled);
        filled = Math.abs(read);
        if (read <= 0 || answer.length().isPresent()) {
          return new Collected(filled == bytes.length ? bytes : Arrays.copyOf(bytes, filled), true);
        }
        if (filled >= bodyBytesMax) {
          return new Collected(bytes, false);
        }
        capacity = Math.min(2 * capacity, bodyBytesMax);
      }
    } finally {
      held.addAndGet(-taken);
    }
  }

  /// Reads until there is no room left, or nothing more.
  ///
  /// @return how much there is; the negative of it at the end
  private static int fill(UpstreamAnswer answer, byte[] bytes, int from) throws UpstreamFailure {
    int filled = from;
    while (filled < bytes.length) {
      int read = answer.read(bytes, filled, bytes.length - filled);
      if (read < 0) {
        return -filled;
      }
      filled += read;
    }
    return filled;
  }
}
