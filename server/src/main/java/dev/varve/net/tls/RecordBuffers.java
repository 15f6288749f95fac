package dev.varve.net.tls;

import java.util.concurrent.ArrayBlockingQueue;

/// Buffers for records of TLS, lent for one write: JSSE wants the largest one for the smallest record, and connections
/// that wait need none.
public final class RecordBuffers {
  // what JSSE asks for: a record of RFC 8446 with the most that a suite adds to it, and some more
  private static final int BYTES = 16_384 + 512;

  // as many as are written at the same time on a busy machine; more are made when needed, and not
  // kept
  private static final int KEPT_MAX = 128;

  private final ArrayBlockingQueue<byte[]> free = new ArrayBlockingQueue<>(KEPT_MAX);

  byte[] take() {
    byte[] kept = free.poll();
    return kept == null ? new byte[BYTES] : kept;
  }

  void giveBack(byte[] buffer) {
    free.offer(buffer);
  }
}
