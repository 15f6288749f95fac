package dev.varve.transfer;

import dev.varve.kernel.ByteOrderMark;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The bytes of a text file after its byte order mark, counted as they are read.
final class CountedInput extends FilterInputStream {
  private final Charset encoding;
  private long bytes;

  private CountedInput(InputStream in, ByteOrderMark mark, Charset encoding) {
    super(in);
    this.encoding = encoding;
    this.bytes = mark.length();
  }

  /// Opens a file.
  ///
  /// @param named the encoding that the caller named; a byte order mark knows better
  /// @throws UnreadableFileException when nobody named the encoding and it is none of those that are tried
  static CountedInput open(Path file, Optional<Charset> named) throws IOException {
    PushbackInputStream in =
        new PushbackInputStream(Files.newInputStream(file), ByteOrderMark.BYTES_MAX);
    try {
      byte[] start = in.readNBytes(ByteOrderMark.BYTES_MAX);
      ByteOrderMark mark = ByteOrderMark.of(start);
      in.unread(start, mark.length(), start.length - mark.length());
      if (mark != ByteOrderMark.NONE) {
        return new CountedInput(in, mark, mark.encoding());
      }
      if (named.isEmpty()) {
        refuseZeros(start);
      }
      return new CountedInput(in, mark, named.orElse(mark.encoding()));
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /// No text starts with the character U+0000; half of what is ASCII in UTF-16 are zeros.
  private static void refuseZeros(byte[] start) throws UnreadableFileException {
    for (int i = 0; i < start.length; i++) {
      if (start[i] == 0) {
        throw new UnreadableFileException(
            1,
            "the text has zeros between its letters and no byte order mark: name its encoding with --encoding %s"
                .formatted(i % 2 == 0 ? "UTF-16BE" : "UTF-16LE"));
      }
    }
  }

  /// How the text is encoded.
  Charset encoding() {
    return encoding;
  }

  long bytes() {
    return bytes;
  }

  @Override
  public int read() throws IOException {
    int value = super.read();
    bytes += value < 0 ? 0 : 1;
    return value;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int count = super.read(buffer, offset, length);
    bytes += Math.max(count, 0);
    return count;
  }

  @Override
  public long skip(long count) throws IOException {
    long skipped = super.skip(count);
    bytes += skipped;
    return skipped;
  }
}
