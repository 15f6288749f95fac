package dev.varve.face.auth;

import static dev.varve.face.auth.People.ADA;
import static dev.varve.face.auth.People.PASSWORD;
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

import dev.varve.identity.account.SignUpPolicy;
import dev.varve.identity.account.VerificationPolicy;
import dev.varve.identity.mail.MailSettings;
import dev.varve.kernel.AtOnce;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// What people do with the accounts of others.
@Order(1)
class AccountAbuseTest {
  private static final int AT_ONCE = 20;

  private static Reply refresh(TestServer server, String token) {
    return post(server, "/auth/refresh", Map.of("refreshToken", token));
  }

  private static long statuses(List<Reply> replies, int status) {
    return replies.stream().filter(reply -> reply.status() == status).count();
  }

  @Test
  void ofTwentyUsesOfARefreshTokenOneWinsAndTheSessionEnds() throws Exception {
    try (TestServer server = TestServer.start(People.plan())) {
      Reply signedIn = join(server, ADA);
      String stolen = text(signedIn, "refreshToken");
      List<Reply> replies = AtOnce.times(AT_ONCE, () -> refresh(server, stolen));
      assertThat(statuses(replies, 200)).isEqualTo(1);
      assertThat(statuses(replies, 401)).isEqualTo(AT_ONCE - 1);
      Reply winner =
          replies.stream().filter(reply -> reply.status() == 200).findFirst().orElseThrow();
      for (int i = 0; i < 2; i++) {
        assertThat(refresh(server, text(winner, "refreshToken")).status()).isEqualTo(401);
        assertThat(refresh(server, stolen).status()).isEqualTo(401);
        String access = text(winner, "accessToken");
        assertThat(server.send("GET", "/auth/me", bearer(access), "").status()).isEqualTo(401);
        server.restart();
      }
      assertThat(events(server)).containsOnlyOnce("REFRESH_TOKEN_REUSED " + ADA);
    }
  }

  @Test
  void aUsedRefreshTokenIsKnownAfterARestart() {
    try (TestServer server = TestServer.start(People.plan())) {
      String first = text(join(server, ADA), "refreshToken");
      String second = text(refresh(server, first), "refreshToken");
      server.restart();
      assertThat(refresh(server, first).status()).isEqualTo(401);
      assertThat(refresh(server, second).status()).isEqualTo(401);
      assertThat(server.column("SELECT count(*) FROM varve_refresh_token")).containsExactly("0");
      assertThat(events(server)).endsWith("REFRESH_TOKEN_REUSED " + ADA);
    }
  }

  @Test
  void aRefreshTokenIsGoodWholeOrNotAtAll() {
    try (TestServer server = TestServer.start(People.plan())) {
      String token = text(join(server, ADA), "refreshToken");
      for (String other :
          List.of(token.substring(0, 42), token + "A", token + "=", " " + token, token + "\n")) {
        assertThat(refresh(server, other).status()).as(other).isEqualTo(401);
      }
      assertThat(refresh(server, token).status()).isEqualTo(200);
    }
  }

  @Test
  void tenWrongPasswordsLockTheAccountForThatNetwork() {
    try (TestServer server = TestServer.start(People.plan())) {
      Reply signedIn = join(server, ADA);
      for (String email : List.of(ADA, "nobody@example.com")) {
        for (int i = 0; i < 10; i++) {
          assertThat(signIn(server, email, "guess number " + i).status()).isEqualTo(401);
        }
        Reply locked = signIn(server, email, PASSWORD);
        assertThat(locked.status()).isEqualTo(429);
        assertThat(code(locked)).isEqualTo("TOO_MANY_REQUESTS");
        assertThat(Integer.parseInt(locked.header("Retry-After"))).isBetween(1, 30);
      }
      Map<String, String> ada = bearer(text(signedIn, "accessToken"));
      Reply change =
          post(
              server,
              "/auth/password",
              ada,
              Map.of("currentPassword", PASSWORD, "newPassword", "another long password"));
      assertThat(change.status()).isEqualTo(429);
      Reply email =
          post(
              server,
              "/auth/email",
              ada,
              Map.of("newEmail", "evil@example.com", "password", PASSWORD));
      assertThat(email.status()).isEqualTo(429);
      server.restart();
      assertThat(signIn(server, ADA, PASSWORD).status()).isEqualTo(429);
      assertThat(signIn(server, "nobody@example.com", PASSWORD).status()).isEqualTo(429);
      assertThat(server.column("SELECT count(*) FROM varve_session")).containsExactly("1");
      assertThat(events(server)).containsOnlyOnce("LOCKED_OUT " + ADA);
    }
  }

