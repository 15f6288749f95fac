package dev.varve.face.auth;

import static dev.varve.face.auth.Passkeyed.key;
import static dev.varve.face.auth.People.ADA;
import static dev.varve.face.auth.People.PASSWORD;
import static dev.varve.face.auth.People.bearer;
import static dev.varve.face.auth.People.events;
import static dev.varve.face.auth.People.join;
import static dev.varve.face.auth.People.mails;
import static dev.varve.face.auth.People.post;
import static dev.varve.face.auth.People.text;
import static dev.varve.face.auth.People.token;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.identity.account.AuthSettings;
import dev.varve.identity.account.FactorPolicy;
import dev.varve.identity.account.FactorSettings;
import dev.varve.identity.account.SignUpPolicy;
import dev.varve.identity.account.VerificationPolicy;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Accounts that are made with a passkey and no password, and what becomes of passkeys when somebody else turns out to own the mailbox.
class PasskeySignUpTest {
  private static TestServer server(SignUpPolicy signUp, VerificationPolicy verification) {
    return TestServer.start(People.plan().with(People.settings(signUp, verification)));
  }

  private static Map<String, Object> options(TestServer server, String email) {
    return Passkeyed.good(
        post(server, "/auth/sign-up/passkey/options", Map.of("email", email, "name", "Ada")));
  }

  private static Reply signUp(TestServer server, String email, SoftwareKey key) {
    return post(
        server, "/auth/sign-up/passkey", Map.of("credential", key.create(options(server, email))));
  }

  private static Reply confirm(TestServer server, String token, SoftwareKey key) {
    Map<String, Object> options =
        Passkeyed.good(post(server, "/auth/verify-email/passkey/options", Map.of("token", token)));
    return post(
        server, "/auth/verify-email", Map.of("token", token, "credential", key.get(options)));
  }

  private static List<String> passkeys(TestServer server) {
    return server.column("SELECT name FROM varve_passkey");
  }

  @Test
  void anAccountIsMadeWithAPasskeyAloneOnceItsMailboxIsConfirmed() {
    try (TestServer server = server(SignUpPolicy.OPEN, VerificationPolicy.REQUIRED)) {
      SoftwareKey key = key(server);
      Reply accepted = signUp(server, ADA, key);
      assertThat(accepted.status()).as(accepted.text()).isEqualTo(202);
      assertThat(Passkeyed.signIn(server, key).status()).as("not yet").isEqualTo(401);
      String token = token(server, ADA);

      Reply confirmed = confirm(server, token, key);

      assertThat(confirmed.status()).as(confirmed.text()).isEqualTo(200);
      Reply signedIn = Passkeyed.signIn(server, key);
      assertThat(signedIn.status()).as(signedIn.text()).isEqualTo(200);
      assertThat(People.account(signedIn)).containsEntry("name", "Ada");
      assertThat(People.signIn(server, ADA, PASSWORD).status()).as("no password").isEqualTo(401);
      assertThat(server.column("SELECT count(*) FROM varve_credential")).containsExactly("0");
    }
  }

