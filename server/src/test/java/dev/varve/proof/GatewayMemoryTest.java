package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.gateway.FaultyUpstream;
import dev.varve.kernel.Patience;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Bodies that are far larger than the heap of the gateway that they go through: half a gibibyte each way, so that every build has
/// the time for it; `-Dvarve.bodies.mebibytes=2048` asks for two.
final class GatewayMemoryTest {
  private static final long MEBIBYTES = Long.getLong("varve.bodies.mebibytes", 512);
  private static final int PIECE_BYTES = 256 * 1024;
  private static final long PIECES = MEBIBYTES * 1024 * 1024 / PIECE_BYTES;
  private static final int MEBIBYTE = 1024 * 1024;

  // what the process has beside its heap: code, threads, the buffers of its sockets
  private static final long OUTSIDE_HEAP_BYTES = 200L * MEBIBYTE;

  @TempDir Path folder;

  @Test
  void bodiesInBothDirectionsAtOnceTakeNoMoreThanASmallHeap() throws Exception {
    CompletableFuture<Long> taken = new CompletableFuture<>();
    long expected = sum();
    try (FaultyUpstream service =
            FaultyUpstream.start(call -> {
              if (call.readHead().startsWith("POST")) {
                taken.complete(sumOf(call.input()));
                call.write("HTTP/1.1 204 No Content\r\n\r\n");
              } else {
                call.write(
                    "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
                        .formatted(PIECES * PIECE_BYTES));
                send(call.output());
              }
              call.readToEnd();
            });
        ServerProcess server = serve(service.url())) {
      long idle = server.heapBytes();
      Thread sender = Thread.ofVirtual().start(() -> upload(server.port()));
      assertThat(download(server.port())).as("what came").isEqualTo(expected);
      assertThat(taken.get(Patience.SECONDS, TimeUnit.SECONDS)).as("what went").isEqualTo(expected);
      sender.join();

      assertThat(server.peakBytes()).isLessThan(128L * MEBIBYTE + OUTSIDE_HEAP_BYTES);
      assertThat(server.heapBytes()).isLessThan(idle + 16L * MEBIBYTE);
      assertThat(server.send("GET", "/health/live", "").statusCode()).isEqualTo(200);
    }
  }

  private ServerProcess serve(String url) throws IOException {
    Path app = Files.createDirectories(folder.resolve("app"));
    Files.writeString(
        app.resolve("schema.graphql"),
        "type Note @model @auth(rules: [{allow: public}]) { text: String! }");
    Files.writeString(
        app.resolve("varve.yaml"),
        """
        gateway:
          services:
            files: {urls: ["%s"]}
          routes:
            - {path: /files/**, to: files, allow: public}
        """
            .formatted(url));
    return ServerProcess.serve(app, folder.resolve("data"), "-Xmx128m");
  }

  private static void upload(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      write(
          socket.getOutputStream(),
          "POST /files/up HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
              .formatted(PIECES * PIECE_BYTES));
      send(socket.getOutputStream());
      assertThat(head(socket.getInputStream())).contains(" 204 ");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static long download(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      write(socket.getOutputStream(), "GET /files/down HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(head(socket.getInputStream())).contains(" 200 ");
      return sumOf(socket.getInputStream());
    }
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("closed within the headers: " + head);
      }
      head.append((char) next);
    }
    return head.toString();
  }

  /// Each piece says which it is, so that none is lost, doubled or swapped unseen.
  private static void send(OutputStream out) throws IOException {
    byte[] piece = new byte[PIECE_BYTES];
    for (long i = 0; i < PIECES; i++) {
      number(piece, i);
      out.write(piece);
    }
  }

  private static void number(byte[] piece, long number) {
    for (int i = 0; i < Long.BYTES; i++) {
      piece[i] = (byte) (number >>> (i * Byte.SIZE));
    }
  }

  private static long sum() {
    CRC32C sum = new CRC32C();
    byte[] piece = new byte[PIECE_BYTES];
    for (long i = 0; i < PIECES; i++) {
      number(piece, i);
      sum.update(piece);
    }
    return sum.getValue();
  }

  private static long sumOf(InputStream in) throws IOException {
    CRC32C sum = new CRC32C();
    byte[] piece = new byte[PIECE_BYTES];
    long left = PIECES * PIECE_BYTES;
    while (left > 0) {
      int length = in.read(piece, 0, (int) Math.min(left, piece.length));
      if (length < 0) {
        throw new IOException("%,d bytes are missing".formatted(left));
      }
      sum.update(piece, 0, length);
      left -= length;
    }
    return sum.getValue();
  }
}
