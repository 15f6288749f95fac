package dev.varve.transfer;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// Counts the bytes that were read.
final class CountedInput extends FilterInputStream {
  private static final int MARK_LENGTH = 3;

  private long bytes;

  private CountedInput(InputStream in) {
    super(in);
  }

  static CountedInput open(Path file) throws IOException {
    return new CountedInput(Files.newInputStream(file));
  }

  long bytes() {
    return bytes;
  }

  /// The same without the byte order mark that some editors leave at the start of UTF-8.
  InputStream withoutMark() throws IOException {
    PushbackInputStream text = new PushbackInputStream(this, MARK_LENGTH);
    byte[] start = text.readNBytes(MARK_LENGTH);
    boolean mark =
        start.length == MARK_LENGTH
            && start[0] == (byte) 0xef
            && start[1] == (byte) 0xbb
            && start[2] == (byte) 0xbf;
    if (!mark) {
      text.unread(start);
    }
    return text;
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
