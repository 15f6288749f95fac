package dev.varve.kernel;

import java.time.Clock;
import java.util.HexFormat;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// Makes ids: UUID version 7 (RFC 9562, section 5.7), so that new records lie side by side in an index.
public final class Ids implements Supplier<String> {
  private static final HexFormat HEX = HexFormat.of();

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
    StringBuilder id = new StringBuilder(36);
    id.append(HEX.toHexDigits(millis >>> 16, 8)).append('-');
    id.append(HEX.toHexDigits(millis & 0xffff, 4)).append('-');
    HEX.formatHex(id, tail, 0, 2).append('-');
    HEX.formatHex(id, tail, 2, 4).append('-');
    HEX.formatHex(id, tail, 4, 10);
    return id.toString();
  }
}
