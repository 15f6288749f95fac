package dev.varve.face.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.auth.FactorScene.Enrolled;
import dev.varve.face.auth.FactorScene.Person;
import dev.varve.kernel.AtOnce;
import dev.varve.node.TestServer.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.bouncycastle.util.encoders.Base32;
import org.bouncycastle.util.encoders.Hex;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A second factor: enrolled, asked for, and taken away.
class SecondFactorTest {
  private static FactorScene scene;

  @BeforeAll
  static void start() {
    scene = new FactorScene();
  }

  @AfterAll
  static void stop() {
    scene.close();
  }

  @Test
  void anAuthenticatorApplicationIsAskedForOnceItIsConfirmed() {
    Person person = scene.join();
    Reply begun = person.begin();
    assertThat(People.text(begun, "uri"))
        .startsWith("otpauth://totp/127.0.0.1:" + person.email().replace("@", "%40"))
        .contains("secret=" + People.text(begun, "secret"));
    assertThat(People.text(begun, "picture")).startsWith("<svg ");
    assertThat(person.signIn().status()).as("not confirmed yet").isEqualTo(200);

    Enrolled enrolled = person.enrol();
    assertThat(enrolled.recoveryCodes()).hasSize(10).doesNotHaveDuplicates();
    Map<String, Object> listed = People.json(person.get("/auth/factors"));
    assertThat(listed).containsEntry("recoveryCodesLeft", 10L);
    assertThat(String.valueOf(listed.get("items"))).contains("totp").contains("Phone");
    assertThat(People.mails(scene.server, person.email(), 2).getFirst())
        .startsWith("A second factor was added to your account")
        .contains("\"Phone\"");
    assertThat(scene.events(person.email())).contains("FACTOR_ADDED");

    long sessions = scene.sessions(person.email());
    Reply owed = person.signIn();
    assertThat(owed.status()).isEqualTo(202);
    assertThat(People.json(owed)).containsOnlyKeys("ticket", "factors", "expiresAt");
    assertThat(FactorScene.texts(owed, "factors")).containsExactly("totp", "recovery-code");
    assertThat(scene.sessions(person.email())).as("sessions").isEqualTo(sessions);

    String ticket = People.text(owed, "ticket");
    Reply wrong = enrolled.prove(ticket, "totp", enrolled.authenticator().wrongCode());
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.text()).contains("\"field\":\"code\"").contains("take the next one");
    Reply used = enrolled.prove(ticket, "totp", enrolled.authenticator().code());
    assertThat(used.status()).as("the code that confirmed it").isEqualTo(400);
    assertThat(scene.sessions(person.email())).as("sessions").isEqualTo(sessions);

