package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Clients that send without a pause, in each way there is, do not keep others waiting. The server, the flood and the
/// client beside it are three processes.
@Isolated("it measures how long requests take")
@Timeout(300)
final class FloodTest {
  private static final String SCHEMA =
      """
      type Note @model @auth(rules: [{allow: public}]) { text: String }
      """;
  private static final int CONNECTIONS = 4;
  private static final int REQUESTS = 100;
  private static final long BOUND_MILLIS = 250;

  @TempDir private static Path folder;

  // takes what is sent to it: what a flood costs the machine, whomever it is meant for
  private static final ServerSocket SINK = sink();

  private static ServerProcess server;
  private static String note;

  private static ServerSocket sink() {
    try {
      ServerSocket sink = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      Thread.ofPlatform().daemon().start(() -> acceptAll(sink));
      return sink;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void acceptAll(ServerSocket sink) {
    try {
      while (true) {
        Socket socket = sink.accept();
        Thread.ofPlatform().daemon().start(() -> takeAll(socket));
      }
    } catch (IOException e) {
      // the end of the test
    }
  }

  private static void takeAll(Socket socket) {
    try (socket) {
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // the flood has ended
    }
  }

  @BeforeAll
  @Timeout(300)
  static void start() throws Exception {
    Path app = Files.createDirectories(folder.resolve("app"));
    Files.writeString(app.resolve("schema.graphql"), SCHEMA);
    server = ServerProcess.serve(app, folder.resolve("data"));
    server.send("POST", "/api/batch", "{\"operations\": [" + notes() + "]}");
    note = "/api/notes/n1";
  }

  private static String notes() {
    return IntStream.range(0, 500)
        .mapToObj(i ->
            "{\"method\": \"POST\", \"path\": \"/api/notes\", \"body\": {\"id\": \"n%d\", \"text\": \"%s\"}}"
                .formatted(i, "x".repeat(200)))
        .collect(Collectors.joining(","));
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
    SINK.close();
  }

  @ParameterizedTest
  @EnumSource
  void aRequestBesideAFloodIsAnsweredInTime(Flood.Way way) throws Exception {
    long elsewhere = percentile99Beside(way, SINK.getLocalPort());
    long flooded = percentile99Beside(way, server.port());
    assertThat(flooded)
        .as("p99 in ms beside %s; %d while somebody else is flooded", way, elsewhere)
        .isLessThan(Math.max(BOUND_MILLIS, 5 * elsewhere));
    assertThat(server.isAlive()).isTrue();
  }

  private static long percentile99Beside(Flood.Way way, int flooded) throws Exception {
    try (Flooding flooding = Flooding.start(flooded, way, CONNECTIONS)) {
      flooding.awaitBeginning();
      return percentile99(millisOfRequests());
    }
  }

  private static List<Long> millisOfRequests() throws IOException {
    List<Long> millis = new ArrayList<>();
    byte[] request =
        "GET %s HTTP/1.1\r\nHost: a\r\n\r\n".formatted(note).getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < REQUESTS; i++) {
      long start = System.nanoTime();
      // each on a connection of its own: accepting is a part of it
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        socket.getOutputStream().write(request);
        byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
        assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
      }
      millis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    }
    return millis;
  }

  private static long percentile99(List<Long> millis) {
    return millis.stream().sorted().skip(millis.size() * 99L / 100).findFirst().orElseThrow();
  }
}
