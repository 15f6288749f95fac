package dev.varve.bench;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Many WebSockets at one server, in a process of their own. It does what it is told, line by line:
///
/// ```
/// open 500    makes more until there are 500, and says how many there are
/// talk        sends a message over each of them and waits until it is back; says how long one took, in nanoseconds
/// ```
final class Tunnels {
  /// An address has 28,000 ports to come from, and a network has its share of a server: these are so many networks.
  private static final int ADDRESSES = 8;

  private static final byte[] ASK =
      "GET /echo HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);
  // a text of five letters, masked with zeros (RFC 6455, section 5.2)
  private static final byte[] MESSAGE = {
    (byte) 0x81, (byte) 0x85, 0, 0, 0, 0, 'h', 'e', 'l', 'l', 'o'
  };

  private final int port;
  private final List<Socket> open = new ArrayList<>();

  private Tunnels(int port) {
    this.port = port;
  }

  /// @param arguments the port of the server
  static void main(String[] arguments) throws IOException {
    Tunnels tunnels = new Tunnels(Integer.parseInt(arguments[0]));
    BufferedReader told =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = told.readLine(); line != null; line = told.readLine()) {
      String[] words = line.split(" ", 2);
      System.out.println(
          words[0].equals("open") ? tunnels.open(Integer.parseInt(words[1])) : tunnels.talk());
    }
  }

  private long open(int count) throws IOException {
    while (open.size() < count) {
      InetAddress from = InetAddress.ofLiteral("127.0.0." + (2 + open.size() % ADDRESSES));
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port, from, 0);
      socket.setTcpNoDelay(true);
      open.add(socket);
      socket.getOutputStream().write(ASK);
      String head = readHead(socket.getInputStream());
      if (!head.startsWith("HTTP/1.1 101 ")) {
        throw new IOException("WebSocket %d got: %s".formatted(open.size(), head));
      }
    }
    return open.size();
  }

  private long talk() throws IOException {
    long start = System.nanoTime();
    for (Socket socket : open) {
      socket.getOutputStream().write(MESSAGE);
      if (!Arrays.equals(socket.getInputStream().readNBytes(MESSAGE.length), MESSAGE)) {
        throw new EOFException("A WebSocket has ended");
      }
    }
    return (System.nanoTime() - start) / open.size();
  }

  /// Up to and with the empty line.
  static String readHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("Closed after: " + head);
      }
      head.append((char) next);
    }
    return head.toString();
  }
}
