package dev.varve.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Patience;
import dev.varve.net.limit.LimitSettings;
import dev.varve.net.limit.LocalValkey;
import dev.varve.node.TestServer.Plan;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Servers that share their rate limits, as callers see it.
@Timeout(300)
final class SharedLimitsTest {
  private static final String PASSWORD = "between nodes";

  private static Plan plan(LocalValkey valkey, String password) {
    return Plan.of("type Note @model @auth(rules: [{allow: public}]) { text: String }")
        .with(SettingRecords.changed(NodesSettings.DEFAULT, Map.of("valkey", valkey.url())))
        .knowing(Map.of("VARVE_NODES_PASSWORD", password))
        .limiting(
            List.of(
                new LimitSettings(
                    "notes",
                    true,
                    3,
                    Duration.ofHours(1),
                    0,
                    LimitSettings.By.ADDRESS,
                    List.of("/api/notes"),
                    List.of(),
                    false)));
  }

  private static boolean shares(TestServer server) {
    return server.get("/metrics").text().contains("\nvarve_rate_limit_store_up 1.0\n");
  }

  @Test
  void whatACallerMayAskOfOneItMayAskOfAllTogether() throws Exception {
    try (LocalValkey valkey = LocalValkey.start(PASSWORD);
        TestServer one = TestServer.start(plan(valkey, PASSWORD));
        TestServer other = TestServer.start(plan(valkey, PASSWORD))) {
      Patience.until("both share", () -> shares(one) && shares(other));
      assertThat(one.get("/api/notes").header("RateLimit")).startsWith("\"notes\";r=2;");
      assertThat(other.get("/api/notes").header("RateLimit")).startsWith("\"notes\";r=1;");
      assertThat(one.get("/api/notes").status()).isEqualTo(200);
      Reply refused = other.get("/api/notes");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.text()).contains("The limit 'notes' allows 3 requests in 1h");
      valkey.kill();
      assertThat(one.get("/api/notes").header("RateLimit"))
          .as("the first node alone has counted two")
          .startsWith("\"notes\";r=0;");
      assertThat(one.get("/api/notes").status()).isEqualTo(429);
    }
  }

  @Test
  void aWrongPasswordLeavesEachOnItsOwn() throws Exception {
    try (LocalValkey valkey = LocalValkey.start(PASSWORD);
        TestServer server = TestServer.start(plan(valkey, "another"))) {
      Patience.until(
          "the store has refused",
          () -> server.get("/metrics").text().contains("varve_rate_limit_store_failures_total 1"));
      assertThat(shares(server)).isFalse();
      assertThat(server.get("/api/notes").header("RateLimit")).startsWith("\"notes\";r=2;");
    }
  }
}
