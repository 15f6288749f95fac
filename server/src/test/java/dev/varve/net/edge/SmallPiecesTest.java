package dev.varve.net.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.net.http.Answer;
import dev.varve.net.http.Conversation;
import dev.varve.net.http.Routes;
import dev.varve.net.http.WebSocket;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients that do not stop sending what asks for nothing are told to, and closed.
@Timeout(120)
final class SmallPiecesTest {
  private static final int GO_AWAY = 7;
  private static final int ENHANCE_YOUR_CALM = 11;
  private static final int CLOSE_OF_WEBSOCKET = 0x88;
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};
  private static final byte[] PING = {0, 0, 8, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  private static final byte[] PONG_OVER_WEBSOCKET = {(byte) 0x8a, (byte) 0x80, 0, 0, 0, 0};

  private static final HttpFixture HTTP =
      new HttpFixture(
          Routes.builder()
              .post("/echo", request -> Answer.bytes(200, "text/plain", request.body("text/plain")))
              .webSocket("/talk", _ -> Answer.webSocket("silence", new Silence())));

  @AfterAll
  static void stop() {
    HTTP.close();
  }

  private static final class Silence implements Conversation {
    @Override
    public void opened(WebSocket socket) {
      // nothing to say
    }

    @Override
    public void heard(String text) {
      // nothing to answer
    }

    @Override
    public void closed() {
      // nothing to end
    }
  }

  @Test
  void anHttp2ConnectionOfPingsAloneIsToldToCalmDown() throws Exception {
    try (Socket socket = HTTP.socket()) {
      socket.getOutputStream().write(ascii(PREFACE));
      socket.getOutputStream().write(SETTINGS);
      sendWithoutEnd(socket, PING);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      assertThat(errorOfGoAway(in)).isEqualTo(ENHANCE_YOUR_CALM);
    }
  }

  private static int errorOfGoAway(DataInputStream in) throws IOException {
    while (true) {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      in.readNBytes(5);
      if (type == GO_AWAY) {
        in.readInt();
        return in.readInt();
      }
      in.readNBytes(length);
    }
  }

  @Test
  void aWebSocketOfPongsAloneIsClosed() throws Exception {
    try (Socket socket = HTTP.socket()) {
      socket
          .getOutputStream()
          .write(
              ascii(
                  "GET /talk HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"));
      DataInputStream in = new DataInputStream(socket.getInputStream());
      skipHead(in);
      sendWithoutEnd(socket, PONG_OVER_WEBSOCKET);
      assertThat(codeOfClose(in)).isEqualTo(1008);
    }
  }

  private static int codeOfClose(DataInputStream in) throws IOException {
    while (true) {
      boolean closes = in.readUnsignedByte() == CLOSE_OF_WEBSOCKET;
      int length = in.readUnsignedByte();
      if (closes) {
        return in.readUnsignedShort();
      }
      in.readNBytes(length);
    }
  }

  private static void skipHead(DataInputStream in) throws IOException {
    int ends = 0;
    while (ends < 4) {
      ends = in.readUnsignedByte() == (ends % 2 == 0 ? '\r' : '\n') ? ends + 1 : 0;
    }
  }

  @Test
  void aBodyOfChunksOfOneByteIsRefused() throws Exception {
    try (Socket socket = HTTP.socket()) {
      socket
          .getOutputStream()
          .write(
              ascii(
                  "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"));
      sendWithoutEnd(socket, ascii("1\r\nx\r\n"));
      byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 429".length());
      assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 429");
    }
  }

  @Test
  void aBodyOfAFewSmallChunksIsRead() throws Exception {
    try (Socket socket = HTTP.socket()) {
      String chunks = "1\r\nx\r\n".repeat(500) + "0\r\n\r\n";
      socket
          .getOutputStream()
          .write(
              ascii(
                  "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
                      + chunks));
      byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
      assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
    }
  }

  /// What is missing of the 24 bytes of a preface is not waited for (RFC 9113, section 3.4).
  @ParameterizedTest
  @ValueSource(strings = {"PRI * HTTP/2.0\r\n\r\nXX", "PRIX", "INVALID CONNECTION PREFACE\r\n\r\n"})
  void aConnectionThatBeginsLikeNoProtocolEndsAtOnce(String beginning) throws Exception {
    try (Socket socket = HTTP.socket()) {
      socket.getOutputStream().write(ascii(beginning));
      // what the server still says, and then the end; it would be a timeout if it waited for more
      socket.getInputStream().readAllBytes();
    }
  }

  private static void sendWithoutEnd(Socket socket, byte[] piece) {
    Thread.ofVirtual()
        .start(() -> {
          try {
            OutputStream out = socket.getOutputStream();
            while (true) {
              out.write(piece);
            }
          } catch (IOException e) {
            // it has been closed
          }
        });
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