  @Test
  void guessesSideBySideDoNotPass() throws Exception {
    try (TestServer server = TestServer.start(People.plan())) {
      join(server, ADA);
      List<Reply> replies = AtOnce.times(30, () -> signIn(server, ADA, "guess"));
      // a machine with much else to do may refuse some for that, and they have guessed nothing
      long overloaded = statuses(replies, 503);
      assertThat(statuses(replies, 401)).isBetween(10 - overloaded, 10L);
      assertThat(statuses(replies, 429)).isBetween(20 - overloaded, 20L);
      assertThat(statuses(replies, 401) + statuses(replies, 429) + overloaded).isEqualTo(30);
    }
  }

  @Test
  void whoeverSignsInOftenAtOnceIsNotLockedOut() throws Exception {
    try (TestServer server = TestServer.start(People.plan())) {
      join(server, ADA);
      List<Reply> replies = AtOnce.times(30, () -> signIn(server, ADA, PASSWORD));
      // a machine with much else to do may refuse some for that, and that counts against nobody
      assertThat(statuses(replies, 200)).isPositive();
      assertThat(statuses(replies, 200) + statuses(replies, 503)).isEqualTo(30);
      assertThat(signIn(server, ADA, PASSWORD).status()).isEqualTo(200);
    }
  }

  @Test
  void aSessionIsOpenedInTheUnitThatTakesTheAttemptBack() {
    try (TestServer server = TestServer.start(People.plan())) {
      join(server, ADA);
      assertThat(signIn(server, ADA, "guess").status()).isEqualTo(401);
      long position = server.position();
      assertThat(signIn(server, ADA, PASSWORD).status()).isEqualTo(200);
      assertThat(server.events(position)).containsExactly("CREATE SecurityEvent");
      assertThat(server.column("SELECT actor FROM varve_log ORDER BY position DESC LIMIT 1"))
          .first()
          .asString()
          .startsWith("user:");
      assertThat(server.column("SELECT subject FROM varve_attempt WHERE subject LIKE '%:%'"))
          .allMatch(subject -> subject.startsWith("network:") || subject.startsWith("mails:"));
    }
  }

