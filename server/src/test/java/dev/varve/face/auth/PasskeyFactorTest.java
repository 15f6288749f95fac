package dev.varve.face.auth;

import static dev.varve.face.auth.Passkeyed.enrolled;
import static dev.varve.face.auth.Passkeyed.key;
import static dev.varve.face.auth.People.ADA;
import static dev.varve.face.auth.People.PASSWORD;
import static dev.varve.face.auth.People.bearer;
import static dev.varve.face.auth.People.join;
import static dev.varve.face.auth.People.post;
import static dev.varve.face.auth.People.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A security key that does not make sure who uses it: a second factor, and never a way in by itself.
class PasskeyFactorTest {
  private final SteppedClock clock = SteppedClock.ticking();
  private TestServer server;
  private SoftwareKey key;
  private Reply before;

  @BeforeEach
  void somebodyWithAKey() {
    server = TestServer.start(People.plan().with(clock));
    before = join(server, ADA);
    key = key(server);
    key.flags = SoftwareKey.PRESENT;
    enrolled(server, text(before, "accessToken"), key);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String ticket() {
    Reply owed = People.signIn(server, ADA, PASSWORD);
    assertThat(owed.status()).as(owed.text()).isEqualTo(202);
    assertThat(owed.text()).contains("\"factors\":[\"recovery-code\",\"passkey\"]");
    return text(owed, "ticket");
  }

  private Map<String, Object> options(String ticket) {
    return Passkeyed.good(
        post(server, "/auth/sign-in/factor/passkey/options", Map.of("ticket", ticket)));
  }

  private Reply prove(String ticket, Map<String, Object> credential) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("ticket", ticket);
    body.put("factor", "passkey");
    body.put("credential", credential);
    return post(server, "/auth/sign-in/factor", body);
  }

  @Test
  void thePasswordIsNotEnoughAnyMore() {
    String ticket = ticket();
    Map<String, Object> options = options(ticket);
    assertThat(options.get("allowCredentials"))
        .asString()
        .contains(SoftwareKey.base64(key.credential));
    Reply signedIn = prove(ticket, key.get(options));
    assertThat(signedIn.status()).as(signedIn.text()).isEqualTo(200);
    assertThat(
            server.column(
                "SELECT methods FROM varve_session ORDER BY created_at DESC, id DESC LIMIT 1"))
        .containsExactly("pwd swk");
    assertThat(prove(ticket, key.get(options(ticket()))).status())
        .as("the ticket is used")
        .isEqualTo(401);
  }

  @Test
  void theSessionThatMadeItGoesOn() {
    Reply refreshed =
        post(server, "/auth/refresh", Map.of("refreshToken", text(before, "refreshToken")));
    assertThat(refreshed.status()).as(refreshed.text()).isEqualTo(200);
    assertThat(Passkeyed.options(server, text(refreshed, "accessToken"), Map.of()).status())
        .as("and is as good as one that was opened with it")
        .isEqualTo(200);
  }

  @Test
  void whoLosesTheKeyHasTheCodesThatWereGivenWithIt() {
    String bob = "bob@example.com";
    String access = text(join(server, bob), "accessToken");
    Reply elsewhere = People.signIn(server, bob, PASSWORD);
    SoftwareKey first = key(server);
    first.flags = SoftwareKey.PRESENT;
    Reply added = Passkeyed.add(server, access, first.create(Passkeyed.creation(server, access)));
    String code =
        String.valueOf(
            ((List<?>) Objects.requireNonNull(People.json(added).get("recoveryCodes"))).getFirst());
    assertThat(
            post(server, "/auth/refresh", Map.of("refreshToken", text(elsewhere, "refreshToken")))
                .status())
        .as("other sessions have ended")
        .isEqualTo(401);
    SoftwareKey second = key(server);
    second.flags = SoftwareKey.PRESENT;
    assertThat(
            Passkeyed.add(server, access, second.create(Passkeyed.creation(server, access))).text())
        .contains("\"recoveryCodes\":[]");
    String ticket = text(People.signIn(server, bob, PASSWORD), "ticket");
    Map<String, String> body = Map.of("ticket", ticket, "factor", "recovery-code", "code", code);
    assertThat(post(server, "/auth/sign-in/factor", body).status()).isEqualTo(200);
  }

