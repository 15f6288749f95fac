package dev.varve.kernel;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// Makes ids: UUID version 7 (RFC 9562, section 5.7), so that new records lie side by side in an index.
public final class Ids implements Supplier<String> {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);
  private static final int LENGTH = 36;

  private final Clock clock;
  private final RandomGenerator random;

  public Ids(Clock clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  @Override
  public String get() {
    byte[] tail = new byte[10];
    random.nextBytes(tail);
    tail[0] = (byte) ((tail[0] & 0x0f) | 0x70);
    tail[2] = (byte) ((tail[2] & 0x3f) | 0x80);
    long millis = clock.millis();
    byte[] id = new byte[LENGTH];
    for (int i = 0; i < 6; i++) {
      // the hyphen stands behind the fourth byte
      write((byte) (millis >>> (40 - 8 * i)), id, i < 4 ? 2 * i : 2 * i + 1);
    }
    for (int i = 0; i < tail.length; i++) {
      write(tail[i], id, i < 2 ? 14 + 2 * i : i < 4 ? 15 + 2 * i : 16 + 2 * i);
    }
    id[8] = id[13] = id[18] = id[23] = '-';
    return new String(id, StandardCharsets.ISO_8859_1);
  }

  private static void write(byte value, byte[] id, int at) {
    id[at] = HEX[(value >> 4) & 0x0f];
    id[at + 1] = HEX[value & 0x0f];
  }
}
