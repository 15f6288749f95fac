package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Patience;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// A service that is slow, and whose requests get one of its places.
final class NetworkShareTest {
  private static final String NOISY = "127.0.0.2";
  private static final String OTHER = "127.0.0.3";
  private static final int PLACES = 64;
  private static final int PLACES_OF_ONE = 16;
  private static final int FLOOD = 2 * PLACES;

  @Test
  void aNetworkThatFloodsASlowServiceLeavesOthersTheirPlaces() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    try (FaultyUpstream upstream =
            FaultyUpstream.start(call -> {
              call.readHead();
              gate.await();
              call.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            });
        TestServer server =
            TestServer.start(
                Plan.of(GatewayFixture.SCHEMA).sharing(25).with(settings(upstream.url())));
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> flood = new ArrayList<>();
      for (int i = 0; i < FLOOD; i++) {
        flood.add(clients.submit(() -> ask(server, NOISY)));
      }
      Patience.until("it has its share", () -> upstream.heads().size() == PLACES_OF_ONE);
      Future<String> other = clients.submit(() -> ask(server, OTHER));
      Patience.until("another has a place", () -> upstream.heads().size() == PLACES_OF_ONE + 1);
      Patience.until(
          "the rest has waited for long enough",
          () -> flood.stream().filter(Future::isDone).count() == FLOOD - PLACES_OF_ONE);
      gate.countDown();

      assertThat(other.get()).startsWith("HTTP/1.1 200 ").endsWith("ok");
      List<String> answers = new ArrayList<>();
      for (Future<String> each : flood) {
        answers.add(each.get());
      }
      assertThat(answers)
          .filteredOn(answer -> answer.startsWith("HTTP/1.1 200 "))
          .hasSize(PLACES_OF_ONE);
      assertThat(answers)
          .filteredOn(answer -> !answer.startsWith("HTTP/1.1 200 "))
          .allSatisfy(answer ->
              assertThat(answer)
                  .startsWith("HTTP/1.1 429 ")
                  .contains("Retry-After: 1\r\n", "TOO_MANY_REQUESTS")
                  .contains(
                      "The service 'shipping' has as many requests of your network as it is given of one at a time"));
      // they are all free again
      assertThat(
              IntStream.range(0, PLACES_OF_ONE)
                  .mapToObj(_ -> clients.submit(() -> ask(server, NOISY)))
                  .toList())
          .allSatisfy(answer -> assertThat(answer.get()).endsWith("ok"));
    }
  }

  private static GatewaySettings settings(String url) {
    return new GatewaySettings(
        Map.of(
            "shipping",
            GatewayFixture.with(
                GatewayFixture.patient("shipping", url), Map.of("connectionsMax", PLACES))),
        List.of(GatewayFixture.route("/shipping/**")));
  }

  private static String ask(TestServer server, String from) throws IOException {
    try (RawClient client = new RawClient(server.port(), from)) {
      client.send("GET /shipping/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      return client.readToEnd();
    }
  }
}
