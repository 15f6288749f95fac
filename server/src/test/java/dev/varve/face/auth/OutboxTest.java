package dev.varve.face.auth;

import static dev.varve.face.auth.People.PASSWORD;
import static dev.varve.face.auth.People.code;
import static dev.varve.face.auth.People.post;
import static dev.varve.face.auth.People.signIn;
import static dev.varve.face.auth.People.signUp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.identity.account.SignUpPolicy;
import dev.varve.identity.account.VerificationPolicy;
import dev.varve.identity.mail.ScriptedMailServer;
import dev.varve.kernel.Patience;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.OnSqlite;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import dev.varve.node.TestServer.Reply;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Mails lie in the database until the mail server has them, written in the unit that causes them.
class OutboxTest {
  private static final SteppedClock CLOCK = SteppedClock.standing();
  private static final Logger MAIL_LOG = Logger.getLogger("dev.varve.identity.mail");
  private static final List<String> LOGGED = new CopyOnWriteArrayList<>();
  private static final Handler LISTENER =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          LOGGED.add(new SimpleFormatter().format(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private static ScriptedMailServer mails;
  private static TestServer server;

  @BeforeAll
  static void start() {
    MAIL_LOG.addHandler(LISTENER);
    mails = new ScriptedMailServer();
    server =
        TestServer.start(
            Plan.of(People.SCHEMA)
                .with(CLOCK)
                .with(People.settings(SignUpPolicy.OPEN, VerificationPolicy.OPTIONAL))
                .sending(mails.settings(), Map.of()));
  }

  @AfterAll
  static void stop() {
    server.close();
    mails.close();
    MAIL_LOG.removeHandler(LISTENER);
  }

  @BeforeEach
  void nothingWaits() {
    awaitEmpty();
  }

  private static List<String> waiting() {
    return server.column("SELECT id FROM varve_outbox WHERE expires_at > created_at");
  }

  private static void awaitEmpty() {
    Patience.until("no mail waits", () -> waiting().isEmpty());
  }

  private static String measured(String name) {
    return server
        .get("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> line.substring(name.length() + 1))
        .findFirst()
        .orElse("0.0");
  }

  private static double counted(String result) {
    return Double.parseDouble(measured("varve_mails_total{result=\"%s\"}".formatted(result)));
  }

  private static Reply forgot(String email) {
    return post(server, "/auth/password/forgot", Map.of("email", email));
  }

  @Test
  void aMailServerThatIsAwayAndARestartLoseNothing() {
    List<String> people = List.of("a@example.com", "b@example.com", "c@example.com");
    mails.leave();
    people.forEach(email -> assertThat(signUp(server, email).status()).isEqualTo(202));
    server.restart();
    Patience.until("three wait", () -> measured("varve_mails_waiting").equals("3.0"));
    mails.comeBack();
    people.forEach(mails::awaitFor);
    awaitEmpty();
    assertThat(people).allSatisfy(email -> assertThat(mails.receivedBy(email)).hasSize(1));
    assertThat(counted("sent")).isEqualTo(3);
    assertThat(LOGGED.toString())
        .contains("The mail server takes no mails", "The mail server takes mails again");
  }

  @Test
  void aMailWhoseLinkIsWorthNothingIsNotSent() {
    String email = "late@example.com";
    double expired = counted("expired");
    mails.leave();
    // a day, and an hour
    signUp(server, email);
    assertThat(forgot(email).status()).isEqualTo(202);
    assertThat(waiting()).hasSize(2);
    CLOCK.move(Duration.ofHours(2));
    mails.comeBack();
    assertThat(mails.awaitFor(email).header("Subject")).isEqualTo("Confirm your e-mail address");
    awaitEmpty();
    assertThat(mails.receivedBy(email)).hasSize(1);
    assertThat(counted("expired") - expired).isEqualTo(1);
  }

  @Test
  void whatIsRefusedForGoodIsGivenUp() {
    String email = "nobody-there@example.com";
    double givenUp = counted("given_up");
    mails.answerRecipients(550);
    signUp(server, email);
    Patience.until("it is given up", () -> counted("given_up") > givenUp);
    awaitEmpty();
    mails.answerRecipients(250);
    assertThat(LOGGED.toString()).contains("given up after 1 tries: it answers 550");
    assertThat(LOGGED).noneMatch(line -> line.contains(email) || line.contains("@example.com"));
  }

  @Test
  void whatIsPutOffIsSentLaterUnderTheSameId() {
    String email = "greylisted@example.com";
    double putOff = counted("put_off");
    mails.answerRecipients(451);
    signUp(server, email);
    Patience.until("it is put off", () -> counted("put_off") > putOff);
    String id = waiting().getFirst();
    mails.answerRecipients(250);
    CLOCK.move(Duration.ofSeconds(10));
    assertThat(mails.awaitFor(email).header("Message-ID"))
        .isEqualTo("<%s@example.com>".formatted(id));
    assertThat(LOGGED).noneMatch(line -> line.contains(email));
  }

  @Test
  void whatWaitsTellsNothing() {
    String email = "sealed@example.com";
    mails.leave();
    signUp(server, email);
    String content =
        server
            .column("SELECT hex(content) FROM varve_outbox WHERE expires_at > created_at")
            .getFirst();
    assertThat(new String(HexFormat.of().parseHex(content), StandardCharsets.ISO_8859_1))
        .doesNotContain(email)
        .doesNotContain("Confirm");
    mails.comeBack();
    mails.awaitFor(email);
    awaitEmpty();
  }

  /// How long an answer takes does not tell who has an account.
  @Test
  void asMuchIsWrittenWhereThereIsNobodyToMail() {
    String nobody = "stranger@example.com";
    String rows = "SELECT id FROM varve_outbox WHERE expires_at = created_at";
    List<String> before = server.column(rows);
    assertThat(forgot(nobody).status()).isEqualTo(202);
    assertThat(server.column(rows).stream().filter(id -> !before.contains(id))).hasSize(1);
    String after = "after-stranger@example.com";
    signUp(server, after);
    mails.awaitFor(after);
    assertThat(mails.receivedBy(nobody)).isEmpty();
  }

  @Test
  @OnSqlite
  void anAccountAndItsMailStandOrFallTogether() throws SQLException {
    String email = "together@example.com";
    run(
        "CREATE TRIGGER no_mail BEFORE INSERT ON varve_outbox BEGIN SELECT RAISE(ABORT, 'no mail'); END");
    try {
      assertThat(signUp(server, email).status()).isEqualTo(503);
      assertThat(signIn(server, email, PASSWORD).status()).isEqualTo(401);
    } finally {
      run("DROP TRIGGER no_mail");
    }
    assertThat(signUp(server, email).status()).isEqualTo(202);
    assertThat(signIn(server, email, PASSWORD).status()).isEqualTo(200);
    mails.awaitFor(email);
  }

  @Test
  @OnSqlite
  void noMoreWaitThanCanBeKept() throws SQLException {
    mails.leave();
    run(
        """
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
        INSERT INTO varve_outbox (id, content, created_at, expires_at, tries, next_at)
        SELECT 'filler-' || i, x'00', 1, 9000000000000000, 0, 8000000000000000 FROM n
        """);
    Patience.until("it is full", () -> measured("varve_mails_waiting").equals("10000.0"));
    // whoever it is
    Stream.of("late@example.com", "stranger@example.com")
        .forEach(email -> assertThat(code(forgot(email))).isEqualTo("MAIL_UNAVAILABLE"));
    run("DELETE FROM varve_outbox WHERE id LIKE 'filler-%'");
    mails.comeBack();
    Patience.until("there is room", () -> measured("varve_mails_waiting").equals("0.0"));
    assertThat(forgot("roomy@example.com").status()).isEqualTo(202);
  }

  private static void run(String sql) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
