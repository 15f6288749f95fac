package dev.varve.face.gateway;

import dev.varve.face.gateway.SoakUpstream.Deed;
import dev.varve.kernel.Patience;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/// A client of the soak. It sends one request after the other over a connection that stays, and now and then goes in the
/// middle of one.
final class SoakClient implements AutoCloseable {
  private final int port;
  private Socket socket = new Socket();
  private InputStream in = InputStream.nullInputStream();

  SoakClient(int port) {
    this.port = port;
  }

  /// What came of a request.
  sealed interface Outcome {}

  record Answered(int status, String body) implements Outcome {}

  /// The connection ended within the answer.
  record BrokenOff(String why) implements Outcome {}

  /// @param body how many bytes it has
  record Wish(String method, String route, Deed deed, int number, int body) {
    private byte[] bytes() {
      String letters = String.valueOf(SoakUpstream.letter(number)).repeat(body);
      String length = body > 0 ? "Content-Length: " + body + "\r\n" : "";
      return "%s /%s/%s/%d HTTP/1.1\r\nHost: x\r\n%s\r\n%s"
          .formatted(method, route, deed, number, length, letters)
          .getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  Outcome send(Wish wish) throws IOException {
    connect();
    String why = "";
    try {
      socket.getOutputStream().write(wish.bytes());
    } catch (IOException e) {
      // there may be an answer all the same
      why = "while it was sent: " + e.getMessage() + "; ";
    }
    try {
      return answer();
    } catch (IOException e) {
      socket.close();
      return new BrokenOff(why + e.getMessage());
    }
  }

  /// Sends a part of a request, or all of it and takes a part of the answer, and goes.
  void leaveWithin(Wish wish, Random random) throws IOException {
    connect();
    byte[] bytes = wish.bytes();
    try {
      if (random.nextBoolean()) {
        socket.getOutputStream().write(bytes, 0, 1 + random.nextInt(bytes.length));
      } else {
        socket.getOutputStream().write(bytes);
        in.read(new byte[1 + random.nextInt(300)]);
      }
      if (random.nextBoolean()) {
        socket.setSoLinger(true, 0);
      }
    } catch (IOException e) {
      // the server was faster
    }
    socket.close();
  }

  /// Becomes a WebSocket, says something, and goes.
  ///
  /// @return the status
  int talk(int number) throws IOException {
    connect();
    String ask =
        "GET /one/ECHO/%d HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            .formatted(number);
    socket.getOutputStream().write(ask.getBytes(StandardCharsets.ISO_8859_1));
    String head = head();
    int status = status(head);
    if (status == 101) {
      byte[] said = "hello".getBytes(StandardCharsets.ISO_8859_1);
      socket.getOutputStream().write(said);
      if (!Arrays.equals(in.readNBytes(said.length), said)) {
        throw new IOException("The echo is another");
      }
    }
    socket.close();
    return status;
  }

  private void connect() throws IOException {
    if (socket.isClosed() || !socket.isConnected()) {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(Patience.MILLIS);
      in = new BufferedInputStream(socket.getInputStream());
    }
  }

  private Outcome answer() throws IOException {
    String head = head();
    String small = head.toLowerCase(Locale.ROOT);
    int status = status(head);
    String body =
        small.contains("\r\ntransfer-encoding: chunked\r\n")
            ? chunks()
            : exactly(Math.max(0, length(small)));
    if (small.contains("\r\nconnection: close\r\n")) {
      socket.close();
    }
    return new Answered(status, body);
  }

  private static int status(String head) {
    return Integer.parseInt(head.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
  }

  private static int length(String small) {
    String name = "\r\ncontent-length: ";
    int at = small.indexOf(name);
    return at < 0
        ? 0
        : Integer.parseInt(small.substring(at + name.length(), small.indexOf('\r', at + 2)));
  }

  private String head() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
      head.append((char) next());
    }
    return head.toString();
  }

  private String chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      StringBuilder size = new StringBuilder();
      for (int next = next(); next != '\n'; next = next()) {
        size.append((char) next);
      }
      int length = Integer.parseInt(size.toString().strip(), 16);
      body.writeBytes(exactly(length).getBytes(StandardCharsets.ISO_8859_1));
      exactly(2);
      if (length == 0) {
        return body.toString(StandardCharsets.ISO_8859_1);
      }
    }
  }

  private String exactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new IOException("broken off");
    }
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private int next() throws IOException {
    int next = in.read();
    if (next < 0) {
      throw new IOException("broken off");
    }
    return next;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