  @Test
  void whoeverConfirmsTheMailboxHasToHaveThePasskeyOfTheSignUp() {
    try (TestServer server = server(SignUpPolicy.OPEN, VerificationPolicy.REQUIRED)) {
      signUp(server, ADA, key(server));
      String token = token(server, ADA);
      SoftwareKey owner = key(server);
      owner.handle = "AAAA";
      Reply refused = confirm(server, token, owner);
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.text()).contains("is not the one that was made at this sign-up");
      assertThat(People.confirm(server, token, PASSWORD).status())
          .as("nor with a password")
          .isEqualTo(400);
      assertThat(server.column("SELECT count(*) FROM users")).containsExactly("0");
    }
  }

  @Test
  void aChallengeToConfirmIsForItsOwnMail() {
    try (TestServer server = server(SignUpPolicy.OPEN, VerificationPolicy.REQUIRED)) {
      SoftwareKey ada = key(server);
      signUp(server, ADA, ada);
      SoftwareKey bob = key(server);
      signUp(server, "bob@example.com", bob);
      String token = token(server, ADA);
      Map<String, Object> ofBob =
          Passkeyed.good(
              post(
                  server,
                  "/auth/verify-email/passkey/options",
                  Map.of("token", token(server, "bob@example.com"))));
      Reply refused =
          post(server, "/auth/verify-email", Map.of("token", token, "credential", ada.get(ofBob)));
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.text()).contains("answers a challenge that is not good here");
      assertThat(
              post(server, "/auth/verify-email/passkey/options", Map.of("token", "A".repeat(43)))
                  .status())
          .isEqualTo(400);
      assertThat(confirm(server, token, ada).status()).as("the token stays good").isEqualTo(200);
    }
  }

  @Test
  void answersDoNotTellWhoHasAnAccount() {
    try (TestServer server = server(SignUpPolicy.OPEN, VerificationPolicy.REQUIRED)) {
      join(server, ADA);
      Map<String, Object> known = options(server, ADA);
      Map<String, Object> unknown = options(server, "nobody@example.com");
      assertThat(known.keySet()).isEqualTo(unknown.keySet());
      assertThat(known.get("excludeCredentials")).isEqualTo(unknown.get("excludeCredentials"));
      Reply taken = signUp(server, ADA, key(server));
      Reply free = signUp(server, "nobody@example.com", key(server));
      assertThat(taken.status()).isEqualTo(free.status());
      assertThat(taken.text()).isEqualTo(free.text());
      assertThat(mails(server, ADA, 2).getFirst()).startsWith("You have an account already");
      assertThat(passkeys(server)).isEmpty();
    }
  }

  @Test
  void thePasskeyHasToBeAWayInByItself() {
    try (TestServer server = server(SignUpPolicy.OPEN, VerificationPolicy.OPTIONAL)) {
      Map<String, Object> options = options(server, ADA);
      assertThat(options.get("authenticatorSelection"))
          .asString()
          .contains("residentKey=required", "userVerification=required");
      SoftwareKey key = key(server);
      key.flags = SoftwareKey.PRESENT;
      Reply refused =
          post(server, "/auth/sign-up/passkey", Map.of("credential", key.create(options)));
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.text()).contains("without the device making sure");
    }
  }

  @Test
  void fieldsAreHeldAgainstTheModelBeforeAPasskeyIsMade() {
    try (TestServer server = server(SignUpPolicy.OPEN, VerificationPolicy.OPTIONAL)) {
      Reply refused =
          post(
              server,
              "/auth/sign-up/passkey/options",
              Map.of("email", ADA, "roles", List.of("admin"), "nickname", 7));
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.text())
          .contains("\"field\":\"name\"", "\"field\":\"roles\"", "\"field\":\"nickname\"");
      SoftwareKey key = key(server);
      Map<String, Object> enrolling =
          Passkeyed.with(options(server, ADA), "challenge", "B".repeat(43));
      assertThat(
              post(server, "/auth/sign-up/passkey", Map.of("credential", key.create(enrolling)))
                  .text())
          .contains("answers a challenge that is not good here");
    }
  }

  @Test
  void policiesHoldForPasskeysToo() {
    try (TestServer closed = server(SignUpPolicy.CLOSED, VerificationPolicy.OPTIONAL)) {
      assertThat(post(closed, "/auth/sign-up/passkey/options", Map.of("email", ADA)).status())
          .isEqualTo(403);
      assertThat(post(closed, "/auth/sign-up/passkey", Map.of("credential", Map.of())).status())
          .isEqualTo(403);
    }
    try (TestServer invited = server(SignUpPolicy.INVITED, VerificationPolicy.REQUIRED)) {
      var administrator = invited.firstAdministrator().orElseThrow();
      String admin =
          text(
              People.signIn(invited, administrator.getKey(), administrator.getValue()),
              "accessToken");
      post(invited, "/auth/invitations", bearer(admin), Map.of("email", ADA));
      String mail = mails(invited, ADA, 1).getFirst();
      String invitation =
          mail.lines().filter(line -> line.matches("[\\w-]{43}")).findFirst().orElseThrow();
      SoftwareKey key = key(invited);
      assertThat(signUp(invited, ADA, key).status()).as("without one").isEqualTo(400);
      Reply accepted =
          post(
              invited,
              "/auth/sign-up/passkey",
              Map.of("credential", key.create(options(invited, ADA)), "invitation", invitation));
      assertThat(accepted.status()).as(accepted.text()).isEqualTo(202);
      assertThat(Passkeyed.signIn(invited, key).status()).isEqualTo(200);
    }
  }

  @Test
  void theLastWayInStays() {
    try (TestServer server = server(SignUpPolicy.OPEN, VerificationPolicy.OPTIONAL)) {
      SoftwareKey key = key(server);
      signUp(server, ADA, key);
      String access = text(Passkeyed.signIn(server, key), "accessToken");
      String id = server.column("SELECT id FROM varve_passkey").getFirst();
      Reply refused = server.send("DELETE", "/auth/passkeys/" + id, bearer(access), "");
      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.text()).contains("the last way into this account");
      SoftwareKey second = key(server);
      second.flags = SoftwareKey.PRESENT;
      Passkeyed.enrolled(server, access, second);
      assertThat(server.send("DELETE", "/auth/passkeys/" + id, bearer(access), "").status())
          .as("a second factor alone is no way in")
          .isEqualTo(409);
      String other = text(Passkeyed.signIn(server, key), "accessToken");
      Passkeyed.enrolled(server, other);
      assertThat(server.send("DELETE", "/auth/passkeys/" + id, bearer(other), "").status())
          .isEqualTo(204);
    }
  }

  @Test
  void whereASecondFactorIsAMustAPasskeyIsBothAndAPasswordAsksForIt() {
    AuthSettings required =
        SettingRecords.changed(
            People.settings(SignUpPolicy.OPEN, VerificationPolicy.OPTIONAL),
            Map.of(
                "factors",
                new FactorSettings(FactorPolicy.REQUIRED, List.of(), Duration.ofDays(30))));
    try (TestServer server = TestServer.start(People.plan().with(required))) {
      SoftwareKey key = key(server);
      signUp(server, ADA, key);
      assertThat(confirm(server, token(server, ADA), key).status()).isEqualTo(200);
      assertThat(Passkeyed.signIn(server, key).status()).as("two factors").isEqualTo(200);
      reset(server);
      Reply owed = People.signIn(server, ADA, "another long password");
      assertThat(owed.status()).isEqualTo(202);
      assertThat(owed.text()).contains("\"factors\":[\"passkey\"]");
      String ticket = text(owed, "ticket");
      Map<String, Object> options =
          Passkeyed.good(
              post(server, "/auth/sign-in/factor/passkey/options", Map.of("ticket", ticket)));
      Map<String, Object> body =
          Map.of("ticket", ticket, "factor", "passkey", "credential", key.get(options));
      assertThat(post(server, "/auth/sign-in/factor", body).status()).isEqualTo(200);
    }
  }

  @Test
  void whoHasNoPasswordProvesOnceMoreWithThePasskey() {
    SteppedClock clock = SteppedClock.ticking();
    try (TestServer server =
        TestServer.start(
            People.plan()
                .with(People.settings(SignUpPolicy.OPEN, VerificationPolicy.OPTIONAL))
                .with(clock))) {
      SoftwareKey key = key(server);
      signUp(server, ADA, key);
      String access = text(Passkeyed.signIn(server, key), "accessToken");
      clock.move(Duration.ofMinutes(11));
      assertThat(Passkeyed.options(server, access, Map.of()).status()).isEqualTo(401);
      Map<String, Object> options =
          Passkeyed.good(post(server, "/auth/step-up/passkey/options", bearer(access), Map.of()));
      Map<String, Object> body = Map.of("factor", "passkey", "credential", key.get(options));
      assertThat(post(server, "/auth/step-up", bearer(access), body).status()).isEqualTo(200);
      assertThat(Passkeyed.options(server, access, Map.of()).status()).isEqualTo(200);
      assertThat(post(server, "/auth/step-up", bearer(access), body).status())
          .as("the answer is good once")
          .isEqualTo(401);
    }
  }

  @Test
  void whoLosesThePasskeyComesBackByMail() {
    try (TestServer server = server(SignUpPolicy.OPEN, VerificationPolicy.REQUIRED)) {
      SoftwareKey key = key(server);
      signUp(server, ADA, key);
      assertThat(confirm(server, token(server, ADA), key).status()).isEqualTo(200);
      reset(server);
      assertThat(People.signIn(server, ADA, "another long password").status()).isEqualTo(200);
      assertThat(Passkeyed.signIn(server, key).status()).as("found again").isEqualTo(200);
    }
  }

  private static void reset(TestServer server) {
    int before = mails(server, ADA).size();
    post(server, "/auth/password/forgot", Map.of("email", ADA));
    String token = token(mails(server, ADA, before + 1).getFirst());
    Reply reset =
        post(
            server,
            "/auth/password/reset",
            Map.of("token", token, "newPassword", "another long password"));
    assertThat(reset.status()).as(reset.text()).isEqualTo(204);
  }

  @Test
  void aResetDoesNotPassASecondFactorBy() {
    try (TestServer server = server(SignUpPolicy.OPEN, VerificationPolicy.REQUIRED)) {
      String access = text(join(server, ADA), "accessToken");
      SoftwareKey key = key(server);
      key.flags = SoftwareKey.PRESENT;
      Passkeyed.enrolled(server, access, key);
      reset(server);
      Reply owed = People.signIn(server, ADA, "another long password");
      assertThat(owed.status()).isEqualTo(202);
      assertThat(owed.text()).contains("\"factors\":[\"recovery-code\",\"passkey\"]");
    }
  }

  @Test
  void anAccountThatWasMadeAheadLosesItsPasskeysToTheOwnerOfTheMailbox() {
    try (TestServer server = server(SignUpPolicy.OPEN, VerificationPolicy.OPTIONAL)) {
      SoftwareKey attacker = key(server);
      signUp(server, ADA, attacker);
      assertThat(Passkeyed.signIn(server, attacker).status()).isEqualTo(200);
      reset(server);
      assertThat(Passkeyed.signIn(server, attacker).text()).contains("is not known here");
      assertThat(passkeys(server)).isEmpty();
    }
    try (TestServer server = server(SignUpPolicy.OPEN, VerificationPolicy.OPTIONAL)) {
      SoftwareKey attacker = key(server);
      signUp(server, ADA, attacker);
      People.signUp(server, ADA);
      String token = token(mails(server, ADA, 2).getFirst());
      assertThat(People.confirm(server, token, PASSWORD).status()).isEqualTo(200);
      assertThat(Passkeyed.signIn(server, attacker).text()).contains("is not known here");
    }
  }

  @Test
  void anAccountOfBeforeEndsWithItsPasskeys() {
    try (TestServer server = server(SignUpPolicy.OPEN, VerificationPolicy.OPTIONAL)) {
      SoftwareKey key = key(server);
      signUp(server, ADA, key);
      String id = server.column("SELECT id FROM users").getFirst();
      var administrator = server.firstAdministrator().orElseThrow();
      String admin =
          text(
              People.signIn(server, administrator.getKey(), administrator.getValue()),
              "accessToken");
      assertThat(server.send("DELETE", "/api/users/" + id, bearer(admin), "").status())
          .isEqualTo(204);
      assertThat(passkeys(server)).isEmpty();
      assertThat(server.column("SELECT count(*) FROM varve_passkey_user")).containsExactly("0");
      assertThat(Passkeyed.signIn(server, key).status()).isEqualTo(401);
      assertThat(events(server)).contains("ACCOUNT_DELETED " + ADA);
    }
  }

  @Test
  void thePageBehindTheLinkAsksForThePasskey() {
    try (TestServer server = server(SignUpPolicy.OPEN, VerificationPolicy.REQUIRED)) {
      signUp(server, ADA, key(server));
      Reply page = server.get("/auth/verify-email?token=" + token(server, ADA));
      assertThat(page.text())
          .contains("data-options=\"/auth/verify-email/passkey/options\"")
          .contains("with the passkey that you made then");
      assertThat(page.header("Content-Security-Policy"))
          .contains("script-src 'sha256-", "connect-src 'self'")
          .doesNotContain("unsafe");
      People.signUp(server, "bob@example.com");
      assertThat(server.get("/auth/verify-email?token=" + token(server, "bob@example.com")).text())
          .contains("type=\"password\"")
          .doesNotContain("<script");
      Object name = Objects.requireNonNull(passkeys(server));
      assertThat(name).isEqualTo(List.of());
    }
  }
}
