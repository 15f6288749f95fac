package dev.varve.face.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import com.launchdarkly.eventsource.ErrorStrategy;
import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.MessageEvent;
import com.launchdarkly.eventsource.StreamException;
import dev.varve.node.TestServer;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The feed read by a client that Varve did not write.
final class ForeignClientTest {
  private static final String SCHEMA =
      "type Note @model @auth(rules: [{allow: public}]) { text: String }";

  @Test
  void aClientThatIsSentAwayComesBackByItselfAndIsToldTheRest() throws Exception {
    try (TestServer server = TestServer.start(SCHEMA);
        EventSource events = source(server)) {
      assertThat(message(events).getEventName()).isEqualTo("start");
      write(server, "a");
      MessageEvent told = message(events);
      assertThat(told.getEventName()).isEqualTo("change");
      assertThat(told.getLastEventId()).isEqualTo("1.0");
      assertThat(told.getData()).contains("\"id\":\"a\"");

      server.reload(SCHEMA + " # the same, written anew");
      write(server, "b");
      write(server, "c");

      assertThat(message(events).getEventName()).isEqualTo("end");
      assertThat(events.getBaseRetryDelayMillis()).isEqualTo(2_000);
      MessageEvent restart = message(events);
      assertThat(restart.getEventName()).isEqualTo("start");
      assertThat(restart.getLastEventId()).isEqualTo("1");
      assertThat(message(events).getData()).contains("\"id\":\"b\"");
      assertThat(message(events).getData()).contains("\"id\":\"c\"");
    }
  }

  private static EventSource source(TestServer server) {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + "/api/events?model=Note");
    return new EventSource.Builder(uri).errorStrategy(ErrorStrategy.alwaysContinue()).build();
  }

  private static MessageEvent message(EventSource events) throws StreamException {
    return events.readMessage();
  }

  private static void write(TestServer server, String id) {
    String body = "{\"id\": \"%s\"}".formatted(id);
    assertThat(server.send("POST", "/api/notes", Map.of(), body).status()).isEqualTo(201);
  }
}
