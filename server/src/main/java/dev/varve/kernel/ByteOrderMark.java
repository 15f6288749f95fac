package dev.varve.kernel;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/// The character U+FEFF that some editors leave at the start of a text, and the encoding that its bytes tell (The
/// Unicode Standard 16.0, section 23.8). It is no part of the text.
public enum ByteOrderMark {
  // before those of UTF-16, of which one is the beginning of this one
  UTF_32LE(StandardCharsets.UTF_32LE),
  UTF_32BE(StandardCharsets.UTF_32BE),
  UTF_16LE(StandardCharsets.UTF_16LE),
  UTF_16BE(StandardCharsets.UTF_16BE),
  UTF_8(StandardCharsets.UTF_8),
  /// The text begins at once.
  NONE(StandardCharsets.UTF_8, new byte[0]);

  /// The mark as a character of a text that is decoded already.
  public static final char CHARACTER = '\uFEFF';

  /// No mark is longer.
  public static final int BYTES_MAX = 4;

  private final Charset encoding;

  @SuppressWarnings("ImmutableEnumChecker") // nobody gets hold of it
  private final byte[] bytes;

  ByteOrderMark(Charset encoding) {
    this(encoding, String.valueOf(CHARACTER).getBytes(encoding));
  }

  ByteOrderMark(Charset encoding, byte[] bytes) {
    this.encoding = encoding;
    this.bytes = bytes;
  }

  /// The mark at the start of a text.
  public static ByteOrderMark of(byte[] text) {
    for (ByteOrderMark mark : values()) {
      if (mark.starts(text, 0, text.length)) {
        return mark;
      }
    }
    return NONE;
  }

  /// Whether the text in a part of an array starts with this mark.
  public boolean starts(byte[] text, int offset, int length) {
    if (length < bytes.length) {
      return false;
    }
    for (int i = 0; i < bytes.length; i++) {
      if (text[offset + i] != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  /// How many bytes it takes.
  public int length() {
    return bytes.length;
  }

  /// How a text that starts with it is encoded; UTF-8, the encoding of the Web, when there is none.
  public Charset encoding() {
    return encoding;
  }
}
