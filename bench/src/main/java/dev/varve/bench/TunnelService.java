package dev.varve.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A service that becomes a WebSocket for whoever asks, and sends back every byte that comes.
final class TunnelService {
  private static final int BACKLOG = 1_024;
  private static final byte[] AGREED =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);
  private static final int PIECE_BYTES = 512;

  private TunnelService() {}

  static void main() throws IOException {
    try (ServerSocket listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress())) {
      System.out.println("http://127.0.0.1:" + listener.getLocalPort());
      while (true) {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    }
  }

  private static void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = socket.getInputStream();
      Tunnels.readHead(in);
      socket.getOutputStream().write(AGREED);
      byte[] piece = new byte[PIECE_BYTES];
      for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
        socket.getOutputStream().write(piece, 0, length);
      }
    } catch (IOException e) {
      // the other end has gone
    }
  }
}
