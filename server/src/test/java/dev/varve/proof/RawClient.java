package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Patience;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A connection of which a test sends every byte by itself, and reads only what it wants to.
final class RawClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 300;

  private final Socket socket = new Socket();
  private final OutputStream out;
  private final DataInputStream in;

  private RawClient(int port) throws IOException {
    // before it connects: so little is on its way to whoever does not read
    socket.setReceiveBufferSize(4_096);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(Patience.MILLIS);
    socket.setTcpNoDelay(true);
    this.out = socket.getOutputStream();
    this.in = new DataInputStream(socket.getInputStream());
  }

  static RawClient open(int port) throws IOException {
    return new RawClient(port);
  }

  /// Sends a request whose answer is left where it is.
  static RawClient get(int port, String target, String accept) throws IOException {
    RawClient client = new RawClient(port);
    client.send(
        "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept: %s\r\n\r\n".formatted(target, accept));
    return client;
  }

  /// A WebSocket of GraphQL that has begun.
  static RawClient socket(int port) throws IOException {
    RawClient client = new RawClient(port);
    client.send(
        """
        GET /graphql HTTP/1.1\r
        Host: localhost\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Protocol: graphql-transport-ws\r
        \r
        """);
    assertThat(client.head()).startsWith("HTTP/1.1 101 ");
    client.say("{\"type\": \"connection_init\"}");
    assertThat(client.heard()).contains("connection_ack");
    return client;
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.UTF_8));
  }

  void send(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /// Sends a message over a WebSocket.
  void say(String message) throws IOException {
    send(frame(0x81, message));
  }

  /// @param first byte of the frame: whether it is the last one, and its opcode
  static byte[] frame(int first, String payload) {
    byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(first);
    if (bytes.length < 126) {
      frame.write(0x80 | bytes.length);
    } else {
      frame.write(0x80 | 127);
      frame.writeBytes(ByteBuffer.allocate(8).putLong(bytes.length).array());
      if (bytes.length <= 0xffff) {
        frame.reset();
        frame.write(first);
        frame.write(0x80 | 126);
        frame.writeBytes(ByteBuffer.allocate(2).putShort((short) bytes.length).array());
      }
    }
    frame.writeBytes(new byte[4]);
    frame.writeBytes(bytes);
    return frame.toByteArray();
  }

  /// Takes much at a time from here on.
  RawClient reading() throws IOException {
    socket.setReceiveBufferSize(1 << 20);
    return this;
  }

  /// The next message of a WebSocket; `closed 1002` for its end.
  String heard() throws IOException {
    while (true) {
      int first = in.readUnsignedByte();
      int length = in.readUnsignedByte();
      if (length == 126) {
        length = in.readUnsignedShort();
      } else if (length == 127) {
        length = (int) in.readLong();
      }
      byte[] payload = in.readNBytes(length);
      if (first == 0x88) {
        return "closed " + ByteBuffer.wrap(payload).getShort();
      }
      if (first == 0x81) {
        return new String(payload, StandardCharsets.UTF_8);
      }
    }
  }

  /// The head of an answer.
  String head() throws IOException {
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        return head.toString();
      }
      head.append((char) next);
    }
    return head.toString();
  }

  /// The status of the answer to a GET whose body may have no end.
  static int status(int port, String target) throws IOException {
    try (RawClient client = get(port, target, "*/*")) {
      return Integer.parseInt(client.head().substring(9, 12));
    }
  }

  /// Reads what has come until the server closes the connection; whether it did, in the time.
  boolean isClosed() {
    byte[] buffer = new byte[64 * 1024];
    try {
      reading().socket.setSoTimeout(PATIENCE_MILLIS);
      while (in.read(buffer) >= 0) {
        // what was on its way
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
