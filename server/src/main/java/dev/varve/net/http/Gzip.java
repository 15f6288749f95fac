package dev.varve.net.http;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/// Compresses bytes that are there as a whole (RFC 1952).
///
/// A [Deflater] holds a quarter of a megabyte outside of the heap until it is ended, and costs more to make than a small
/// body costs to compress. A few are kept and used again; further ones are ended at once.
public final class Gzip {
  // as many as can compress at a time, and no more than a small machine can spare
  private static final int KEPT_MAX = Math.min(16, Runtime.getRuntime().availableProcessors() * 2);
  // after each piece others get their turn: a thread that only computes yields to nobody by itself
  private static final int PIECE_BYTES = 64 * 1024;
  // what saves less than a tenth, such as a picture, is not worth unpacking
  private static final int TENTHS_WORTHWHILE = 9;
  private static final int TRAILER_BYTES = 8;
  // no name, no time, an unknown system: equal bytes compress to equal bytes
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

  /// For what is compressed once and sent often.
  public static final Gzip THOROUGH = new Gzip(Deflater.BEST_COMPRESSION);

  /// For what is sent once.
  public static final Gzip QUICK = new Gzip(Deflater.BEST_SPEED);

  private final int level;
  private final BlockingQueue<Deflater> idle = new ArrayBlockingQueue<>(KEPT_MAX);

  private Gzip(int level) {
    this.level = level;
  }

  /// The compressed form; absent when it would save less than a tenth.
  public Optional<byte[]> compress(byte[] plain) {
    Deflater kept = idle.poll();
    Deflater deflater = kept == null ? new Deflater(level, true) : kept;
    try {
      return Optional.ofNullable(compress(deflater, plain));
    } finally {
      deflater.reset();
      if (!idle.offer(deflater)) {
        deflater.end();
      }
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // see PIECE_BYTES
  private static byte @Nullable [] compress(Deflater deflater, byte[] plain) {
    int bytesMax = (int) ((long) plain.length * TENTHS_WORTHWHILE / 10);
    byte[] out = new byte[Math.max(bytesMax / 4, PIECE_BYTES / 64)];
    System.arraycopy(HEADER, 0, out, 0, HEADER.length);
    int length = HEADER.length;
    int taken = 0;
    while (!deflater.finished()) {
      if (deflater.needsInput() && taken < plain.length) {
        int piece = Math.min(PIECE_BYTES, plain.length - taken);
        deflater.setInput(plain, taken, piece);
        taken += piece;
        if (taken == plain.length) {
          deflater.finish();
        } else {
          Thread.yield();
        }
      } else if (plain.length == 0) {
        deflater.finish();
      }
      if (length + TRAILER_BYTES >= out.length) {
        out = Arrays.copyOf(out, out.length * 2);
      }
      length += deflater.deflate(out, length, out.length - length - TRAILER_BYTES);
      if (length + TRAILER_BYTES > bytesMax) {
        return null;
      }
    }
    return finished(out, length, plain);
  }

  private static byte[] finished(byte[] out, int length, byte[] plain) {
    CRC32 checksum = new CRC32();
    checksum.update(plain);
    ByteBuffer.wrap(out)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(length, (int) checksum.getValue())
        .putInt(length + 4, plain.length);
    return Arrays.copyOf(out, length + TRAILER_BYTES);
  }
}