  @Test
  void aKeyProvesOnceMoreWhoItIs() {
    String ticket = ticket();
    String access = text(prove(ticket, key.get(options(ticket))), "accessToken");
    clock.move(Duration.ofMinutes(11));
    assertThat(Passkeyed.options(server, access, Map.of()).status()).isEqualTo(401);
    Map<String, Object> options =
        Passkeyed.good(post(server, "/auth/step-up/passkey/options", bearer(access), Map.of()));
    Reply raised =
        post(
            server,
            "/auth/step-up",
            bearer(access),
            Map.of("factor", "passkey", "credential", key.get(options)));
    assertThat(raised.status()).as(raised.text()).isEqualTo(200);
    assertThat(Passkeyed.options(server, access, Map.of()).status()).isEqualTo(200);
  }

  @Test
  void itIsNoWayInByItself() {
    Reply refused = Passkeyed.signIn(server, key);
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.text()).contains("is a second factor alone");
    key.flags = SoftwareKey.PRESENT | SoftwareKey.VERIFIED;
    assertThat(Passkeyed.signIn(server, key).text())
        .as("not even when a thief has set a PIN")
        .contains("is a second factor alone");
  }

  @Test
  void aPinThatIsSetCountsOnceThePasswordVouchesForIt() {
    key.flags = SoftwareKey.PRESENT | SoftwareKey.VERIFIED;
    String ticket = ticket();
    assertThat(prove(ticket, key.get(options(ticket))).status()).isEqualTo(200);
    assertThat(Passkeyed.signIn(server, key).status()).isEqualTo(200);
    assertThat(People.signIn(server, ADA, PASSWORD).status())
        .as("it is a way in by itself then, and the password is none")
        .isEqualTo(202);
  }

  @Test
  void aChallengeToSignInProvesNoFactorAndTheOtherWayRound() {
    String ticket = ticket();
    Reply refused = prove(ticket, key.get(Passkeyed.signInOptions(server)));
    assertThat(refused.status()).isEqualTo(401);
    Map<String, Object> options = options(ticket);
    assertThat(Passkeyed.signIn(server, key.get(options)).text())
        .contains("answers a challenge that is not good here");
    assertThat(prove(ticket, key.get(options)).status()).as("used up").isEqualTo(401);
    assertThat(prove(ticket, key.get(options(ticket))).status())
        .as("the ticket is still good")
        .isEqualTo(200);
  }

  @Test
  void theKeyOfSomebodyElseProvesNothing() {
    String bob = "bob@example.com";
    SoftwareKey other = key(server);
    other.flags = SoftwareKey.PRESENT;
    enrolled(server, text(join(server, bob), "accessToken"), other);
    String ticket = ticket();
    assertThat(prove(ticket, other.get(options(ticket))).status()).isEqualTo(401);
    Reply owed = People.signIn(server, bob, PASSWORD);
    Map<String, Object> ofBob = options(text(owed, "ticket"));
    assertThat(prove(ticket, key.get(ofBob)).status()).as("nor a challenge").isEqualTo(401);
    SoftwareKey unknown = key(server);
    assertThat(prove(ticket, unknown.get(options(ticket))).status()).isEqualTo(401);
  }

  @Test
  void aCopyProvesNothing() {
    key.counter = 5;
    String ticket = ticket();
    assertThat(prove(ticket, key.get(options(ticket))).status()).isEqualTo(200);
    key.counter = 5;
    String next = ticket();
    assertThat(prove(next, key.get(options(next))).status()).isEqualTo(401);
    assertThat(People.events(server)).contains("PASSKEY_COPIED " + ADA);
  }

  @Test
  void fiveWrongAnswersLockTheFactor() {
    SoftwareKey wrong = key(server);
    wrong.credential = key.credential;
    wrong.handle = key.handle;
    String ticket = ticket();
    for (int i = 0; i < 5; i++) {
      assertThat(prove(ticket, wrong.get(options(ticket))).status()).isEqualTo(401);
    }
    assertThat(prove(ticket, key.get(options(ticket))).status()).isEqualTo(429);
  }

  @Test
  void optionsAreForWhoHasProvenSomethingAlready() {
    Reply refused =
        post(server, "/auth/sign-in/factor/passkey/options", Map.of("ticket", "A".repeat(43)));
    assertThat(refused.status()).isEqualTo(401);
  }

  @Test
  void whoRemovesItOwesNothing() {
    String ticket = ticket();
    String access = text(prove(ticket, key.get(options(ticket))), "accessToken");
    String id = server.column("SELECT id FROM varve_passkey").getFirst();
    assertThat(server.send("DELETE", "/auth/passkeys/" + id, bearer(access), "").status())
        .isEqualTo(204);
    assertThat(People.signIn(server, ADA, PASSWORD).status()).isEqualTo(200);
  }
}
