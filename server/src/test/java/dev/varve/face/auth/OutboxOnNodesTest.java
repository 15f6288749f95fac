package dev.varve.face.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.identity.account.SignUpPolicy;
import dev.varve.identity.account.VerificationPolicy;
import dev.varve.identity.mail.ScriptedMailServer;
import dev.varve.identity.token.Secrets;
import dev.varve.kernel.AtOnce;
import dev.varve.kernel.Patience;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Mails of two nodes on one database: whichever of them sends one, the other does not.
class OutboxOnNodesTest {
  private static ScriptedMailServer mails;
  private static TestServer first;
  private static TestServer second;

  @BeforeAll
  static void start() {
    mails = new ScriptedMailServer();
    first =
        TestServer.startInPostgres(
            Plan.of(People.SCHEMA)
                .with(People.settings(SignUpPolicy.OPEN, VerificationPolicy.OPTIONAL))
                .sending(
                    mails.settings(),
                    Map.of(Secrets.AUTH, Base64.getEncoder().encodeToString(new byte[32]))));
    second = first.beside();
  }

  @AfterAll
  static void stop() {
    second.close();
    first.close();
    mails.close();
  }

  private static void awaitEmpty() {
    Patience.until(
        "no mail waits",
        () -> first.column("SELECT id FROM varve_outbox WHERE expires_at > created_at").isEmpty());
  }

  private static double sent(TestServer node) {
    return node.get("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith("varve_mails_total{result=\"sent\"}"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .sum();
  }

  @Test
  void eachMailIsSentByOneOfThem() throws Exception {
    double before = sent(first) + sent(second);
    List<Callable<Boolean>> people = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      TestServer node = i % 2 == 0 ? first : second;
      String email = "person-%d@example.com".formatted(i);
      people.add(() -> People.signUp(node, email).status() == 202);
    }
    AtOnce.all(people);
    for (int i = 0; i < 24; i++) {
      mails.awaitFor("person-%d@example.com".formatted(i));
    }
    awaitEmpty();
    List<String> ids =
        mails.received().stream()
            .filter(mail -> mail.to().startsWith("person-"))
            .map(mail -> mail.header("Message-ID"))
            .toList();
    assertThat(ids).hasSize(24).doesNotHaveDuplicates();
    assertThat(sent(first) + sent(second) - before).isEqualTo(24);
  }

  /// It has the mail for itself until its lease ends, and no longer.
  @Test
  void whatANodeWasSendingThatIsGoneIsSentByAnother() throws SQLException {
    mails.leave();
    assertThat(People.signUp(first, "left@example.com").status()).isEqualTo(202);
    try (Connection connection = first.connect();
        Statement statement = connection.createStatement()) {
      assertThat(
              statement.executeUpdate(
                  "UPDATE varve_outbox SET sender = 'gone', tries = 1,"
                      + " next_at = (extract(epoch FROM clock_timestamp()) * 1000000)::bigint + 1000000"
                      + " WHERE expires_at > created_at"))
          .isEqualTo(1);
    }
    mails.comeBack();
    mails.awaitFor("left@example.com");
    awaitEmpty();
    assertThat(mails.receivedBy("left@example.com")).hasSize(1);
  }

  @Test
  void aNodeThatStopsLeavesItsMailsToTheOther() {
    mails.leave();
    try (TestServer third = first.beside()) {
      assertThat(People.signUp(third, "stopped@example.com").status()).isEqualTo(202);
    }
    mails.comeBack();
    mails.awaitFor("stopped@example.com");
    awaitEmpty();
  }
}
