package dev.varve.face.auth;

import static dev.varve.face.auth.People.ADA;
import static dev.varve.face.auth.People.PASSWORD;
import static dev.varve.face.auth.People.account;
import static dev.varve.face.auth.People.bearer;
import static dev.varve.face.auth.People.code;
import static dev.varve.face.auth.People.confirm;
import static dev.varve.face.auth.People.events;
import static dev.varve.face.auth.People.join;
import static dev.varve.face.auth.People.json;
import static dev.varve.face.auth.People.mails;
import static dev.varve.face.auth.People.post;
import static dev.varve.face.auth.People.signIn;
import static dev.varve.face.auth.People.signUp;
import static dev.varve.face.auth.People.text;
import static dev.varve.face.auth.People.token;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What people do with their accounts, from beginning to end.
class AccountFlowsTest {
  private TestServer server;

  @BeforeEach
  void start() {
    server = TestServer.start(People.plan());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void anAccountIsMadeWhenItsAddressIsConfirmed() {
    Reply signedUp = signUp(server, ADA);
    assertThat(signedUp.status()).as(signedUp.text()).isEqualTo(202);
    assertThat(server.position()).isZero();
    assertThat(signIn(server, ADA, PASSWORD).status()).isEqualTo(401);

    Reply confirmed = confirm(server, token(server, ADA), PASSWORD);
    assertThat(confirmed.status()).as(confirmed.text()).isEqualTo(200);
    assertThat(text(confirmed, "email")).isEqualTo(ADA);
    assertThat(server.events(0)).contains("CREATE User, CREATE SecurityEvent");
    assertThat(events(server)).contains("ACCOUNT_CREATED " + ADA);
    assertThat(signIn(server, ADA, PASSWORD).status()).isEqualTo(200);
  }

  @Test
  void whoSignsInGetsTokensAndTheirAccount() {
    Reply signedIn = join(server, ADA);
    assertThat(json(signedIn))
        .containsOnlyKeys("accessToken", "tokenType", "expiresIn", "refreshToken", "account");
    assertThat(json(signedIn))
        .containsEntry("tokenType", "Bearer")
        .containsEntry("expiresIn", 900L);
    assertThat(account(signedIn))
        .containsEntry("email", ADA)
        .containsEntry("name", "Somebody")
        .containsEntry("verified", true);

    Reply me = server.send("GET", "/auth/me", bearer(text(signedIn, "accessToken")), "");
    assertThat(me.status()).as(me.text()).isEqualTo(200);
    assertThat(json(me).get("account")).isEqualTo(json(signedIn).get("account"));
    assertThat(text(me, "session")).hasSize(36);
    assertThat(events(server)).endsWith("SIGNED_IN " + ADA);
  }

  @Test
  void addressesAreTheSameInSmallAndCapitalLetters() {
    join(server, ADA);
    assertThat(signIn(server, "Ada@Example.COM", PASSWORD).status()).isEqualTo(200);
  }

  @Test
  void addressesAreTheSameHoweverTheirLettersAreComposed() {
    try (TestServer atOnce = People.optional()) {
      assertThat(signUp(atOnce, "Andre\u0301@Example.com").status()).isBetween(200, 299);
      for (String spelling : List.of("andr\u00E9@example.com", "ANDRE\u0301@example.com")) {
        assertThat(signIn(atOnce, spelling, PASSWORD).status()).as(spelling).isEqualTo(200);
      }
    }
  }

  @Test
  void aWrongPasswordIsRefusedAndRecorded() {
    join(server, ADA);
    Reply refused = signIn(server, ADA, "wrong horse battery");
    assertThat(refused.status()).isEqualTo(401);
    assertThat(code(refused)).isEqualTo("UNAUTHENTICATED");
    assertThat(events(server)).endsWith("SIGN_IN_FAILED " + ADA);
    assertThat(server.column("SELECT count(*) FROM varve_session")).containsExactly("1");
  }

  @Test
  void aRefreshTokenGivesTheNextOne() {
    Reply signedIn = join(server, ADA);
    Reply refreshed =
        post(server, "/auth/refresh", Map.of("refreshToken", text(signedIn, "refreshToken")));
    assertThat(refreshed.status()).as(refreshed.text()).isEqualTo(200);
    assertThat(text(refreshed, "refreshToken")).isNotEqualTo(text(signedIn, "refreshToken"));
    Reply me = server.send("GET", "/auth/me", bearer(text(refreshed, "accessToken")), "");
    assertThat(me.status()).isEqualTo(200);
  }

  @Test
  void whoSignsOutIsOutAtOnce() {
    Reply signedIn = join(server, ADA);
    String access = text(signedIn, "accessToken");
    assertThat(server.send("POST", "/auth/sign-out", bearer(access), "{}").status()).isEqualTo(204);
    assertThat(server.send("GET", "/auth/me", bearer(access), "").status()).isEqualTo(401);
    assertThat(
            post(server, "/auth/refresh", Map.of("refreshToken", text(signedIn, "refreshToken")))
                .status())
        .isEqualTo(401);
    assertThat(events(server)).contains("SIGNED_OUT " + ADA);
  }

  @Test
  void sessionsAreListedAndEndedOneByOne() {
    String first = text(join(server, ADA), "accessToken");
    Reply phone =
        post(
            server,
            "/auth/sign-in",
            Map.of("User-Agent", "Phone " + "x".repeat(1_000)),
            Map.of("email", ADA, "password", PASSWORD));
    Reply list = server.send("GET", "/auth/sessions", bearer(first), "");
    List<?> items = (List<?>) Objects.requireNonNull(json(list).get("items"));
    assertThat(items).hasSize(2);
    Map<?, ?> other = (Map<?, ?>) items.getFirst();
    assertThat(other.get("current")).isEqualTo(false);
    assertThat(String.valueOf(other.get("device"))).startsWith("Phone x").hasSize(200);
    assertThat(other.get("address")).isEqualTo("127.0.0.1");

    String id = String.valueOf(other.get("id"));
    assertThat(server.send("DELETE", "/auth/sessions/" + id, bearer(first), "").status())
        .isEqualTo(204);
    String phoneAccess = text(phone, "accessToken");
    assertThat(server.send("GET", "/auth/me", bearer(phoneAccess), "").status()).isEqualTo(401);
    assertThat(server.send("GET", "/auth/me", bearer(first), "").status()).isEqualTo(200);

    assertThat(server.send("DELETE", "/auth/sessions", bearer(first), "").status()).isEqualTo(204);
    assertThat(server.send("GET", "/auth/me", bearer(first), "").status()).isEqualTo(401);
  }

  @Test
  void nobodyEndsTheSessionOfSomebodyElse() {
    String ada = text(join(server, ADA), "accessToken");
    String bob = text(join(server, "bob@example.com"), "accessToken");
    String session = text(server.send("GET", "/auth/me", bearer(ada), ""), "session");
    assertThat(server.send("DELETE", "/auth/sessions/" + session, bearer(bob), "").status())
        .isEqualTo(404);
    assertThat(server.send("GET", "/auth/me", bearer(ada), "").status()).isEqualTo(200);
  }

  @Test
  void anotherPasswordEndsTheOtherSessions() {
    String here = text(join(server, ADA), "accessToken");
    String there = text(signIn(server, ADA, PASSWORD), "accessToken");
    Reply wrong =
        post(
            server,
            "/auth/password",
            bearer(here),
            Map.of("currentPassword", "nonsense", "newPassword", "another long password"));
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.text()).contains("currentPassword");
    Reply changed =
        post(
            server,
            "/auth/password",
            bearer(here),
            Map.of("currentPassword", PASSWORD, "newPassword", "another long password"));
    assertThat(changed.status()).as(changed.text()).isEqualTo(204);
    assertThat(server.send("GET", "/auth/me", bearer(here), "").status()).isEqualTo(200);
    assertThat(server.send("GET", "/auth/me", bearer(there), "").status()).isEqualTo(401);
    assertThat(signIn(server, ADA, PASSWORD).status()).isEqualTo(401);
    assertThat(signIn(server, ADA, "another long password").status()).isEqualTo(200);
    assertThat(mails(server, ADA, 2).getFirst()).startsWith("Your password was changed");
    assertThat(events(server)).contains("PASSWORD_CHANGED " + ADA);
  }

