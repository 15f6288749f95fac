package dev.varve.face.gateway.resilience;

import dev.varve.net.http.Inlet;
import java.util.Arrays;

/// The body of a request, which can be read again from its start as long as little of it has been read: that much is kept.
/// Read by one thread at a time, which hands it on to the next.
public final class ReplayedBody implements Inlet {
  /// What is kept: as much as is sent with the headers at once.
  public static final int KEPT_BYTES_MAX = 16 * 1024;

  private static final byte[] NOTHING = {};

  private final Inlet body;
  private byte[] kept = NOTHING;
  private int position;
  private int length;
  private boolean lost;
  private boolean ended;

  public ReplayedBody(Inlet body) {
    this.body = body;
  }

  @Override
  public long length() {
    return body.length();
  }

  @Override
  public int read(byte[] into, int offset, int wanted) {
    if (position < length) {
      int given = Math.min(wanted, length - position);
      System.arraycopy(kept, position, into, offset, given);
      position += given;
      return given;
    }
    if (ended) {
      return -1;
    }
    int read = body.read(into, offset, wanted);
    if (read < 0) {
      ended = true;
    } else {
      keep(into, offset, read);
    }
    return read;
  }

  private void keep(byte[] from, int offset, int read) {
    if (lost || length + read > KEPT_BYTES_MAX) {
      lost = true;
      kept = NOTHING;
      length = 0;
      position = 0;
      return;
    }
    if (kept.length < length + read) {
      kept =
          Arrays.copyOf(kept, Math.max(length + read, Math.min(2 * kept.length, KEPT_BYTES_MAX)));
    }
    System.arraycopy(from, offset, kept, length, read);
    length += read;
    position = length;
  }

  /// Goes back to its start.
  ///
  /// @return whether that is possible: nothing was read that is not kept
  public boolean rewind() {
    position = 0;
    return !lost;
  }
}
