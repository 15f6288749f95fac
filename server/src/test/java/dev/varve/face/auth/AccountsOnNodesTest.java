package dev.varve.face.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.identity.account.SignUpPolicy;
import dev.varve.identity.account.VerificationPolicy;
import dev.varve.identity.token.Secrets;
import dev.varve.identity.token.SigningKeys;
import dev.varve.kernel.Patience;
import dev.varve.node.OpenEngine;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import dev.varve.node.TestServer.Reply;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Accounts on two nodes: who is signed in at one is known at the other, and who is shut out at one is shut out at both.
class AccountsOnNodesTest {
  private static TestServer first;
  private static TestServer second;
  private static String password;
  private static Map<String, String> admin;

  @BeforeAll
  static void start() {
    Plan plan =
        Plan.of(People.SCHEMA)
            .with(People.settings(SignUpPolicy.OPEN, VerificationPolicy.OPTIONAL))
            .knowing(Map.of(Secrets.AUTH, Base64.getEncoder().encodeToString(new byte[32])));
    first = TestServer.startInPostgres(plan);
    second = first.beside();
    password = first.administration().createAdministrator("admin@example.com");
    admin = token(People.signIn(first, "admin@example.com", password));
  }

  @AfterAll
  static void stop() {
    second.close();
    first.close();
  }

  /// Somebody new who has signed in at the first node.
  private static Reply joined(String email) {
    assertThat(People.signUp(first, email).status()).isLessThan(300);
    Reply signedIn = People.signIn(first, email, People.PASSWORD);
    assertThat(signedIn.status()).as(signedIn.text()).isEqualTo(200);
    return signedIn;
  }

  private static Map<String, String> token(Reply signedIn) {
    return People.bearer(People.text(signedIn, "accessToken"));
  }

  private static int me(TestServer at, Map<String, String> token) {
    return at.send("GET", "/auth/me", token, "").status();
  }

  private static void assertShutOut(Map<String, String> token) {
    Patience.until("the other node has heard", () -> me(second, token) == 401);
  }

  @Test
  void aTokenOfOneNodeIsGoodAtTheOtherAtOnce() {
    assertThat(me(second, token(joined("token@example.com")))).isEqualTo(200);
  }

  @Test
  void whoSignsOutAtOneNodeIsSignedOutAtTheOther() {
    Map<String, String> token = token(joined("out@example.com"));
    assertThat(me(second, token)).isEqualTo(200);
    assertThat(first.send("POST", "/auth/sign-out", token, "").status()).isEqualTo(204);
    assertShutOut(token);
  }

  @Test
  void aDisabledAccountIsShutOutEverywhere() {
    Reply signedIn = joined("disabled@example.com");
    Map<String, String> token = token(signedIn);
    assertThat(me(second, token)).isEqualTo(200);
    first.administration().setDisabled("disabled@example.com", true);
    assertShutOut(token);
  }

  @Test
  void aRoleGivenAndTakenAtOneNodeIsSoAtTheOther() {
    Reply signedIn = joined("role@example.com");
    Map<String, String> token = token(signedIn);
    String path = "/api/users/" + People.account(signedIn).get("id");
    assertThat(second.send("GET", "/auth/keys", token, "").status()).isEqualTo(403);
    roles(path, "admin");
    Patience.until(
        "the other node has heard of the role",
        () -> second.send("GET", "/auth/keys", token, "").status() == 200);
    roles(path, "");
    Patience.until(
        "the other node has heard that it was taken",
        () -> second.send("GET", "/auth/keys", token, "").status() == 403);
  }

  private static void roles(String path, String role) {
    String roles = role.isEmpty() ? "" : "\"" + role + "\"";
    assertThat(first.send("PATCH", path, admin, "{\"roles\": [%s]}".formatted(roles)).status())
        .isEqualTo(200);
  }

  @Test
  void aKeyRevokedAtOneNodeIsRefusedAtTheOther() {
    Reply made =
        People.post(first, "/auth/keys", admin, Map.of("name", "robot", "roles", List.of("admin")));
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    Map<String, String> key = People.bearer(People.text(made, "key"));
    assertThat(second.send("GET", "/api/users", key, "").status()).isEqualTo(200);
    assertThat(first.send("DELETE", "/auth/keys/" + People.text(made, "id"), admin, "").status())
        .isLessThan(300);
    Patience.until(
        "the other node has heard",
        () -> second.send("GET", "/api/users", key, "").status() == 401);
  }

  @Test
  void guessesAreCountedOfAllNodesTogether() {
    joined("guessed@example.com");
    for (int i = 0; i < 10; i++) {
      TestServer node = i % 2 == 0 ? first : second;
      assertThat(People.signIn(node, "guessed@example.com", "wrong horse battery").status())
          .isEqualTo(401);
    }
    assertThat(People.signIn(first, "guessed@example.com", People.PASSWORD).status())
        .isEqualTo(429);
    assertThat(People.signIn(second, "guessed@example.com", People.PASSWORD).status())
        .isEqualTo(429);
  }

  @Test
  void aSignInGoesOnAtTheOtherNode() {
    Reply signedIn = joined("refresh@example.com");
    Reply refreshed =
        People.post(
            second, "/auth/refresh", Map.of("refreshToken", People.text(signedIn, "refreshToken")));
    assertThat(refreshed.status()).as(refreshed.text()).isEqualTo(200);
    assertThat(me(first, token(refreshed))).isEqualTo(200);
  }

  /// Whoever holds the machine makes new keys beside nodes that run.
  @Test
  void aTokenOfADiscardedKeyIsRefusedAtBoth() {
    Map<String, String> token = token(joined("discarded@example.com"));
    assertThat(me(first, token)).isEqualTo(200);
    assertThat(me(second, token)).isEqualTo(200);
    try (OpenEngine engine = second.engineBeside()) {
      SigningKeys.discard(engine.sequencer());
    }
    assertShutOut(token);
    Patience.until("this node has heard", () -> me(first, token) == 401);
    Reply again = People.signIn(first, "discarded@example.com", People.PASSWORD);
    assertThat(me(second, token(again))).isEqualTo(200);
    // whoever comes after has other tokens
    admin = token(People.signIn(first, "admin@example.com", password));
  }
}