    Reply signedIn = enrolled.prove(ticket, "totp", enrolled.authenticator().nextCode());
    assertThat(signedIn.status()).as(signedIn.text()).isEqualTo(200);
    assertThat(person.again(signedIn).get("/auth/me").status()).isEqualTo(200);
    assertThat(scene.server.column("SELECT hex(secret) FROM varve_totp").toString())
        .as("the secret lies sealed")
        .doesNotContainIgnoringCase(hex(People.text(begun, "secret")));
  }

  private static String hex(String base32) {
    return Hex.toHexString(Base32.decode(base32));
  }

  @Test
  void aCodeIsGoodOnceHoweverItIsTyped() {
    Enrolled enrolled = scene.join().enrol();
    String code = enrolled.authenticator().nextCode();
    String spaced = code.substring(0, 3) + " " + code.substring(3);
    assertThat(enrolled.prove(enrolled.ticket(), "totp", spaced).status()).isEqualTo(200);
    for (String same : List.of(code, spaced, " " + code, code + "\u00a0", code + "\n")) {
      assertThat(enrolled.prove(enrolled.ticket(), "totp", same).status()).as(same).isEqualTo(400);
      scene.clock.move(Duration.ofMillis(1));
    }
  }

  @Test
  void aTicketIsGoodOnceForTenMinutesAndForNothingElse() {
    Enrolled enrolled = scene.join().enrol();
    String used = enrolled.ticket();
    assertThat(enrolled.prove(used, "totp", enrolled.authenticator().nextCode()).status())
        .isEqualTo(200);
    refused(enrolled, used, "used before");
    String old = enrolled.ticket();
    scene.clock.move(Duration.ofMinutes(10));
    refused(enrolled, old, "older than ten minutes");
    refused(enrolled, "none", "none");
    Person person = enrolled.signIn();
    refused(enrolled, person.refreshToken(), "a refresh token");
    refused(enrolled, People.text(person.begin(), "enrolment"), "of another kind");
    assertThat(
            People.post(scene.server, "/auth/refresh", Map.of("refreshToken", enrolled.ticket()))
                .status())
        .as("a ticket is no refresh token")
        .isEqualTo(401);
  }

  private static void refused(Enrolled enrolled, String ticket, String why) {
    long sessions = scene.sessions(enrolled.person().email());
    Reply reply = enrolled.prove(ticket, "totp", enrolled.authenticator().nextCode());
    assertThat(reply.status()).as(why).isEqualTo(401);
    assertThat(reply.text()).contains("sign in from the beginning");
    assertThat(scene.sessions(enrolled.person().email())).as(why).isEqualTo(sessions);
  }

  @Test
  void aTicketEndsWithThePasswordThatItWasGivenFor() {
    Enrolled enrolled = scene.join().enrol();
    Person person = enrolled.signIn();
    String ticket = enrolled.ticket();
    Reply changed =
        person.post(
            "/auth/password",
            Map.of("currentPassword", People.PASSWORD, "newPassword", "another horse battery"));
    assertThat(changed.status()).as(changed.text()).isEqualTo(204);
    refused(enrolled, ticket, "the password is another");
  }

  @Test
  void aTicketOpensNothingForAnAccountThatIsDisabledMeanwhile() {
    Enrolled enrolled = scene.join().enrol();
    String ticket = enrolled.ticket();
    scene.server.administration().setDisabled(enrolled.person().email(), true);
    Reply reply = enrolled.prove(ticket, "totp", enrolled.authenticator().nextCode());
    assertThat(reply.status()).as(reply.text()).isEqualTo(403);
  }

  @Test
  void aRecoveryCodeIsGoodOnceForItsOwnerAlone() {
    Enrolled ada = scene.join().enrol();
    Enrolled bob = scene.join().enrol();
    String code = ada.recoveryCodes().getFirst();
    assertThat(bob.prove(bob.ticket(), "recovery-code", code).status())
        .as("of somebody else")
        .isEqualTo(400);
    String typed = code.toUpperCase(Locale.ROOT).replace('0', 'O').replace('-', ' ');
    Reply signedIn = ada.prove(ada.ticket(), "recovery-code", typed);
    assertThat(signedIn.status()).as(signedIn.text()).isEqualTo(200);
    assertThat(ada.prove(ada.ticket(), "recovery-code", code).status()).as("again").isEqualTo(400);
    Person person = ada.person().again(signedIn);
    assertThat(People.json(person.get("/auth/factors"))).containsEntry("recoveryCodesLeft", 9L);
    assertThat(People.mails(scene.server, person.email(), 3).getFirst())
        .startsWith("A recovery code of your account was used")
        .contains("Codes that are left: 9.");
    assertThat(scene.events(person.email())).contains("RECOVERY_CODE_USED");

    Reply made = person.post("/auth/factors/recovery-codes", Map.of());
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    assertThat(ada.prove(ada.ticket(), "recovery-code", ada.recoveryCodes().get(1)).status())
        .as("one from before")
        .isEqualTo(400);
    String fresh = FactorScene.texts(made, "recoveryCodes").getFirst();
    assertThat(ada.prove(ada.ticket(), "recovery-code", fresh).status()).isEqualTo(200);
    assertThat(scene.server.column("SELECT hex(hash) FROM varve_recovery_code").toString())
        .doesNotContain(fresh);
  }

  @Test
  void guessesAtAFactorLockItHoweverOftenThePasswordIsRight() {
    Enrolled enrolled = scene.join().enrol();
    for (int i = 0; i < 5; i++) {
      String ticket = enrolled.ticket();
      assertThat(enrolled.prove(ticket, "totp", enrolled.authenticator().wrongCode()).status())
          .isEqualTo(400);
    }
    Reply locked = enrolled.prove(enrolled.ticket(), "totp", enrolled.authenticator().code());
    assertThat(locked.status()).as("the fifth has locked it").isEqualTo(429);
    assertThat(Integer.parseInt(locked.header("Retry-After"))).isBetween(1, 60);
    scene.clock.move(Duration.ofMinutes(15));
    assertThat(enrolled.signIn().get("/auth/me").status()).isEqualTo(200);
    assertThat(scene.events(enrolled.person().email())).contains("LOCKED_OUT");
  }

  @Test
  void whatChangesAFactorAsksForAProofThatIsNew() {
    Person begun = scene.join();
    scene.clock.move(Duration.ofMinutes(11));
    Reply refused = begun.post("/auth/factors/totp", Map.of());
    assertThat(refused.status()).isEqualTo(401);
    assertThat(People.code(refused)).isEqualTo("STEP_UP_REQUIRED");
    assertThat(refused.text()).contains("with your password: POST /auth/step-up");
    assertThat(refused.header("WWW-Authenticate"))
        .isEqualTo("Bearer error=\"insufficient_user_authentication\", max_age=\"600\"");
    assertThat(begun.post("/auth/step-up", Map.of("password", "wrong horse")).status())
        .isEqualTo(400);
    assertThat(begun.post("/auth/step-up", Map.of()).status()).isEqualTo(400);
    assertThat(begun.post("/auth/step-up", Map.of("password", People.PASSWORD)).status())
        .isEqualTo(200);

    Enrolled enrolled = begun.enrol();
    scene.clock.move(Duration.ofMinutes(11));
    Person person = begun.refreshed();
    for (Callable<Reply> change : changes(person, enrolled.factor())) {
      Reply reply = called(change);
      assertThat(reply.status()).as(reply.text()).isEqualTo(401);
      assertThat(reply.header("WWW-Authenticate")).contains("acr_values=\"2\"");
    }
    Reply password = person.post("/auth/step-up", Map.of("password", People.PASSWORD));
    assertThat(password.status()).as("a password is not enough any more").isEqualTo(400);
    assertThat(password.text()).contains("\"field\":\"factor\"");
    Reply done =
        person.post(
            "/auth/step-up", Map.of("factor", "totp", "code", enrolled.authenticator().nextCode()));
    assertThat(done.status()).as(done.text()).isEqualTo(200);
    assertThat(person.post("/auth/factors/recovery-codes", Map.of()).status()).isEqualTo(201);
    assertThat(scene.events(person.email())).contains("STEPPED_UP", "RECOVERY_CODES_MADE");
  }

  private static List<Callable<Reply>> changes(Person person, String factor) {
    return List.of(
        () -> person.post("/auth/factors/totp", Map.of()),
        () ->
            person.post("/auth/factors/totp/confirm", Map.of("enrolment", "any", "code", "000000")),
        () -> person.delete("/auth/factors/" + factor),
        () -> person.post("/auth/factors/recovery-codes", Map.of()));
  }

  private static Reply called(Callable<Reply> change) {
    try {
      return change.call();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theFirstFactorEndsTheSessionsThatHaveNotProvenIt() {
    Person elsewhere = scene.join();
    Person here = elsewhere.again(elsewhere.signIn());
    here.enrol();
    assertThat(here.get("/auth/me").status()).isEqualTo(200);
    assertThat(elsewhere.get("/auth/me").status()).isEqualTo(401);
    assertThat(refresh(elsewhere).status()).isEqualTo(401);
    assertThat(refresh(here).status()).isEqualTo(200);
  }

  private static Reply refresh(Person person) {
    return People.post(
        scene.server, "/auth/refresh", Map.of("refreshToken", person.refreshToken()));
  }

  @Test
  void whoeverRemovesTheLastFactorSignsInWithThePasswordAlone() {
    Enrolled enrolled = scene.join().enrol();
    Person person = enrolled.person();
    assertThat(person.delete("/auth/factors/none").status()).isEqualTo(404);
    assertThat(person.delete("/auth/factors/" + enrolled.factor()).status()).isEqualTo(204);
    assertThat(People.json(person.get("/auth/factors"))).containsEntry("recoveryCodesLeft", 0L);
    assertThat(person.signIn().status()).isEqualTo(200);
    assertThat(People.mails(scene.server, person.email(), 3).getFirst())
        .startsWith("A second factor was removed from your account");
    assertThat(scene.events(person.email())).contains("FACTOR_REMOVED");
    assertThat(person.post("/auth/factors/recovery-codes", Map.of()).status()).isEqualTo(409);
  }

  @Test
  void aSecretIsConfirmedInTheSessionThatItWasShownIn() {
    Person person = scene.join();
    Person other = person.again(person.signIn());
    Person somebody = scene.join();
    Reply begun = person.begin();
    Authenticator authenticator = new Authenticator(People.text(begun, "secret"), scene.clock);
    Map<String, String> confirmation =
        Map.of("enrolment", People.text(begun, "enrolment"), "code", authenticator.code());
    for (Person wrong : List.of(other, somebody)) {
      Reply reply = wrong.post("/auth/factors/totp/confirm", confirmation);
      assertThat(reply.status()).as(reply.text()).isEqualTo(400);
      assertThat(reply.text()).contains("\"field\":\"enrolment\"");
    }
    assertThat(person.post("/auth/factors/totp/confirm", confirmation).status()).isEqualTo(201);
    assertThat(person.post("/auth/factors/totp/confirm", confirmation).status())
        .as("once")
        .isEqualTo(400);
  }

  @Test
  void whoeverProvesTheMailboxOfAnAccountThatWasNotConfirmedLosesTheFactorsThatSomebodyPutThere() {
    String email = "taken-over@example.com";
    People.signUp(scene.server, email);
    Person squatter =
        new Person(
            scene,
            email,
            People.text(People.signIn(scene.server, email, People.PASSWORD), "accessToken"),
            "");
    squatter.enrol();
    String password = "the horse of the owner";
    Reply reply =
        People.post(
            scene.server,
            "/auth/sign-up",
            Map.of("email", email, "password", password, "name", "Owner"));
    assertThat(reply.status()).isEqualTo(202);
    String token = People.token(People.mails(scene.server, email, 3).getFirst());
    assertThat(People.confirm(scene.server, token, password).status()).isEqualTo(200);
    assertThat(People.signIn(scene.server, email, password).status()).isEqualTo(200);
  }

  @Test
  void whoeverResetsThePasswordOfAnAccountThatWasNotConfirmedLosesTheFactorsThatSomebodyPutThere() {
    String email = "reset-over@example.com";
    People.signUp(scene.server, email);
    String squatting =
        People.text(People.signIn(scene.server, email, People.PASSWORD), "accessToken");
    new Person(scene, email, squatting, "").enrol();
    People.post(scene.server, "/auth/password/forgot", Map.of("email", email));
    String token = People.token(People.mails(scene.server, email, 3).getFirst());
    String password = "the horse of the owner";
    Reply reset =
        People.post(
            scene.server, "/auth/password/reset", Map.of("token", token, "newPassword", password));
    assertThat(reset.status()).as(reset.text()).isEqualTo(204);
    assertThat(People.signIn(scene.server, email, password).status()).isEqualTo(200);
  }

  @Test
  void aFactorOutlivesTheResetOfThePasswordOfItsOwner() {
    Enrolled enrolled = scene.join().enrol();
    String email = enrolled.person().email();
    People.post(scene.server, "/auth/password/forgot", Map.of("email", email));
    String token = People.token(People.mails(scene.server, email, 3).getFirst());
    String password = "another horse of theirs";
    assertThat(
            People.post(
                    scene.server,
                    "/auth/password/reset",
                    Map.of("token", token, "newPassword", password))
                .status())
        .isEqualTo(204);
    assertThat(People.signIn(scene.server, email, password).status()).isEqualTo(202);
  }

  @Test
  void passwordAndAddressOfAnAccountWithAFactorChangeForWhoeverHasProvenItLately() {
    Person person = scene.join().enrol().signIn();
    Map<String, Map<String, String>> changes =
        Map.of(
            "/auth/email",
            Map.of("newEmail", "other-" + person.email(), "password", People.PASSWORD),
            "/auth/password",
            Map.of("currentPassword", People.PASSWORD, "newPassword", "another horse battery"));
    scene.clock.move(Duration.ofMinutes(11));
    changes.forEach((path, body) -> {
      Reply refused = person.post(path, body);
      assertThat(refused.status()).as(path).isEqualTo(401);
      assertThat(People.code(refused)).as(path).isEqualTo("STEP_UP_REQUIRED");
      assertThat(refused.text()).contains("with a second factor: POST /auth/step-up");
    });
    assertThat(person.signIn().status()).as("the password is the old one").isEqualTo(202);
    Person without = scene.join();
    scene.clock.move(Duration.ofMinutes(11));
    Reply changed =
        without.post("/auth/password", Objects.requireNonNull(changes.get("/auth/password")));
    assertThat(changed.status()).as("the password is proof enough").isEqualTo(204);
  }

  @Test
  void whatChangesAFactorIsHeldToTheSessionInTheUnitThatChangesIt() throws Exception {
    Enrolled enrolled = scene.join().enrol();
    for (int i = 0; i < 5; i++) {
      Person person = enrolled.signIn();
      Person other = enrolled.signIn();
      List<String> before = events(person, "RECOVERY_CODES_MADE");
      List<Reply> replies =
          AtOnce.all(
              List.of(
                  () -> person.post("/auth/factors/recovery-codes", Map.of()),
                  () -> other.delete("/auth/sessions")));
      assertThat(replies.getLast().status()).isEqualTo(204);
      List<String> made = events(person, "RECOVERY_CODES_MADE");
      boolean done = replies.getFirst().status() == 201;
      assertThat(made.size() - before.size())
          .as("a refusal writes nothing")
          .isEqualTo(done ? 1 : 0);
      if (done) {
        List<String> order = scene.events(person.email());
        assertThat(order.lastIndexOf("RECOVERY_CODES_MADE"))
            .as("made before the sessions ended")
            .isLessThan(order.lastIndexOf("SESSIONS_ENDED"));
      }
    }
  }

  private static List<String> events(Person person, String kind) {
    return scene.events(person.email()).stream().filter(kind::equals).toList();
  }

  @Test
  void aNameAddsNoLinesToTheMailThatTellsOfIt() {
    for (String name :
        List.of("Phone\" is none.\n\nThis is a test", "a\rb", "a\u2028b", "a\u0085b")) {
      Person person = scene.join();
      Reply begun = person.begin();
      Reply refused =
          person.post(
              "/auth/factors/totp/confirm",
              Map.of(
                  "enrolment",
                  People.text(begun, "enrolment"),
                  "code",
                  new Authenticator(People.text(begun, "secret"), scene.clock).code(),
                  "name",
                  name));
      assertThat(refused.status()).as(refused.text()).isEqualTo(400);
      assertThat(refused.text()).contains("\"field\":\"name\"", "without line breaks");
    }
  }

  @Test
  void whatIsMissingInARequestIsNamed() {
    Enrolled enrolled = scene.join().enrol();
    String ticket = enrolled.ticket();
    assertThat(enrolled.prove(ticket, "horse", "123456").text())
        .contains("\"field\":\"factor\"", "totp or recovery-code");
    assertThat(
            People.post(
                    scene.server,
                    "/auth/sign-in/factor",
                    Map.of("ticket", ticket, "factor", "totp"))
                .text())
        .contains("\"field\":\"code\"");
    assertThat(
            People.post(scene.server, "/auth/sign-in/factor", Map.of("factor", "totp", "code", "1"))
                .text())
        .contains("\"field\":\"ticket\"");
  }

  @Test
  void ofTwentyWithTheSameCodeOneComesIn() throws Exception {
    Enrolled enrolled = scene.join().enrol();
    List<String> tickets = new ArrayList<>();
    for (int i = 0; i < FactorScene.ASKING; i++) {
      tickets.add(enrolled.ticket());
    }
    String code = enrolled.authenticator().nextCode();
    List<Callable<Reply>> asking = new ArrayList<>();
    tickets.forEach(ticket -> asking.add(() -> enrolled.prove(ticket, "totp", code)));
    onlyOneComesIn(enrolled, asking);
  }

  @Test
  void ofTwentyWithTheSameRecoveryCodeOneComesIn() throws Exception {
    Enrolled enrolled = scene.join().enrol();
    List<String> tickets = new ArrayList<>();
    for (int i = 0; i < FactorScene.ASKING; i++) {
      tickets.add(enrolled.ticket());
    }
    String code = enrolled.recoveryCodes().getFirst();
    List<Callable<Reply>> asking = new ArrayList<>();
    tickets.forEach(ticket -> asking.add(() -> enrolled.prove(ticket, "recovery-code", code)));
    onlyOneComesIn(enrolled, asking);
  }

  @Test
  void ofAllWithTheSameTicketOneComesIn() throws Exception {
    Enrolled enrolled = scene.join().enrol();
    String ticket = enrolled.ticket();
    List<Callable<Reply>> asking = new ArrayList<>();
    // with a code that nobody has used, each of them
    enrolled
        .recoveryCodes()
        .forEach(code -> asking.add(() -> enrolled.prove(ticket, "recovery-code", code)));
    onlyOneComesIn(enrolled, asking);
    assertThat(People.json(enrolled.signIn().get("/auth/factors")))
        .as("and only the code of that one is used")
        .containsEntry("recoveryCodesLeft", 9L);
  }

  private static void onlyOneComesIn(Enrolled enrolled, List<Callable<Reply>> asking)
      throws Exception {
    long sessions = scene.sessions(enrolled.person().email());
    List<Reply> replies = AtOnce.all(asking);
    assertThat(replies.stream().filter(reply -> reply.status() == 200)).hasSize(1);
    assertThat(scene.sessions(enrolled.person().email())).isEqualTo(sessions + 1);
  }
}
