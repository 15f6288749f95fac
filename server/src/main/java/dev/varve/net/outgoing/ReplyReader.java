package dev.varve.net.outgoing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// Reads one answer of HTTP/1.1 (RFC 9112) from a connection that has no other, within a deadline and a number of bytes.
final class ReplyReader {
  // as long as the heads that this server takes itself
  private static final int HEAD_BYTES_MAX = 16_384;
  private static final int INTERIM_MAX = 4;
  private static final int CHUNK_SIZE_DIGITS_MAX = 8;

  private final Socket socket;
  private final InputStream in;
  private final OutgoingCalls.Deadline deadline;
  private final int bodyBytesMax;
  private final byte[] buffer = new byte[8_192];
  private int next;
  private int end;
  private int headBytes;

  ReplyReader(Socket socket, OutgoingCalls.Deadline deadline, int bodyBytesMax) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
    this.deadline = deadline;
    this.bodyBytesMax = bodyBytesMax;
  }

  Reply read() throws IOException, CallFailed {
    for (int i = 0; i <= INTERIM_MAX; i++) {
      int status = status(line());
      Map<String, String> headers = headers();
      if (status >= 200) {
        return new Reply(status, headers, body(status, headers));
      }
    }
    throw broken();
  }

  private static int status(String line) throws IOException {
    // HTTP/1.1 200 OK
    boolean wellFormed =
        line.length() >= 12
            && line.startsWith("HTTP/1.")
            && line.charAt(8) == ' '
            && line.substring(9, 12).chars().allMatch(c -> c >= '0' && c <= '9');
    if (!wellFormed) {
      throw broken();
    }
    return Integer.parseInt(line.substring(9, 12));
  }

  private Map<String, String> headers() throws IOException {
    Map<String, String> headers = new HashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon <= 0) {
        throw broken();
      }
      headers.merge(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip(),
          (some, more) -> some + ", " + more);
    }
    return headers;
  }

  private byte[] body(int status, Map<String, String> headers) throws IOException, CallFailed {
    if (status == 204 || status == 304) {
      return new byte[0];
    }
    if (!headers.getOrDefault("content-encoding", "identity").equalsIgnoreCase("identity")) {
      throw new CallFailed("it answers in a compressed form, which it was not asked for");
    }
    String coding = headers.get("transfer-encoding");
    if (coding != null) {
      if (!coding.equalsIgnoreCase("chunked")) {
        throw broken();
      }
      return chunked();
    }
    String length = headers.get("content-length");
    return length == null ? rest() : counted(length);
  }

  private byte[] counted(String length) throws IOException, CallFailed {
    if (length.isEmpty()
        || length.length() > 18
        || !length.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw broken();
    }
    requireRoom(Long.parseLong(length));
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    take(Integer.parseInt(length), body);
    return body.toByteArray();
  }

  private byte[] rest() throws IOException, CallFailed {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (fill()) {
      requireRoom((long) body.size() + end - next);
      body.write(buffer, next, end - next);
      next = end;
    }
    return body.toByteArray();
  }

  /// RFC 9112, section 7.1
  private byte[] chunked() throws IOException, CallFailed {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      int size = chunkSize(line());
      if (size == 0) {
        return body.toByteArray(); // what stands behind says nothing that is asked for
      }
      requireRoom((long) body.size() + size);
      take(size, body);
      if (!line().isEmpty()) {
        throw broken();
      }
    }
  }

  private static int chunkSize(String line) throws IOException {
    String digits = line.split(";", 2)[0].strip();
    try {
      int size = digits.length() <= CHUNK_SIZE_DIGITS_MAX ? Integer.parseInt(digits, 16) : -1;
      if (size >= 0 && digits.charAt(0) != '+' && digits.charAt(0) != '-') {
        return size;
      }
    } catch (NumberFormatException e) {
      throw broken();
    }
    throw broken();
  }

  private void requireRoom(long bytes) throws CallFailed {
    if (bytes > bodyBytesMax) {
      throw new CallFailed("its answer is larger than %,d bytes".formatted(bodyBytesMax));
    }
  }

  private void take(int count, ByteArrayOutputStream body) throws IOException {
    int left = count;
    while (left > 0) {
      if (!fill()) {
        throw broken();
      }
      int some = Math.min(left, end - next);
      body.write(buffer, next, some);
      next += some;
      left -= some;
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      if (!fill() || ++headBytes > HEAD_BYTES_MAX + bodyBytesMax) {
        throw broken();
      }
      byte b = buffer[next++];
      if (b == '\n') {
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
      }
      if (line.size() >= HEAD_BYTES_MAX) {
        throw broken();
      }
      line.write(b);
    }
  }

  /// @return whether there is something to read
  private boolean fill() throws IOException {
    if (next < end) {
      return true;
    }
    socket.setSoTimeout(deadline.millisLeft());
    int read = in.read(buffer);
    next = 0;
    end = Math.max(read, 0);
    return read > 0;
  }

  private static IOException broken() {
    return new IOException("The answer is not HTTP/1.1");
  }
}
