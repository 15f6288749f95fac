package dev.varve.net.admission;

import static dev.varve.net.edge.HttpFixture.lines;
import static dev.varve.net.edge.HttpFixture.readUntil;
import static dev.varve.net.edge.HttpFixture.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Allowance;
import dev.varve.kernel.Patience;
import dev.varve.kernel.Problem;
import dev.varve.net.edge.HttpFixture;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Routes;
import dev.varve.settings.SettingRecords;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// One network takes its share, and others keep theirs. Every address of 127.0.0.0/8 is this machine's.
final class NetworkSharesTest {
  private static final String NOISY = "127.0.0.2";
  private static final String OTHER = "127.0.0.3";
  private static final int PLACES = 64;
  private static final int PLACES_OF_ONE = PLACES / 4;
  private static final int CONNECTIONS = 400;
  private static final int CONNECTIONS_OF_ONE = CONNECTIONS / 4;

  private final AtomicInteger handled = new AtomicInteger();
  private final List<Socket> sockets = new ArrayList<>();
  private final HttpFixture http =
      new HttpFixture(
          SettingRecords.changed(
              HttpFixture.settings(
                  "127.0.0.1",
                  0,
                  10_000,
                  4_096,
                  1_024,
                  PLACES,
                  0,
                  10_000,
                  CONNECTIONS,
                  60,
                  30,
                  60,
                  5,
                  ""),
              Map.of("networkSharePercent", 25)),
          Routes.builder()
              .get("/quick", request -> Answer.noContent())
              .post(
                  "/upload",
                  request -> {
                    handled.incrementAndGet();
                    return Answer.json(200, request.body("application/json"));
                  }));

  @AfterEach
  void stop() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    http.close();
  }

  private Socket from(String address) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
    socket.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), http.server().port()),
        Patience.MILLIS);
    socket.setSoTimeout(Patience.MILLIS);
    return socket;
  }

  private Socket slowUpload(String address) throws IOException {
    Socket socket = from(address);
    write(
        socket,
        lines(
            "POST /upload HTTP/1.1",
            "Host: x",
            "Content-Type: application/json",
            "Content-Length: 9000",
            "",
            "{"));
    return socket;
  }

  private String status(Socket socket, String method, String path) throws IOException {
    write(socket, lines(method + " " + path + " HTTP/1.1", "Host: x", ""));
    return readUntil(socket.getInputStream(), "\r\n\r\n").substring(9, 12);
  }

  @Test
  void manySlowUploadsOfOneNetworkLeaveOthersTheirPlaces() throws Exception {
    for (int i = 0; i < PLACES_OF_ONE; i++) {
      slowUpload(NOISY);
    }
    Patience.until("they have their places", () -> handled.get() == PLACES_OF_ONE);
    for (int i = PLACES_OF_ONE; i < CONNECTIONS_OF_ONE - 1; i++) {
      Socket refused = slowUpload(NOISY);
      String answer = readUntil(refused.getInputStream(), "\r\n\r\n");
      assertThat(answer).startsWith("HTTP/1.1 429").contains("Retry-After: 1\r\n");
    }
    assertThat(status(from(NOISY), "GET", "/quick")).isEqualTo("429");
    Socket other = from(OTHER);
    for (int i = 0; i < 20; i++) {
      assertThat(status(other, "GET", "/quick")).isEqualTo("204");
    }
    for (int i = 0; i < PLACES_OF_ONE; i++) {
      slowUpload(OTHER);
    }
    Patience.until("another network has as many", () -> handled.get() == 2 * PLACES_OF_ONE);
  }

  @Test
  void aPlaceComesBackWhenItsRequestIsOver() throws Exception {
    List<Socket> uploads = new ArrayList<>();
    for (int i = 0; i < PLACES_OF_ONE; i++) {
      uploads.add(slowUpload(NOISY));
    }
    Patience.until("they have their places", () -> handled.get() == PLACES_OF_ONE);
    for (Socket upload : uploads) {
      upload.close();
    }
    Socket socket = from(NOISY);
    Patience.until(
        "there is room again",
        () -> {
          try {
            return status(socket, "GET", "/quick").equals("204");
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void aNetworkHasItsShareOfTheConnections() throws Exception {
    for (int i = 0; i < CONNECTIONS_OF_ONE; i++) {
      assertThat(status(from(NOISY), "GET", "/quick")).isEqualTo("204");
    }
    Socket tooMany = from(NOISY);
    assertThat(isClosed(tooMany)).isTrue();
    assertThat(status(from(OTHER), "GET", "/quick")).isEqualTo("204");
    sockets.getFirst().close();
    Patience.until("there is room again", () -> isServed(NOISY));
  }

  private static boolean isClosed(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  private boolean isServed(String address) {
    try {
      return status(from(address), "GET", "/quick").equals("204");
    } catch (IOException closed) {
      return false;
    }
  }

  @Test
  void memoryIsDividedAndCountedForTheWholeToo() {
    Allowance.Pool whole = new Allowance.Pool(1_000_000);
    NetworkShares shares =
        new NetworkShares(
            25,
            HttpFixture.SETTINGS.connectionsMax(),
            HttpFixture.SETTINGS.concurrentRequestsMax(),
            HttpFixture.SETTINGS.queuedRequestsMax(),
            whole);
    try (NetworkShares.Share one = shares.open("one");
        NetworkShares.Share again = shares.open("one");
        NetworkShares.Share other = shares.open("other")) {
      assertThat(again).isSameAs(one);
      assertThat(shares.networks()).isEqualTo(2);
      List<Allowance> held = new ArrayList<>();
      assertThat(taken(one, held)).isBetween(150_000L, 300_000L);
      assertThat(taken(one, held)).isLessThan(80_000);
      assertThat(taken(other, held)).isBetween(150_000L, 300_000L);
      held.forEach(Allowance::close);
      assertThat(taken(one, held)).isBetween(150_000L, 300_000L);
      held.forEach(Allowance::close);
    }
    assertThat(shares.networks()).isZero();
  }

  /// How many bytes requests of a network get before one is refused.
  private static long taken(NetworkShares.Share share, List<Allowance> held) {
    long bytes = 0;
    while (true) {
      Allowance allowance = share.memory().open();
      held.add(allowance);
      try {
        allowance.take(80_000);
        bytes += 80_000;
      } catch (Problem full) {
        return bytes;
      }
    }
  }
}
