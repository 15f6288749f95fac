package dev.varve.face.gateway;

import dev.varve.kernel.Patience;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A client that sends whatever a test says, byte by byte.
public final class RawClient implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;

  public RawClient(int port) throws IOException {
    this(port, InetAddress.getLoopbackAddress().getHostAddress());
  }

  /// @param from the address that it comes from, one of this machine's
  RawClient(int port, String from) throws IOException {
    this.socket =
        new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.ofLiteral(from), 0);
    this.socket.setSoTimeout(Patience.MILLIS);
    this.in = socket.getInputStream();
  }

  /// Sends all of it on a connection of its own, and gives what comes until the server closes it.
  static String exchange(int port, String request) throws IOException {
    try (RawClient client = new RawClient(port)) {
      client.send(request);
      return client.readToEnd();
    }
  }

  public void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  /// Up to and with the text.
  String readUntil(String end) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    while (!read.toString(StandardCharsets.ISO_8859_1).endsWith(end)) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      read.write(next);
    }
    return read.toString(StandardCharsets.ISO_8859_1);
  }

  public String readHead() throws IOException {
    return readUntil("\r\n\r\n");
  }

  byte[] read(int length) throws IOException {
    return in.readNBytes(length);
  }

  /// All that comes, whether the connection is closed or reset at its end.
  public String readToEnd() throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    try {
      in.transferTo(read);
    } catch (java.net.SocketException e) {
      // what came before the reset counts
    }
    return read.toString(StandardCharsets.ISO_8859_1);
  }

  InputStream in() {
    return in;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
