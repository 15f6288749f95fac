package dev.varve.face.gateway.aggregate;

import static dev.varve.face.gateway.aggregate.AggregateFixture.at;
import static dev.varve.face.gateway.aggregate.AggregateFixture.post;
import static dev.varve.face.gateway.aggregate.AggregateFixture.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Patience;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// All of Varve's own parts show one and the same position, whatever is written meanwhile.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AggregatePositionTest {
  private static final int READS = 200;

  private OtherService service;
  private TestServer server;

  @BeforeAll
  void start() throws IOException {
    service = new OtherService();
    server =
        AggregateFixture.start(
            service,
            """
            {path: /both, allow: public, parts: {
              a: {varve: /api/counters/a},
              b: {varve: /api/counters/b},
              all: {varve: "/api/counters?value={a.value}"},
              between: {service: other, path: "/echo/{b.value}"}}}\
            """);
    post(server, Map.of(), "/api/counters", Map.of("id", "a", "value", 0));
    post(server, Map.of(), "/api/counters", Map.of("id", "b", "value", 0));
    write(0);
  }

  @AfterAll
  void stop() {
    server.close();
    service.close();
  }

  /// Both counters have the same value after each unit of work.
  private void write(long value) {
    Map<String, Object> a =
        Map.of("method", "PATCH", "path", "/api/counters/a", "body", Map.of("value", value));
    Map<String, Object> b =
        Map.of("method", "PATCH", "path", "/api/counters/b", "body", Map.of("value", value));
    Reply reply =
        server.send("POST", "/api/batch", Map.of(), text(Map.of("operations", List.of(a, b))));
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
  }

  @Test
  void twoPartsAgreeWhileOthersWrite() throws InterruptedException {
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong written = new AtomicLong();
    Thread writer =
        Thread.ofVirtual()
            .start(() -> {
              while (!done.get()) {
                write(written.incrementAndGet());
              }
            });
    long last = 0;
    try {
      for (int i = 0; i < READS; i++) {
        long before = written.get();
        Patience.until("a write", () -> written.get() > before);
        Reply reply = server.get("/both");
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(at(reply, "a.value")).as(reply.text()).isEqualTo(at(reply, "b.value"));
        assertThat(at(reply, "all.items[1].id")).as(reply.text()).isEqualTo("b");
        long shown = Long.parseLong(reply.header("Varve-Position"));
        assertThat(shown).isGreaterThanOrEqualTo(last);
        last = shown;
      }
    } finally {
      done.set(true);
      writer.join();
    }
    assertThat(written.get()).isGreaterThan(READS / 2);
  }

  @Test
  void whoHasWrittenReadsIt() {
    for (long value = 1_000_000; value < 1_000_050; value++) {
      write(value);

      assertThat(at(server.get("/both"), "b.value")).isEqualTo(value);
    }
  }
}
