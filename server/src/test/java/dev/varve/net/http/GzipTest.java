package dev.varve.net.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GzipTest {
  /// Text with the redundancy of records, of any length.
  private static byte[] text(int length, long seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder(length + 64);
    while (text.length() < length) {
      text.append("{\"id\": ").append(random.nextInt(100_000)).append(", \"status\": \"PAID\"}, ");
    }
    text.setLength(length);
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] unpacked(byte[] gzip) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
      return in.readAllBytes();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 1_000, 65_535, 65_536, 65_537, 131_072, 1_000_000})
  void whatIsCompressedIsTheSameWhenItIsUnpacked(int length) throws IOException {
    byte[] plain = text(length, length);
    for (Gzip gzip : List.of(Gzip.QUICK, Gzip.THOROUGH)) {
      byte[] compressed = gzip.compress(plain).orElseThrow();
      assertThat(compressed).hasSizeLessThan(length);
      assertThat(unpacked(compressed)).isEqualTo(plain);
    }
  }

  @Test
  void whatSavesNothingStaysPlain() {
    byte[] noise = new byte[300_000];
    new Random(1).nextBytes(noise);
    assertThat(Gzip.QUICK.compress(noise)).isEmpty();
    assertThat(Gzip.QUICK.compress(new byte[0])).isEmpty();
    assertThat(Gzip.QUICK.compress("short".getBytes(StandardCharsets.US_ASCII))).isEmpty();
  }

  /// A compressor that gave up in the middle is used again.
  @Test
  void manyAtATimeDoNotMixTheirBytes() throws Exception {
    byte[] noise = new byte[100_000];
    new Random(2).nextBytes(noise);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Optional<byte[]>>> given = new ArrayList<>();
      List<Future<byte[]>> all = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        byte[] plain = text(10_000 + i * 1_000, i);
        given.add(threads.submit(() -> Gzip.QUICK.compress(noise)));
        all.add(threads.submit(() -> Gzip.QUICK.compress(plain).orElseThrow()));
      }
      for (int i = 0; i < all.size(); i++) {
        assertThat(given.get(i).get()).isEmpty();
        assertThat(unpacked(all.get(i).get())).isEqualTo(text(10_000 + i * 1_000, i));
      }
    }
  }
}
