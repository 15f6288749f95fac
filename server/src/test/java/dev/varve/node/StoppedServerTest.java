package dev.varve.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Patience;
import java.lang.ref.WeakReference;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A process may start and stop many servers, as tests do.
class StoppedServerTest {
  private static final String SCHEMA =
      "type Note @model @auth(rules: [{allow: public}]) { id: ID! text: String! }";

  @Test
  void nothingOfItIsKept() {
    WeakReference<App> app = stopped();

    Patience.until(
        "what has served is garbage",
        () -> {
          System.gc();
          return app.refersTo(null);
        });
  }

  private static WeakReference<App> stopped() {
    try (TestServer server = TestServer.start(SCHEMA)) {
      assertThat(server.send("POST", "/api/notes", Map.of(), "{\"text\": \"hello\"}").status())
          .isEqualTo(201);
      return new WeakReference<>(server.running());
    }
  }
}
