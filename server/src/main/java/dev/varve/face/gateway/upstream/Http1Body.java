package dev.varve.face.gateway.upstream;

import java.nio.charset.StandardCharsets;

/// The body of a request over HTTP/1.1: as it is when its length is known, and in chunks otherwise (RFC 9112, section 7.1).
final class Http1Body implements BodySink {
  private static final byte[] LINE_END = {'\r', '\n'};
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Connection connection;
  private final Timeouts timeouts;
  private final boolean chunked;

  Http1Body(Connection connection, Timeouts timeouts, boolean chunked) {
    this.connection = connection;
    this.timeouts = timeouts;
    this.chunked = chunked;
  }

  @Override
  public void send(byte[] bytes, int offset, int length) throws UpstreamFailure {
    if (chunked) {
      int start = chunkHead(bytes, offset, length);
      System.arraycopy(LINE_END, 0, bytes, offset + length, LINE_END.length);
      write(bytes, start, offset - start + length + LINE_END.length);
    } else {
      write(bytes, offset, length);
    }
  }

  /// Writes the length of a chunk, in hexadecimal on a line of its own, in front of it.
  ///
  /// @return where it begins
  private static int chunkHead(byte[] bytes, int offset, int length) {
    byte[] digits = Integer.toHexString(length).getBytes(StandardCharsets.US_ASCII);
    int start = offset - LINE_END.length - digits.length;
    System.arraycopy(digits, 0, bytes, start, digits.length);
    System.arraycopy(LINE_END, 0, bytes, offset - LINE_END.length, LINE_END.length);
    return start;
  }

  @Override
  public void end() throws UpstreamFailure {
    if (chunked) {
      write(LAST_CHUNK, 0, LAST_CHUNK.length);
    }
  }

  private void write(byte[] bytes, int offset, int length) throws UpstreamFailure {
    connection.writeWithin(timeouts.idle());
    try {
      connection.write(bytes, offset, length);
    } finally {
      connection.written();
    }
  }

  @Override
  public void awaitAnswer() {
    connection.readWithin(Deadline.HEADERS, timeouts.headers());
  }

  @Override
  public void breakOff() {
    connection.close();
  }
}
