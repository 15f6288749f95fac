package dev.varve.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/// A text as UTF-8, whatever its encoding in the file.
final class Utf8Input extends InputStream {
  private static final int CHARS_AT_ONCE = 8 * 1024;

  private final Reader text;
  // one more for the first half of a pair that the chunk before ended with
  private final char[] chars = new char[CHARS_AT_ONCE + 1];
  private int kept;
  private byte[] utf8 = new byte[0];
  private int at;

  private Utf8Input(Reader text) {
    this.text = text;
  }

  static InputStream of(CountedInput in) {
    return in.encoding().equals(StandardCharsets.UTF_8) ? in : new Utf8Input(new DecodedText(in));
  }

  @Override
  public int read() throws IOException {
    return fill() ? utf8[at++] & 0xff : -1;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, utf8.length - at);
    System.arraycopy(utf8, at, buffer, offset, count);
    at += count;
    return count;
  }

  private boolean fill() throws IOException {
    while (at == utf8.length) {
      int count = text.read(chars, kept, CHARS_AT_ONCE);
      if (count < 0) {
        return false;
      }
      int end = kept + count;
      kept = Character.isHighSurrogate(chars[end - 1]) ? 1 : 0;
      utf8 = new String(chars, 0, end - kept).getBytes(StandardCharsets.UTF_8);
      at = 0;
      chars[0] = chars[end - 1];
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    text.close();
  }
}
