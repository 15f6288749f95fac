package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Events of a service through the gateway. The service is another Varve, whose feed is resumed with `Last-Event-ID`: whoever
/// comes back after its stream was cut, at whatever end, has lost nothing, and each event arrives when it is sent.
final class ResumedEventsTest {
  private static final String SCHEMA = GatewayFixture.SCHEMA;
  private static final String OTHER_SCHEMA = SCHEMA + "type Task @model { id: ID! }\n";

  @Test
  void whoComesBackHasLostNothing() throws Exception {
    try (TestServer service = TestServer.start(SCHEMA);
        TestServer server = TestServer.start(inFrontOf(service, 1));
        EventReader reader = new EventReader(server)) {
      reader.connect();
      for (int i = 0; i < 5; i++) {
        requireHeard(service, reader, "at first " + i);
      }

      // cut by the service
      service.reload(OTHER_SCHEMA);
      assertThat(reader.next()).isEqualTo("cut");
      write(service, "while nobody listens");
      write(service, "and once more");
      reader.connect();
      assertThat(reader.next()).contains("while nobody listens");
      assertThat(reader.next()).contains("and once more");
      requireHeard(service, reader, "after the service");

      // the gateway leads elsewhere from now on, and what goes on goes on
      server.reload(inFrontOf(service, 2));
      requireHeard(service, reader, "beside a reload");

      // cut by the gateway, which serves another schema itself
      server.reload(OTHER_SCHEMA);
      assertThat(reader.next()).isEqualTo("cut");
      write(service, "while nobody listens again");
      reader.connect();
      assertThat(reader.next()).contains("while nobody listens again");
      requireHeard(service, reader, "in the end");
    }
  }

  /// @param places by which one table differs from another
  private static Plan inFrontOf(TestServer service, int places) {
    return Plan.of(SCHEMA)
        .with(
            new GatewaySettings(
                Map.of(
                    "shipping",
                    GatewayFixture.with(
                        GatewayFixture.patient("shipping", "http://127.0.0.1:" + service.port()),
                        Map.of("connectionsMax", places))),
                List.of(GatewayFixture.route("/shipping/**", Map.of("strip", "/shipping")))));
  }

  /// The next is written when this one was heard.
  private static void requireHeard(TestServer service, EventReader reader, String text)
      throws IOException {
    write(service, text);
    assertThat(reader.next()).contains(text);
  }

  private static void write(TestServer service, String text) {
    assertThat(
            service
                .send("POST", "/api/notes", Map.of(), "{\"text\": \"%s\"}".formatted(text))
                .status())
        .isEqualTo(201);
  }

  /// Reads events as a browser does: it keeps the id of the last one, and comes back with that.
  private static final class EventReader implements AutoCloseable {
    private final HttpClient client =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI address;
    private String lastId = "";
    private BufferedReader lines = new BufferedReader(Reader.nullReader());

    private EventReader(TestServer server) {
      this.address =
          URI.create("http://127.0.0.1:%d/shipping/api/events?model=Note".formatted(server.port()));
    }

    /// Returns when the stream has begun.
    void connect() throws IOException, InterruptedException {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(address).header("Accept", "text/event-stream");
      if (!lastId.isEmpty()) {
        request.header("Last-Event-ID", lastId);
      }
      HttpResponse<InputStream> answer = client.send(request.build(), BodyHandlers.ofInputStream());
      assertThat(answer.statusCode()).isEqualTo(200);
      lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
      assertThat(event()).contains("event: start");
    }

    /// The next change; `cut` when there is none because the stream has ended.
    String next() {
      try {
        String event = event();
        while (!event.contains("event: change")) {
          event = event();
        }
        return event;
      } catch (IOException cut) {
        return "cut";
      }
    }

    private String event() throws IOException {
      StringBuilder event = new StringBuilder();
      while (true) {
        String line = lines.readLine();
        if (line == null) {
          throw new IOException("the stream has ended");
        }
        if (line.isEmpty() && !event.isEmpty()) {
          return event.toString();
        }
        if (line.startsWith("id: ")) {
          lastId = line.substring("id: ".length());
        }
        event.append(line).append('\n');
      }
    }

    @Override
    public void close() {
      client.shutdownNow();
    }
  }
}
