package dev.varve.net.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.CloseConnectionException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is read at the beginning of a connection, and what is left behind it.
final class ProxyProtocolTest {
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
  private static final String REQUEST = "GET / HTTP/1.1";

  /// Gives the bytes in pieces of some length, as a network may.
  private static DataReader reader(byte[] bytes, int piece) {
    Deque<byte[]> pieces = new ArrayDeque<>();
    for (int from = 0; from < bytes.length; from += piece) {
      int length = Math.min(piece, bytes.length - from);
      byte[] next = new byte[length];
      System.arraycopy(bytes, from, next, 0, length);
      pieces.add(next);
    }
    return DataReader.create(pieces::poll);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static void reads(byte[] header, String client) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(header);
    all.writeBytes(ascii(REQUEST));
    for (int piece : new int[] {1, 7, 1_000}) {
      DataReader in = reader(all.toByteArray(), piece);
      assertThat(ProxyProtocol.client(in).orElse("nobody")).isEqualTo(client);
      assertThat(in.readAsciiString(REQUEST.length())).isEqualTo(REQUEST);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PROXY TCP4 192.0.2.7 192.0.2.1 4711 443, 192.0.2.7",
    "PROXY TCP6 2001:db8::7 ::1 4711 443, 2001:db8:0:0:0:0:0:7",
    "PROXY UNKNOWN, nobody",
    "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535, nobody",
  })
  void aLineNamesTheClient(String line, String client) {
    reads(ascii(line + "\r\n"), client);
  }

  @ParameterizedTest
  @CsvSource({
    "21 11 000c c0000207 c0000201 1267 01bb, 192.0.2.7",
    "21 11 0010 c0000207 c0000201 1267 01bb 04000100, 192.0.2.7",
    "21 21 0024 20010db8000000000000000000000007 00000000000000000000000000000001 1267 01bb, 2001:db8:0:0:0:0:0:7",
    "20 11 000c c0000207 c0000201 1267 01bb, nobody",
    "20 00 0000, nobody",
    "21 00 0002 abcd, nobody",
  })
  void bytesNameTheClient(String rest, String client) {
    reads(HexFormat.of().parseHex(SIGNATURE + rest.replace(" ", "")), client);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n",
        "XROXY TCP4 192.0.2.7 192.0.2.1 4711 443\r\n",
        "PROXY TCP4 192.0.2.7 192.0.2.1 4711\r\n",
        "PROXY TCP4 shop.example 192.0.2.1 4711 443\r\n",
        "PROXY UDP4 192.0.2.7 192.0.2.1 4711 443\r\n",
        "PROXY \r\n",
        "PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\n",
        "PROXY UNKNOWN aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n",
        "PROXY TCP4 192.0.2.7",
        "",
      })
  void anotherLineEndsTheConnection(String line) {
    assertThatThrownBy(() -> ProxyProtocol.client(reader(ascii(line), 1_000)))
        .isInstanceOf(CloseConnectionException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "11 11 000c c0000207 c0000201 1267 01bb",
        "22 11 000c c0000207 c0000201 1267 01bb",
        "21 11 000b c0000207 c0000201 1267 01",
        "21 21 000c c0000207 c0000201 1267 01bb",
        "21 11 ffff c0000207",
        "21 11 000c c0000207",
      })
  void otherBytesEndTheConnection(String rest) {
    byte[] header = HexFormat.of().parseHex(SIGNATURE + rest.replace(" ", ""));
    assertThatThrownBy(() -> ProxyProtocol.client(reader(header, 1_000)))
        .isInstanceOf(CloseConnectionException.class);
  }
}
