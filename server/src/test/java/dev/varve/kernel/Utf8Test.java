package dev.varve.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class Utf8Test {
  @Property
  void malformedSequencesAreFoundWhereTheStandardDecoderFindsThem(@ForAll("bytes") byte[] bytes) {
    assertThat(Utf8.firstMalformed(bytes, 0, bytes.length)).isEqualTo(decoded(bytes));
  }

  @Test
  void onlyTheGivenPartIsLookedAt() {
    byte[] bytes = {(byte) 0xff, 'a', (byte) 0xc3, (byte) 0xa9, (byte) 0xff};

    assertThat(Utf8.firstMalformed(bytes, 1, 4)).isEqualTo(-1);
    assertThat(Utf8.firstMalformed(bytes, 1, 3)).isEqualTo(2);
  }

  private static int decoded(byte[] bytes) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CoderResult result = decoder.decode(in, CharBuffer.allocate(bytes.length + 1), true);
    return result.isError() ? in.position() : -1;
  }

  /// Bytes at the edges of what RFC 3629 allows, mixed with runs of ASCII and whole characters.
  @Provide
  Arbitrary<byte[]> bytes() {
    Arbitrary<byte[]> edges =
        Arbitraries.of(
                0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef,
                0xf0, 0xf4, 0xf5, 0xff)
            .map(edge -> new byte[] {edge.byteValue()});
    Arbitrary<byte[]> whole =
        Arbitraries.of("a", "0123456789abcdef", "\u00e9", "\u20ac", "\ud83d\ude00")
            .map(text -> text.getBytes(StandardCharsets.UTF_8));
    return Arbitraries.oneOf(edges, whole).list().ofMaxSize(6).map(Utf8Test::joined);
  }

  private static byte[] joined(List<byte[]> parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    parts.forEach(out::writeBytes);
    return out.toByteArray();
  }
}
