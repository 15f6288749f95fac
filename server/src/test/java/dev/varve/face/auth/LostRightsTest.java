package dev.varve.face.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.identity.account.SignUpPolicy;
import dev.varve.identity.account.VerificationPolicy;
import dev.varve.kernel.Patience;
import dev.varve.node.OpenEngine;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import dev.varve.node.TestServer.Reply;
import dev.varve.store.follow.NextEpoch;
import dev.varve.store.sql.postgresql.DatabaseBackup;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What is remembered of an account counts for nothing when the database has lost it.
class LostRightsTest {
  @Test
  void aRoleThatWasLostIsNotHadByTheVersionThatTookItsNumber() throws SQLException {
    Plan plan =
        Plan.of(People.SCHEMA)
            .with(People.settings(SignUpPolicy.OPEN, VerificationPolicy.OPTIONAL));
    try (TestServer server = TestServer.startInPostgres(plan)) {
      String password = server.administration().createAdministrator("admin@example.com");
      Map<String, String> admin = token(People.signIn(server, "admin@example.com", password));
      assertThat(People.signUp(server, People.ADA).status()).isLessThan(300);
      Reply signedIn = People.signIn(server, People.ADA, People.PASSWORD);
      Map<String, String> ada = token(signedIn);
      String path = "/api/users/" + People.account(signedIn).get("id");
      DatabaseBackup backup = DatabaseBackup.of(server);
      long kept = server.position();
      Reply lost = server.send("PATCH", path, admin, "{\"roles\": [\"admin\"]}");
      assertThat(server.send("GET", "/auth/keys", ada, "").status()).isEqualTo(200);

      backup.restore();
      Patience.until(
          "the loss is noticed",
          () -> server.get("/health/ready").text().contains("the database has lost position"));
      accept(server, kept);
      Patience.until(
          "it writes again",
          () -> server.send("PATCH", path, admin, "{\"name\": \"Ada\"}").status() == 200);

      Reply now = server.send("GET", path, admin, "");
      assertThat(now.header("ETag").replace("2:", "")).isEqualTo(lost.header("ETag"));
      assertThat(server.send("GET", "/auth/keys", ada, "").status()).isEqualTo(403);
    }
  }

  private static Map<String, String> token(Reply signedIn) {
    return People.bearer(People.text(signedIn, "accessToken"));
  }

  private static void accept(TestServer server, long kept) throws SQLException {
    try (OpenEngine engine = server.engineBeside()) {
      NextEpoch.begin(engine.log(), engine.applied().version(), kept, Clock.systemUTC());
    }
  }
}