  @Test
  void aForgottenPasswordIsReplacedOverTheMailbox() {
    String access = text(join(server, ADA), "accessToken");
    assertThat(post(server, "/auth/password/forgot", Map.of("email", ADA)).status()).isEqualTo(202);
    String token = token(mails(server, ADA, 2).getFirst());
    Reply weak =
        post(server, "/auth/password/reset", Map.of("token", token, "newPassword", "short"));
    assertThat(weak.status()).isEqualTo(400);
    Map<String, String> reset = Map.of("token", token, "newPassword", "another long password");
    assertThat(post(server, "/auth/password/reset", reset).status()).isEqualTo(204);
    assertThat(server.send("GET", "/auth/me", bearer(access), "").status()).isEqualTo(401);
    assertThat(signIn(server, ADA, "another long password").status()).isEqualTo(200);
  }

  @Test
  void anAddressChangesOnceTheNewOneIsConfirmed() {
    String access = text(join(server, ADA), "accessToken");
    Reply asked =
        post(
            server,
            "/auth/email",
            bearer(access),
            Map.of("newEmail", "lovelace@example.com", "password", PASSWORD));
    assertThat(asked.status()).as(asked.text()).isEqualTo(202);
    assertThat(mails(server, ADA, 2).getFirst()).contains("lovelace@example.com");
    assertThat(signIn(server, ADA, PASSWORD).status()).isEqualTo(200);
    String token = token(server, "lovelace@example.com");
    Map<String, String> confirmed = Map.of("token", token, "password", PASSWORD);
    String elsewhere = text(signIn(server, ADA, PASSWORD), "accessToken");
    assertThat(post(server, "/auth/email/confirm", bearer(access), confirmed).status())
        .isEqualTo(200);
    assertThat(server.send("GET", "/auth/me", bearer(access), "").status()).isEqualTo(200);
    assertThat(server.send("GET", "/auth/me", bearer(elsewhere), "").status())
        .as("other sessions end")
        .isEqualTo(401);
    assertThat(signIn(server, ADA, PASSWORD).status()).isEqualTo(401);
    Reply signedIn = signIn(server, "lovelace@example.com", PASSWORD);
    assertThat(account(signedIn))
        .containsEntry("email", "lovelace@example.com")
        .containsEntry("verified", true);
    assertThat(post(server, "/auth/email/confirm", confirmed).status()).isEqualTo(400);
    assertThat(events(server)).contains("EMAIL_CHANGED lovelace@example.com");
  }

