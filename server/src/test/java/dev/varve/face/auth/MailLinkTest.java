package dev.varve.face.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.auth.FactorScene.Enrolled;
import dev.varve.face.auth.FactorScene.Person;
import dev.varve.identity.account.FactorSettings;
import dev.varve.kernel.AtOnce;
import dev.varve.node.TestServer.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A mailed link in the place of a password.
class MailLinkTest {
  private static final String PATH = "/auth/sign-in/link";
  private static final String SUBJECT = "Sign in\n";
  private static FactorScene scene;

  @BeforeAll
  static void start() {
    scene = new FactorScene(People.plan().with(FactorScene.settings(FactorSettings.DEFAULT, true)));
  }

  @AfterAll
  static void stop() {
    scene.close();
  }

  private static Reply ask(String email) {
    return People.post(scene.server, PATH, Map.of("email", email));
  }

  private static Reply confirm(String token) {
    return People.post(scene.server, PATH + "/confirm", Map.of("token", token));
  }

  private static List<String> links(String email) {
    return People.mails(scene.server, email).stream()
        .filter(mail -> mail.startsWith(SUBJECT))
        .toList();
  }

  /// The token of a mail that was asked for just now.
  private static String token(String email) {
    int before = People.mails(scene.server, email).size();
    assertThat(ask(email).status()).isEqualTo(202);
    return People.token(People.mails(scene.server, email, before + 1).getFirst());
  }

  @Test
  void whereNothingSaysSoThereIsNoSuchWay() {
    try (FactorScene other = new FactorScene()) {
      Reply reply = People.post(other.server, PATH, Map.of("email", other.joinOnly()));
      assertThat(reply.status()).isEqualTo(404);
    }
  }

  @Test
  void aLinkSignsInOnceWithinAQuarterOfAnHour() {
    String email = scene.joinOnly();
    String token = token(email);
    assertThat(scene.server.send("GET", PATH + "?token=" + token, Map.of(), "").text())
        .as("looking at it uses nothing up")
        .contains(token);
    Reply signedIn = confirm(token);
    assertThat(signedIn.status()).as(signedIn.text()).isEqualTo(200);
    Reply again = confirm(token);
    assertThat(again.status()).isEqualTo(400);
    assertThat(again.text()).contains("\"field\":\"token\"");
    String old = token(email);
    scene.clock.move(Duration.ofMinutes(15));
    assertThat(confirm(old).status()).isEqualTo(400);
    assertThat(scene.sessions(email)).isOne();
  }

  @Test
  void nothingTellsWhetherThereIsAnAccount() {
    String known = scene.joinOnly();
    String unconfirmed = "unconfirmed@example.com";
    People.signUp(scene.server, unconfirmed);
    String disabled = scene.joinOnly();
    scene.server.administration().setDisabled(disabled, true);
    Reply sent = ask(known);
    People.mails(scene.server, known, 2);
    for (String email : List.of("nobody@example.com", unconfirmed, disabled)) {
      Reply reply = ask(email);
      assertThat(reply.status()).as(email).isEqualTo(sent.status());
      assertThat(reply.text()).as(email).isEqualTo(sent.text());
    }
    // a mail that was asked for later has come by now
    token(known);
    for (String email : List.of("nobody@example.com", unconfirmed, disabled)) {
      assertThat(links(email)).as(email).isEmpty();
    }
  }

  @Test
  void aSecondFactorIsOwedAllTheSame() {
    Enrolled enrolled = scene.join().enrol();
    Person person = enrolled.person();
    long sessions = scene.sessions(person.email());
    Reply owed = confirm(token(person.email()));
    assertThat(owed.status()).isEqualTo(202);
    assertThat(scene.sessions(person.email())).isEqualTo(sessions);
    Reply signedIn =
        enrolled.prove(People.text(owed, "ticket"), "totp", enrolled.authenticator().nextCode());
    assertThat(signedIn.status()).as(signedIn.text()).isEqualTo(200);
  }

  @Test
  void aTokenOfAnotherKindIsNoLink() {
    String email = scene.joinOnly();
    People.post(scene.server, "/auth/password/forgot", Map.of("email", email));
    String reset = People.token(People.mails(scene.server, email, 2).getFirst());
    assertThat(confirm(reset).status()).isEqualTo(400);
    String link = token(email);
    Reply reply =
        People.post(
            scene.server,
            "/auth/password/reset",
            Map.of("token", link, "newPassword", "another horse battery"));
    assertThat(reply.status()).isEqualTo(400);
    assertThat(confirm(link).status()).as("and is good still").isEqualTo(200);
  }

  @Test
  void aLinkEndsWithThePassword() {
    String email = scene.joinOnly();
    String token = token(email);
    People.post(scene.server, "/auth/password/forgot", Map.of("email", email));
    String reset = People.token(People.mails(scene.server, email, 3).getFirst());
    People.post(
        scene.server,
        "/auth/password/reset",
        Map.of("token", reset, "newPassword", "another horse battery"));
    assertThat(confirm(token).status()).isEqualTo(400);
  }

  @Test
  void ofTwentyWithTheSameLinkOneComesIn() throws Exception {
    String email = scene.joinOnly();
    String token = token(email);
    List<Callable<Reply>> asking = new ArrayList<>();
    for (int i = 0; i < FactorScene.ASKING; i++) {
      asking.add(() -> confirm(token));
    }
    List<Reply> replies = AtOnce.all(asking);
    assertThat(replies.stream().filter(reply -> reply.status() == 200)).hasSize(1);
    assertThat(scene.sessions(email)).isOne();
  }

  @Test
  void aLinkIsWorthNothingOnceTheAddressIsNotConfirmedAnyMore() {
    String email = scene.joinOnly();
    String token = token(email);
    change(email, "{\"verified\": false}");
    assertThat(confirm(token).status()).isEqualTo(400);
    assertThat(scene.sessions(email)).isZero();
    change(email, "{\"verified\": true}");
    assertThat(confirm(token).status()).as("it was not used up").isEqualTo(200);
  }

  @Test
  void whatALinkHasProvenIsWorthNothingOnceTheMailboxIsAnothers() {
    for (String changed : List.of("{\"verified\": false}", "{\"email\": \"moved-%s\"}")) {
      Enrolled enrolled = scene.join().enrol();
      String email = enrolled.person().email();
      String ticket = People.text(confirm(token(email)), "ticket");
      change(email, changed.formatted(email));
      Reply refused = enrolled.prove(ticket, "totp", enrolled.authenticator().nextCode());
      assertThat(refused.status()).as(changed + refused.text()).isEqualTo(401);
      assertThat(refused.text()).contains("sign in from the beginning");
    }
  }

  /// Changes an account as an administrator.
  private static void change(String email, String body) {
    String root = "root-%s@example.com".formatted(UUID.randomUUID());
    scene
        .server
        .administration()
        .create(root, List.of("admin"), Map.of("name", "Root"), People.PASSWORD);
    Reply signedIn = People.signIn(scene.server, root, People.PASSWORD);
    String id =
        scene.server.column("SELECT id FROM users WHERE email = '%s'".formatted(email)).getFirst();
    Reply changed =
        scene.server.send(
            "PATCH", "/api/users/" + id, People.bearer(People.text(signedIn, "accessToken")), body);
    assertThat(changed.status()).as(changed.text()).isEqualTo(200);
  }
}