  @Test
  void whoKnowsThePasswordStartsAnew() {
    try (TestServer server = TestServer.start(People.plan())) {
      join(server, ADA);
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 6; i++) {
          assertThat(signIn(server, ADA, "guess").status()).isEqualTo(401);
        }
        assertThat(signIn(server, ADA, PASSWORD).status()).isEqualTo(200);
      }
      // the network keeps its failures: else one's own account would pay for guesses at others
      assertThat(
              server.column(
                  "SELECT failures FROM varve_attempt WHERE subject = 'network:127.0.0.1'"))
          .containsExactly("18");
    }
  }

  @Test
  void aHundredWrongTokensLockTheNetworkWhateverTheyAreFor() {
    List<String> ways =
        List.of("/auth/verify-email", "/auth/password/reset", "/auth/email/confirm");
    try (TestServer server = TestServer.start(People.plan())) {
      for (int i = 0; i < 100; i++) {
        assertThat(guess(server, ways.get(i % 3), i).status()).isBetween(400, 401);
      }
      for (String way : ways) {
        Reply locked = guess(server, way, 100);
        assertThat(locked.status()).as(way).isEqualTo(429);
        assertThat(locked.header("Retry-After")).isNotEmpty();
      }
      assertThat(signIn(server, ADA, "guess").status()).isEqualTo(429);
      // failures of nobody's account are recorded at 8, 16, 32 and 64
      assertThat(server.column("SELECT count(*) FROM security_events")).containsExactly("4");
    }
  }

  @Test
  void aHundredWrongRefreshTokensLockSuchTokensAndNothingElse() {
    try (TestServer server = TestServer.start(People.plan())) {
      Reply signedIn = join(server, ADA);
      for (int i = 0; i < 100; i++) {
        assertThat(guess(server, "/auth/refresh", i).status()).isEqualTo(401);
      }
      Reply locked = guess(server, "/auth/refresh", 100);
      assertThat(locked.status()).isEqualTo(429);
      assertThat(locked.header("Retry-After")).isNotEmpty();
      assertThat(refresh(server, text(signedIn, "refreshToken")).status()).isEqualTo(200);
      assertThat(signIn(server, ADA, PASSWORD).status()).isEqualTo(200);
    }
  }

  @Test
  void aRightPasswordDoesNotCountWhenWhatItWasForIsRefused() {
    try (TestServer server = TestServer.start(People.plan())) {
      Map<String, String> ada = bearer(text(join(server, ADA), "accessToken"));
      Map<String, String> nobody = Map.of("email", "nobody@example.com");
      for (int sent = 0; sent < 400; sent++) {
        if (post(server, "/auth/password/forgot", nobody).status() != 202) {
          break;
        }
      }
      // each asks for one mail more than the network may, with more passwords than may be wrong
      for (int i = 0; i < 12; i++) {
        Reply refused =
            post(
                server,
                "/auth/email",
                ada,
                Map.of("newEmail", "other@example.com", "password", PASSWORD));
        assertThat(refused.status()).as(refused.text()).isEqualTo(429);
      }
      assertThat(
              server.column("SELECT subject FROM varve_attempt WHERE subject NOT LIKE 'mails:%'"))
          .isEmpty();
      assertThat(signIn(server, ADA, PASSWORD).status()).isEqualTo(200);
    }
  }

  @Test
  void mailsThatANetworkAsksForAreForgottenOneByOne() {
    try (TestServer server = TestServer.start(People.plan())) {
      Map<String, String> nobody = Map.of("email", "nobody@example.com");
      int sent = 0;
      Reply reply = post(server, "/auth/password/forgot", nobody);
      while (reply.status() == 202 && sent < 400) {
        sent++;
        reply = post(server, "/auth/password/forgot", nobody);
      }
      assertThat(sent).isBetween(300, 301);
      for (int i = 0; i < 3; i++) {
        reply = post(server, "/auth/password/forgot", nobody);
        assertThat(reply.status()).isEqualTo(429);
        // to ask again makes nothing longer
        assertThat(Integer.parseInt(reply.header("Retry-After"))).isBetween(1, 12);
      }
    }
  }

  @Test
  void aHundredWrongKeysLockKeysAndNothingElse() {
    try (TestServer server = TestServer.start(People.plan())) {
      Reply signedIn = join(server, ADA);
      for (int i = 0; i < 100; i++) {
        assertThat(guess(server, "key", i).status()).isEqualTo(401);
      }
      assertThat(guess(server, "key", 100).status()).isEqualTo(429);
      Map<String, String> access = bearer(text(signedIn, "accessToken"));
      assertThat(server.send("GET", "/auth/me", access, "").status()).isEqualTo(200);
      assertThat(signIn(server, ADA, PASSWORD).status()).isEqualTo(200);
      server.restart();
      assertThat(guess(server, "key", 101).status()).isEqualTo(429);
    }
  }

  private static Reply guess(TestServer server, String way, int number) {
    String token = "A".repeat(40) + number;
    return switch (way) {
      case "key" -> server.send("GET", "/auth/me", bearer("vk_" + token), "");
      case "/auth/refresh" -> refresh(server, token);
      case "/auth/password/reset" ->
          post(server, way, Map.of("token", token, "newPassword", "a long password"));
      case "/auth/verify-email" -> confirm(server, token, PASSWORD);
      default -> post(server, way, Map.of("token", token, "password", PASSWORD));
    };
  }

  @Test
  void anAccountThatWasMadeAheadEndsWithTheOwnerOfTheMailbox() {
    try (TestServer server = People.optional()) {
      signUp(server, ADA);
      Reply attacker = signIn(server, ADA, PASSWORD);
      assertThat(attacker.status()).as(attacker.text()).isEqualTo(200);
      String access = text(attacker, "accessToken");

      Reply signedUp =
          post(
              server,
              "/auth/sign-up",
              Map.of("email", ADA, "password", "the owner's own one", "name", "Ada"));
      assertThat(signedUp.status()).isEqualTo(202);
      // nothing has happened yet
      assertThat(signIn(server, ADA, "the owner's own one").status()).isEqualTo(401);
      String token = token(mails(server, ADA, 2).getFirst());
      assertThat(confirm(server, token, "the owner's own one").status()).isEqualTo(200);

      assertThat(signIn(server, ADA, PASSWORD).status()).isEqualTo(401);
      assertThat(server.send("GET", "/auth/me", bearer(access), "").status()).isEqualTo(401);
      assertThat(refresh(server, text(attacker, "refreshToken")).status()).isEqualTo(401);
      assertThat(signIn(server, ADA, "the owner's own one").status()).isEqualTo(200);
      assertThat(server.column("SELECT name || CASE WHEN verified THEN 1 ELSE 0 END FROM users"))
          .containsExactly("Ada1");
      // the link that went to the attacker's sign-up is of no use any more
      String earlier = token(mails(server, ADA).getLast());
      assertThat(confirm(server, earlier, PASSWORD).status()).isEqualTo(400);
    }
  }

  @Test
  void anAddressThatSomebodyElseWantsIsNotConfirmedByMistake() {
    try (TestServer server = TestServer.start(People.plan())) {
      String attacker = "attacker@example.com";
      Reply joined = join(server, attacker);
      post(
          server,
          "/auth/email",
          bearer(text(joined, "accessToken")),
          Map.of("newEmail", ADA, "password", PASSWORD));
      String token = token(server, ADA);
      assertThat(server.get("/auth/email/confirm?token=" + token).text())
          .contains("type=\"password\" name=\"password\"");
      String form = "token=" + token + "&password=";
      Map<String, String> isForm = Map.of("Content-Type", "application/x-www-form-urlencoded");
      for (String guess : List.of("", "ada's+own+password")) {
        Reply refused = server.send("POST", "/auth/email/confirm", isForm, form + guess);
        assertThat(refused.status()).as(guess).isEqualTo(400);
      }
      Reply refused =
          post(
              server,
              "/auth/email/confirm",
              Map.of("token", token, "password", "ada's own password"));
      assertThat(refused.text()).contains("\"field\":\"password\"", "asked for this address");
      assertThat(server.column("SELECT email FROM users")).containsExactly(attacker);
      assertThat(events(server)).contains("PROOF_FAILED " + attacker);
      // whoever has both still may
      Reply done =
          server.send("POST", "/auth/email/confirm", isForm, form + PASSWORD.replace(' ', '+'));
      assertThat(done.status()).as(done.text()).isEqualTo(200);
      assertThat(server.column("SELECT email FROM users")).containsExactly(ADA);
    }
  }

  @Test
  void aSignUpOfSomebodyElseIsNotConfirmedByMistake() {
    try (TestServer server = TestServer.start(People.plan())) {
      String own = "the owner's own one";
      Map<String, String> owner = Map.of("email", ADA, "password", own, "name", "Ada");
      // the mails that a mailbox is sent in an hour are used up
      for (int i = 0; i < 5; i++) {
        signUp(server, ADA);
      }
      assertThat(post(server, "/auth/sign-up", owner).status()).isEqualTo(202);
      String token = token(mails(server, ADA, 5).getFirst());
      long position = server.position();
      Reply refused = confirm(server, token, own);
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.text()).contains("\"field\":\"password\"", "sign up again");
      assertThat(post(server, "/auth/verify-email", Map.of("token", token)).status())
          .isEqualTo(400);
      assertThat(server.position()).isEqualTo(position);
      assertThat(server.column("SELECT count(*) FROM users")).containsExactly("0");
    }
  }

  @Test
  void aMailThatIsSentAgainDoesNotCarryThePasswordOfSomebodyElse() {
    try (TestServer server = TestServer.start(People.plan())) {
      String own = "the owner's own one";
      post(server, "/auth/sign-up", Map.of("email", ADA, "password", own, "name", "Ada"));
      String first = token(mails(server, ADA, 1).getFirst());
      signUp(server, ADA);
      mails(server, ADA, 2);
      post(server, "/auth/verify-email/resend", Map.of("email", ADA));
      String again = token(mails(server, ADA, 3).getFirst());
      assertThat(confirm(server, again, own).status()).isEqualTo(400);
      assertThat(confirm(server, first, own).status()).isEqualTo(200);
      assertThat(signIn(server, ADA, own).status()).isEqualTo(200);
      assertThat(signIn(server, ADA, PASSWORD).status()).isEqualTo(401);
    }
  }

  @Test
  void anAccountThatWasMadeAheadIsNotConfirmedWithoutItsPassword() {
    try (TestServer server = People.optional()) {
      signUp(server, ADA);
      String token = token(server, ADA);
      assertThat(confirm(server, token, "the owner's own one").status()).isEqualTo(400);
      assertThat(server.column("SELECT verified FROM users")).containsExactly("0");
      // a wrong password leaves the token as good as it was
      assertThat(confirm(server, token, PASSWORD).status()).isEqualTo(200);
      assertThat(server.column("SELECT verified FROM users")).containsExactly("1");
    }
  }

  @Test
  void wrongPasswordsForATokenLockLikeAnyOthers() {
    try (TestServer server = TestServer.start(People.plan())) {
      signUp(server, ADA);
      String token = token(server, ADA);
      for (int i = 0; i < 10; i++) {
        assertThat(confirm(server, token, "guess number " + i).status()).isEqualTo(400);
      }
      assertThat(confirm(server, token, PASSWORD).status()).isEqualTo(429);
      assertThat(server.column("SELECT count(*) FROM users")).containsExactly("0");
    }
  }

  @Test
  void aTakenNicknameIsToldWhetherTheAddressHasAnAccountOrNot() {
    try (TestServer server = People.optional()) {
      Map<String, String> ada = new HashMap<>();
      ada.put("email", ADA);
      ada.put("password", PASSWORD);
      ada.put("name", "Ada");
      ada.put("nickname", "ace");
      assertThat(post(server, "/auth/sign-up", ada).status()).isEqualTo(202);
      long position = server.position();
      ada.put("email", "nobody@example.com");
      Reply unknown = post(server, "/auth/sign-up", ada);
      assertThat(unknown.status()).isEqualTo(409);
      assertThat(unknown.text()).contains("nickname");
      ada.put("email", ADA);
      assertAlike(post(server, "/auth/sign-up", ada), unknown);
      assertThat(server.position()).isEqualTo(position);
    }
  }

  private static void assertAlike(Reply known, Reply unknown) {
    assertThat(known.status()).isEqualTo(unknown.status());
    assertThat(withoutRequestId(known)).isEqualTo(withoutRequestId(unknown));
    assertThat(known.headers().keySet()).isEqualTo(unknown.headers().keySet());
  }

  private static String withoutRequestId(Reply reply) {
    return reply.text().replaceAll("\"requestId\":\"[^\"]*\"", "");
  }

  @Test
  void aResetLinkIsGoodOnce() {
    try (TestServer server = TestServer.start(People.plan())) {
      join(server, ADA);
      post(server, "/auth/password/forgot", Map.of("email", ADA));
      post(server, "/auth/password/forgot", Map.of("email", ADA));
      List<String> mails = mails(server, ADA, 3);
      String other = token(mails.get(1));
      Map<String, String> reset =
          Map.of("token", token(mails.getFirst()), "newPassword", "another long password");
      assertThat(post(server, "/auth/password/reset", reset).status()).isEqualTo(204);
      long position = server.position();
      for (String token : List.of(String.valueOf(reset.get("token")), other)) {
        Reply again =
            post(
                server,
                "/auth/password/reset",
                Map.of("token", token, "newPassword", "the attacker's one"));
        assertThat(again.status()).isEqualTo(400);
        assertThat(again.text()).contains("it was used, has expired, or never was one");
      }
      assertThat(server.position()).isEqualTo(position);
      assertThat(signIn(server, ADA, "another long password").status()).isEqualTo(200);
    }
  }

  @Test
  void ofTwentyUsesOfAResetLinkOneWins() throws Exception {
    try (TestServer server = TestServer.start(People.plan())) {
      join(server, ADA);
      post(server, "/auth/password/forgot", Map.of("email", ADA));
      Map<String, String> reset =
          Map.of(
              "token",
              token(mails(server, ADA, 2).getFirst()),
              "newPassword",
              "another long password");
      List<Reply> replies =
          AtOnce.times(AT_ONCE, () -> post(server, "/auth/password/reset", reset));
      assertThat(statuses(replies, 204)).isEqualTo(1);
      assertThat(statuses(replies, 400)).isEqualTo(AT_ONCE - 1);
      assertThat(events(server)).containsOnlyOnce("PASSWORD_CHANGED " + ADA);
    }
  }

  @Test
  void ofTwentyConfirmationsOneMakesTheAccount() throws Exception {
    try (TestServer server = TestServer.start(People.plan())) {
      signUp(server, ADA);
      String token = token(server, ADA);
      List<Reply> replies = AtOnce.times(AT_ONCE, () -> confirm(server, token, PASSWORD));
      assertThat(statuses(replies, 200)).isEqualTo(1);
      // ten that fail side by side lock
      assertThat(statuses(replies, 400) + statuses(replies, 429)).isEqualTo(AT_ONCE - 1);
      assertThat(server.column("SELECT count(*) FROM users")).containsExactly("1");
    }
  }

  @Test
  void ofTwentyConfirmationsOneChangesTheAddress() throws Exception {
    try (TestServer server = TestServer.start(People.plan())) {
      Map<String, String> ada = bearer(text(join(server, ADA), "accessToken"));
      String other = "other@example.com";
      post(server, "/auth/email", ada, Map.of("newEmail", other, "password", PASSWORD));
      Map<String, String> confirmation =
          Map.of("token", token(server, other), "password", PASSWORD);
      List<Reply> replies =
          AtOnce.times(AT_ONCE, () -> post(server, "/auth/email/confirm", confirmation));
      assertThat(statuses(replies, 200)).isEqualTo(1);
      // ten that fail side by side lock
      assertThat(statuses(replies, 400) + statuses(replies, 429)).isEqualTo(AT_ONCE - 1);
      assertThat(server.column("SELECT email FROM users")).containsExactly(other);
    }
  }

  @Test
  void aTokenOfOneKindIsNoneOfAnother() {
    try (TestServer server = TestServer.start(People.plan())) {
      join(server, ADA);
      post(server, "/auth/password/forgot", Map.of("email", ADA));
      String reset = token(mails(server, ADA, 2).getFirst());
      long position = server.position();
      assertThat(
              post(server, "/auth/email/confirm", Map.of("token", reset, "password", PASSWORD))
                  .text())
          .contains("\"field\":\"token\"");
      assertThat(confirm(server, reset, PASSWORD).text()).contains("\"field\":\"token\"");
      assertThat(refresh(server, reset).status()).isEqualTo(401);
      assertThat(server.position()).isEqualTo(position);
    }
  }

  @Test
  void aForgedHostGetsIntoNoLink() throws IOException {
    try (TestServer server = TestServer.start(People.plan())) {
      join(server, ADA);
      String body = "{\"email\": \"" + ADA + "\"}";
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        socket
            .getOutputStream()
            .write(
                ("POST /auth/password/forgot HTTP/1.1\r\nHost: evil.example\r\n"
                        + "X-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\n"
                        + "Content-Type: application/json\r\nConnection: close\r\n"
                        + "Content-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body)
                    .getBytes(StandardCharsets.US_ASCII));
        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
            .startsWith("HTTP/1.1 202");
      }
      assertThat(mails(server, ADA, 2).getFirst())
          .contains("http://127.0.0.1:" + server.port() + "/auth/password/reset?token=")
          .doesNotContain("evil");
    }
  }

  @Test
  void nobodySignsUpAsMoreThanTheyAre() {
    try (TestServer server = People.optional()) {
      for (String more :
          List.of(
              "\"id\": \"admin\"",
              "\"roles\": [\"admin\"]",
              "\"verified\": true",
              "\"disabled\": false",
              "\"createdAt\": \"2020-01-01T00:00:00Z\"",
              "\"version\": 7",
              "\"credit\": 1000000",
              "\"userId\": \"1\"")) {
        Reply refused =
            server.send(
                "POST",
                "/auth/sign-up",
                Map.of(),
                "{\"email\": \"%s\", \"password\": \"%s\", \"name\": \"Ada\", %s}"
                    .formatted(ADA, PASSWORD, more));
        assertThat(refused.status()).as(refused.text()).isIn(400, 403);
        assertThat(refused.text()).contains(more.substring(0, more.indexOf(':')));
      }
      assertThat(server.position()).isZero();
      assertThat(mails(server, ADA)).isEmpty();
      for (String table : List.of("users", "varve_credential", "varve_mail_token")) {
        assertThat(server.column("SELECT count(*) FROM " + table)).containsExactly("0");
      }
    }
  }

  @Test
  void nobodySignsUpIntoATeamThatOnlyItsMembersSee() {
    String schema =
        """
        type User @model @account
          @auth(rules: [{allow: owner, ownerField: "id", operations: [READ, UPDATE]}]) {
          id: ID!
          team: Team
          club: Club
        }
        type Team @model @auth(rules: [
          {allow: where, when: "me.team == record.id", operations: [READ]},
          {allow: role, roles: ["admin"]}]) {
          id: ID!
          name: String!
        }
        type Club @model @auth(rules: [{allow: public, operations: [CREATE, READ]}]) {
          id: ID!
          name: String!
        }
        """;
    try (TestServer server =
        TestServer.start(
            TestServer.Plan.of(schema)
                .with(People.settings(SignUpPolicy.OPEN, VerificationPolicy.OPTIONAL)))) {
      String admin = "root@example.com";
      server.administration().create(admin, List.of("admin"), Map.of(), PASSWORD);
      Map<String, String> bearer = bearer(text(signIn(server, admin, PASSWORD), "accessToken"));
      Reply team = post(server, "/api/teams", bearer, Map.of("name", "Board"));
      assertThat(team.status()).as(team.text()).isEqualTo(201);
      Reply club = post(server, "/api/clubs", bearer, Map.of("name", "Chess"));
      assertThat(club.status()).as(club.text()).isEqualTo(201);
      Map<String, String> wish = new HashMap<>(Map.of("email", ADA, "password", PASSWORD));
      wish.put("team", text(team, "id"));
      long position = server.position();
      Reply refused = post(server, "/auth/sign-up", wish);
      assertThat(refused.status()).as(refused.text()).isEqualTo(422);
      assertThat(server.position()).isEqualTo(position);
      assertThat(server.column("SELECT count(*) FROM users")).containsExactly("1");

      wish.remove("team");
      wish.put("club", text(club, "id"));
      Reply seen = post(server, "/auth/sign-up", wish);
      assertThat(seen.status()).as(seen.text()).isEqualTo(202);
      assertThat(server.column("SELECT count(*) FROM users")).containsExactly("2");
    }
  }

  @Test
  void oneMailboxIsNotFlooded() {
    try (TestServer server = TestServer.start(People.plan())) {
      join(server, ADA);
      for (int i = 0; i < 12; i++) {
        assertThat(post(server, "/auth/password/forgot", Map.of("email", ADA)).status())
            .isEqualTo(202);
      }
      // with the one that confirmed the address
      assertThat(mails(server, ADA, 6)).hasSize(6);
    }
  }

  @Test
  void signUpsDoNotHoldBackTheMailThatRecoversAnAccount() {
    try (TestServer server = TestServer.start(People.plan())) {
      join(server, ADA);
      for (int i = 0; i < 6; i++) {
        signUp(server, ADA);
      }
      int before = mails(server, ADA, 6).size();
      post(server, "/auth/password/forgot", Map.of("email", ADA));
      String newest = mails(server, ADA, before + 1).getFirst();
      assertThat(newest).startsWith("Choose a new password");
      Map<String, String> reset = Map.of("token", token(newest), "newPassword", "a new long one");
      assertThat(post(server, "/auth/password/reset", reset).status()).isEqualTo(204);
      assertThat(signIn(server, ADA, "a new long one").status()).isEqualTo(200);
    }
  }

  @Test
  void keptMailsAreForThisMachineAlone() {
    try (TestServer server = TestServer.start(People.plan())) {
      signUp(server, ADA);
      Reply page = server.get("/dev/mails");
      assertThat(page.status()).isEqualTo(200);
      assertThat(page.header("Content-Type")).startsWith("text/html");
    }
    try (TestServer server =
        TestServer.start(People.plan().sending(MailSettings.DEFAULT, Map.of()))) {
      assertThat(server.get("/dev/mails").status()).isEqualTo(404);
    }
  }

  @Test
  void withoutAMailServerFlowsThatNeedMailsSaySoToEverybody() {
    try (TestServer server =
        TestServer.start(People.plan().sending(MailSettings.DEFAULT, Map.of()))) {
      List<Reply> replies =
          List.of(
              signUp(server, ADA),
              post(server, "/auth/password/forgot", Map.of("email", ADA)),
              post(server, "/auth/verify-email/resend", Map.of("email", ADA)));
      for (Reply reply : replies) {
        assertThat(reply.status()).isEqualTo(503);
        assertThat(code(reply)).isEqualTo("MAIL_UNAVAILABLE");
      }
      assertThat(json(replies.getFirst())).containsKey("error");
      assertThat(server.column("SELECT count(*) FROM varve_mail_token")).containsExactly("0");
    }
  }
}
