package dev.varve.face.gateway;

import dev.varve.kernel.Patience;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// Sends one request over HTTP/2 whose headers are whatever a test says: names and values go as they are, each as a literal
/// that nobody checks (RFC 7541, section 6.2.2).
final class RawHttp2 {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  // RFC 7541, appendix A
  private static final Map<String, Integer> INDEX =
      Map.of(":authority", 1, ":method", 2, ":path", 4, ":scheme", 6);
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RESET = 3;
  private static final int SETTINGS = 4;
  private static final int GO_AWAY = 7;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int STREAM = 1;

  private RawHttp2() {}

  /// Returns when the server has answered, or refused to.
  ///
  /// @return the frames that it sent, such as `4/0 1/4 0/1`: type and flags of each
  static String exchange(int port, List<Map.Entry<String, String>> headers, String data)
      throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(Patience.MILLIS);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.writeBytes(PREFACE);
      frame(out, SETTINGS, 0, 0, new byte[0]);
      int ends = data.isEmpty() ? END_STREAM : 0;
      frame(out, HEADERS, END_HEADERS | ends, STREAM, block(headers));
      if (!data.isEmpty()) {
        frame(out, DATA, END_STREAM, STREAM, data.getBytes(StandardCharsets.ISO_8859_1));
      }
      socket.getOutputStream().write(out.toByteArray());
      return frames(new DataInputStream(socket.getInputStream()));
    }
  }

  private static byte[] block(List<Map.Entry<String, String>> headers) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (Map.Entry<String, String> header : headers) {
      // of the static table, or 0 for a name that follows
      int index = INDEX.getOrDefault(header.getKey(), 0);
      block.write(index);
      if (index == 0) {
        text(block, header.getKey());
      }
      text(block, header.getValue());
    }
    return block.toByteArray();
  }

  /// One of up to 254 bytes, which is long enough here.
  private static void text(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length < 127) {
      out.write(bytes.length);
    } else {
      out.write(127);
      out.write(bytes.length - 127);
    }
    out.writeBytes(bytes);
  }

  private static void frame(
      ByteArrayOutputStream out, int type, int flags, int stream, byte[] payload) {
    out.write(payload.length >> 16);
    out.write(payload.length >> 8);
    out.write(payload.length);
    out.write(type);
    out.write(flags);
    out.writeBytes(new byte[] {0, 0, 0, (byte) stream});
    out.writeBytes(payload);
  }

  private static String frames(DataInputStream in) throws IOException {
    StringBuilder frames = new StringBuilder();
    try {
      while (true) {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        frames.append("%d/%d ".formatted(type, flags));
        if (type == GO_AWAY) {
          frames.append(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
        } else {
          in.skipNBytes(length);
        }
        boolean last =
            stream == STREAM
                && (type == RESET
                    || ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0));
        if (last || type == GO_AWAY) {
          return frames.toString();
        }
      }
    } catch (EOFException | SocketException closed) {
      return frames.toString();
    }
  }
}
