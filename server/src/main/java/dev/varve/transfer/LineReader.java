package dev.varve.transfer;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// Reads the lines of a file that have text, as UTF-8.
final class LineReader implements AutoCloseable {
  // a line is held in memory as a whole
  private static final int LINE_BYTES_MAX = 16 * 1024 * 1024;
  private static final int BUFFER_BYTES = 64 * 1024;

  private final CountedInput counted;
  private final InputStream input;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
  private long number;

  LineReader(CountedInput counted) {
    this.counted = counted;
    this.input = new BufferedInputStream(Utf8Input.of(counted), BUFFER_BYTES);
  }

  /// The number of the line that was read last, from 1.
  long number() {
    return number;
  }

  long bytesRead() {
    return counted.bytes();
  }

  /// The next line that is not blank, null at the end.
  byte @Nullable [] next() throws IOException {
    while (true) {
      line.reset();
      number++;
      int last = readLine();
      if (!line.toString(java.nio.charset.StandardCharsets.ISO_8859_1).isBlank()) {
        return line.toByteArray();
      }
      if (last < 0) {
        return null;
      }
    }
  }

  /// The byte that ended the line: a line feed, or -1 at the end of the file.
  private int readLine() throws IOException {
    int read = input.read();
    while (read >= 0 && read != '\n') {
      if (line.size() == LINE_BYTES_MAX) {
        throw new UnreadableFileException(
            number, "the line is longer than %d bytes".formatted(LINE_BYTES_MAX));
      }
      line.write(read);
      read = input.read();
    }
    return read;
  }

  @Override
  public void close() throws IOException {
    input.close();
  }
}