  @Test
  void thePagesBehindTheLinksWorkWithoutScript() {
    signUp(server, ADA);
    String mail = mails(server, ADA, 1).getFirst();
    String link = mail.lines().filter(line -> line.startsWith("http://")).findFirst().orElseThrow();
    String target = link.substring(link.indexOf("/auth/"));
    Reply page = server.get(target);
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Content-Type")).startsWith("text/html");
    assertThat(page.header("Content-Security-Policy"))
        .contains("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'");
    assertThat(page.text())
        .contains("<form method=\"post\"", "type=\"password\" name=\"password\"")
        .doesNotContain("<script");
    // looking at it has changed nothing
    assertThat(server.position()).isZero();
    Reply done =
        server.send(
            "POST",
            "/auth/verify-email",
            Map.of("Content-Type", "application/x-www-form-urlencoded"),
            "token=" + token(mail) + "&password=" + PASSWORD.replace(' ', '+'));
    assertThat(done.status()).as(done.text()).isEqualTo(200);
    assertThat(done.text()).contains("ada@example.com is confirmed");
    assertThat(signIn(server, ADA, PASSWORD).status()).isEqualTo(200);
    Reply again =
        server.send(
            "POST",
            "/auth/verify-email",
            Map.of("Content-Type", "application/x-www-form-urlencoded"),
            "token=" + token(mail) + "&password=" + PASSWORD.replace(' ', '+'));
    assertThat(again.status()).isEqualTo(400);
    assertThat(again.text()).contains("That did not work", "The link is not good");
  }

  @Test
  void everyMistakeInABodyIsToldAtOnce() {
    Reply refused =
        server.send(
            "POST",
            "/auth/sign-in",
            Map.of(),
            "{\"email\": 1, \"passwort\": \"x\", \"password\": \"\"}");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text())
        .contains(
            "{\"field\":\"passwort\",\"message\":\"is not known here; there are email, password, cookie."
                + " Did you mean 'password'?\"}",
            "{\"field\":\"email\",\"message\":\"must be an e-mail address, as text\"}",
            "{\"field\":\"password\",\"message\":\"must be a password, as text\"}");
  }

  @Test
  void accountsWorkOnAfterTheSchemaIsServedAnew() {
    String access = text(join(server, ADA), "accessToken");
    server.reload(
        People.SCHEMA.replace(
            "nickname: String @unique", "nickname: String @unique\n  motto: String"));
    Reply me = server.send("GET", "/auth/me", bearer(access), "");
    assertThat(me.status()).isEqualTo(200);
    assertThat(me.text()).contains("\"motto\":null");
    assertThat(signIn(server, ADA, PASSWORD).status()).isEqualTo(200);
  }
}
