package dev.varve.face.gateway.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.net.http.Inlet;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReplayedBodyTest {
  private static final int KEPT = ReplayedBody.KEPT_BYTES_MAX;

  /// A body whose pieces come as a network gives them.
  private record Pieces(ByteArrayInputStream in, Random random) implements Inlet {
    @Override
    public long length() {
      return UNKNOWN;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      return in.read(into, offset, 1 + random.nextInt(length));
    }
  }

  @ParameterizedTest(name = "{1} of {0} bytes read: it comes again: {2}")
  @CsvSource({
    "0, 0, true",
    "0, 1, true",
    "1, 1, true",
    "9, 4, true",
    "9, 10, true",
    "16384, 16384, true",
    "16384, 16385, true",
    "16385, 16384, true",
    "16385, 16385, false",
    "100000, 0, true",
    "100000, 10000, true",
    "100000, 16385, false",
    "100000, 100001, false"
  })
  void whatWasReadComesAgainAsLongAsItWasLittle(int length, int read, boolean again) {
    Random random = new Random(length * 31L + read);
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    ReplayedBody body = new ReplayedBody(new Pieces(new ByteArrayInputStream(bytes), random));
    take(body, read, random);

    assertThat(body.rewind()).isEqualTo(again);
    if (again) {
      // as often as need be
      take(body, Math.min(read, length) / 2, random);
      assertThat(body.rewind()).isTrue();
      assertThat(take(body, KEPT + length + 1, random)).isEqualTo(bytes);
    }
  }

  /// Reads so many bytes, or up to the end.
  private static byte[] take(ReplayedBody body, int wanted, Random random) {
    ByteArrayOutputStream taken = new ByteArrayOutputStream();
    byte[] piece = new byte[5_000];
    while (taken.size() < wanted) {
      int most = Math.min(1 + random.nextInt(piece.length), wanted - taken.size());
      int read = body.read(piece, 0, most);
      if (read < 0) {
        break;
      }
      taken.write(piece, 0, read);
    }
    return taken.toByteArray();
  }
}
