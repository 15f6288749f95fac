package dev.varve.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// The characters of a text file. Bytes that are none are refused, with their line, when all before them is read.
final class DecodedText extends Reader {
  // enough for a character beyond the basic plane
  private static final int CHARS_AT_ONCE_MIN = 2;
  private static final int BUFFER_BYTES = 64 * 1024;

  private final InputStream in;
  private final Charset encoding;
  private final CharsetDecoder decoder;
  private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER_BYTES).flip();
  private boolean ended;
  private boolean exhausted;
  private long line = 1;
  private boolean afterReturn;
  private long charsLeft = Long.MAX_VALUE;

  DecodedText(CountedInput in) {
    this(in, in.encoding());
  }

  private DecodedText(InputStream in, Charset encoding) {
    this.in = in;
    this.encoding = encoding;
    this.decoder = encoding.newDecoder();
  }

  /// More was read than whoever reads wants to hold.
  static final class BeyondLimitException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /// Gives so many more characters, and some that are on their way.
  void limit(long chars) {
    charsLeft = chars;
  }

  /// Whether whoever reads was told that there is no more.
  boolean exhausted() {
    return exhausted;
  }

  @Override
  public int read(char[] buffer, int offset, int length) throws IOException {
    if (length < CHARS_AT_ONCE_MIN) {
      throw new IllegalArgumentException("Read at least %d at once".formatted(CHARS_AT_ONCE_MIN));
    }
    if (charsLeft <= 0) {
      throw new BeyondLimitException();
    }
    CharBuffer out = CharBuffer.wrap(buffer, offset, length);
    while (true) {
      CoderResult result = decoder.decode(bytes, out, ended);
      int count = out.position() - offset;
      if (count > 0) {
        charsLeft -= count;
        countLines(buffer, offset, out.position());
        return count;
      }
      if (result.isError()) {
        throw wrong(result.length());
      }
      if (ended) {
        exhausted = true;
        return -1;
      }
      fill();
    }
  }

  private void fill() throws IOException {
    bytes.compact();
    int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
    ended = count < 0;
    bytes.position(bytes.position() + Math.max(count, 0));
    bytes.flip();
  }

  /// A line ends with a line feed, a carriage return, or both.
  private void countLines(char[] buffer, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = buffer[i];
      if (c == '\n') {
        line += afterReturn ? 0 : 1;
        afterReturn = false;
      } else {
        afterReturn = c == '\r';
        line += afterReturn ? 1 : 0;
      }
    }
  }

  private UnreadableFileException wrong(int length) {
    String hex =
        HexFormat.ofDelimiter(" ")
            .withUpperCase()
            .formatHex(bytes.array(), bytes.position(), bytes.position() + length);
    return new UnreadableFileException(
        line,
        "the %s %s no text in %s. %s"
            .formatted(
                length == 1 ? "byte" : "bytes",
                hex + (length == 1 ? " is" : " are"),
                encoding.name(),
                encoding.equals(StandardCharsets.UTF_8)
                    ? "Save the file as UTF-8, or name its encoding, such as --encoding windows-1252"
                    : "Name the encoding of the file with --encoding"));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
