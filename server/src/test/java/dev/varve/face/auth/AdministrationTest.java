package dev.varve.face.auth;

import static dev.varve.face.auth.People.ADA;
import static dev.varve.face.auth.People.PASSWORD;
import static dev.varve.face.auth.People.bearer;
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
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.identity.account.SignUpPolicy;
import dev.varve.identity.account.VerificationPolicy;
import dev.varve.kernel.Problem;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What administrators do with accounts, and what follows from it at once.
class AdministrationTest {
  private static final String ADMIN = "admin@example.com";

  private TestServer server;

  @BeforeEach
  void start() {
    server = TestServer.start(People.plan());
    server.administration().create(ADMIN, List.of("admin"), Map.of("name", "Grace"), PASSWORD);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Map<String, String> admin() {
    return bearer(text(signIn(server, ADMIN, PASSWORD), "accessToken"));
  }

  private static String id(Reply signedIn) {
    return String.valueOf(People.account(signedIn).get("id"));
  }

  @Test
  void whoGivesOthersAWayInHasProvenWhoTheyAreLately() {
    SteppedClock clock = SteppedClock.ticking();
    try (TestServer other = TestServer.start(People.plan().with(clock))) {
      other
          .administration()
          .create("root@example.com", List.of("admin"), Map.of("name", "Root"), PASSWORD);
      Map<String, String> root =
          bearer(text(signIn(other, "root@example.com", PASSWORD), "accessToken"));
      Map<String, Map<String, ?>> ways =
          Map.of(
              "/auth/keys", Map.of("name", "robot", "roles", List.of("admin")),
              "/auth/admin/clients", Map.of("id", "app", "name", "App"),
              "/auth/invitations", Map.of("email", ADA, "roles", List.of("admin")));
      clock.move(Duration.ofMinutes(11));
      ways.forEach((path, body) -> {
        Reply refused = post(other, path, root, body);
        assertThat(People.code(refused)).as(path).isEqualTo("STEP_UP_REQUIRED");
      });
      assertThat(post(other, "/auth/step-up", root, Map.of("password", PASSWORD)).status())
          .isEqualTo(200);
      assertThat(
              post(other, "/auth/keys", root, Objects.requireNonNull(ways.get("/auth/keys")))
                  .status())
          .isEqualTo(201);
      assertThat(other.send("GET", "/auth/keys", root, "").status()).isEqualTo(200);
    }
  }

  @Test
  void anAccountThatAnOperatorMadeSignsIn() {
    Reply signedIn = signIn(server, ADMIN, PASSWORD);
    assertThat(signedIn.status()).isEqualTo(200);
    assertThat(People.account(signedIn)).containsEntry("roles", List.of("admin"));
    assertThat(server.administration().hasAdministrator()).isTrue();
    List<String> emails = new ArrayList<>();
    server.administration().forEach(account -> emails.add(account.email()));
    assertThat(emails).containsExactly(ADMIN);
    assertThat(events(server)).startsWith("ACCOUNT_CREATED " + ADMIN);
  }

  @Test
  void whatIsWrongWithAnAccountIsToldAtOnce() {
    long position = server.position();
    assertThatThrownBy(
            () -> server.administration().create("nonsense", List.of(), Map.of("age", 1), "short"))
        .isInstanceOfSatisfying(
            Problem.class,
            problem ->
                assertThat(problem.details())
                    .extracting(detail -> detail.field())
                    .containsExactlyInAnyOrder("password", "email", "name", "age"));
    assertThat(server.position()).isEqualTo(position);
  }

  @Test
  void theFirstAdministratorIsMadeOnce() {
    assertThat(server.firstAdministrator()).isEmpty();
    server.close();
    server = TestServer.start(People.plan());
    Map.Entry<String, String> made = server.firstAdministrator().orElseThrow();
    Reply signedIn = signIn(server, made.getKey(), made.getValue());
    assertThat(People.account(signedIn)).containsEntry("roles", List.of("admin"));
    assertThat(server.firstAdministrator()).isEmpty();
  }

  @Test
  void whoIsDisabledIsOutAtOnce() {
    Reply ada = join(server, ADA);
    String access = text(ada, "accessToken");
    server.administration().setDisabled(ADA, true);
    assertThat(server.send("GET", "/auth/me", bearer(access), "").status()).isEqualTo(401);
    assertThat(
            post(server, "/auth/refresh", Map.of("refreshToken", text(ada, "refreshToken")))
                .status())
        .isEqualTo(401);
    assertThat(signIn(server, ADA, PASSWORD).status()).isEqualTo(403);
    assertThat(signIn(server, ADA, "guess").status()).isEqualTo(401);
    assertThat(post(server, "/auth/password/forgot", Map.of("email", ADA)).status()).isEqualTo(202);
    assertThat(events(server)).contains("ACCOUNT_DISABLED " + ADA);
    server.administration().setDisabled(ADA, false);
    assertThat(server.send("GET", "/auth/me", bearer(access), "").status()).isEqualTo(401);
    assertThat(signIn(server, ADA, PASSWORD).status()).isEqualTo(200);
    assertThat(mails(server, ADA)).hasSize(1);
  }

  @Test
  void anAdministratorDisablesOverTheApi() {
    Reply ada = join(server, ADA);
    Reply disabled = server.send("PATCH", "/api/users/" + id(ada), admin(), "{\"disabled\": true}");
    assertThat(disabled.status()).as(disabled.text()).isEqualTo(200);
    String access = text(ada, "accessToken");
    assertThat(server.send("GET", "/auth/me", bearer(access), "").status()).isEqualTo(401);
    assertThat(server.events(0)).contains("UPDATE User, CREATE SecurityEvent");
  }

  @Test
  void aRoleCountsFromTheNextRequest() {
    Reply ada = join(server, ADA);
    Map<String, String> bearer = bearer(text(ada, "accessToken"));
    Map<String, ?> invitation = Map.of("email", "bob@example.com");
    assertThat(post(server, "/auth/invitations", bearer, invitation).status()).isEqualTo(403);
    Reply promoted =
        server.send("PATCH", "/api/users/" + id(ada), admin(), "{\"roles\": [\"admin\"]}");
    assertThat(promoted.status()).as(promoted.text()).isEqualTo(200);
    assertThat(post(server, "/auth/invitations", bearer, invitation).status()).isEqualTo(202);
    assertThat(server.column("SELECT detail FROM security_events WHERE kind = 'ROLES_CHANGED'"))
        .containsExactly("{\"added\":[\"admin\"],\"removed\":[]}");
  }

  @Test
  void aKeyInvitesNobody() {
    Map<String, ?> wanted = Map.of("name", "robot", "roles", List.of("admin"));
    Reply made = post(server, "/auth/keys", admin(), wanted);
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    Reply refused =
        post(
            server,
            "/auth/invitations",
            bearer(text(made, "key")),
            Map.of("email", ADA, "roles", List.of("admin")));
    assertThat(refused.status()).isEqualTo(403);
    assertThat(server.column("SELECT count(*) FROM varve_mail_token")).containsExactly("0");
  }

  @Test
  void aDeletedAccountLeavesNoWayIn() {
    Reply ada = join(server, ADA);
    Reply deleted = server.send("DELETE", "/api/users/" + id(ada), admin(), "");
    assertThat(deleted.status()).as(deleted.text()).isEqualTo(204);
    assertThat(signIn(server, ADA, PASSWORD).status()).isEqualTo(401);
    assertThat(
            post(server, "/auth/refresh", Map.of("refreshToken", text(ada, "refreshToken")))
                .status())
        .isEqualTo(401);
    // what comes back under the old id has none of its credentials
    Reply restored =
        server.send("POST", "/api/users/" + id(ada) + "/restore", admin(), "{\"version\": 1}");
    assertThat(restored.status()).as(restored.text()).isEqualTo(200);
    assertThat(signIn(server, ADA, PASSWORD).status()).isEqualTo(401);
    String access = text(ada, "accessToken");
    assertThat(server.send("GET", "/auth/me", bearer(access), "").status()).isEqualTo(401);
    assertThat(events(server)).contains("ACCOUNT_DELETED " + ADA);
  }

  @Test
  void anAddressThatNobodyConfirmedIsNotVerified() {
    Reply ada = join(server, ADA);
    post(server, "/auth/password/forgot", Map.of("email", ADA));
    String reset = token(mails(server, ADA, 2).getFirst());
    Reply changed =
        server.send("PATCH", "/api/users/" + id(ada), admin(), "{\"email\": \"new@example.com\"}");
    assertThat(changed.status()).as(changed.text()).isEqualTo(200);
    assertThat(
            server.column(
                "SELECT email || CASE WHEN verified THEN 1 ELSE 0 END FROM users ORDER BY id"))
        .endsWith("new@example.com0");
    assertThat(
            post(
                    server,
                    "/auth/password/reset",
                    Map.of("token", reset, "newPassword", "another long password"))
                .status())
        .isEqualTo(400);
    assertThat(signIn(server, "new@example.com", PASSWORD).status()).isEqualTo(403);
    post(server, "/auth/verify-email/resend", Map.of("email", "new@example.com"));
    People.confirm(server, token(server, "new@example.com"), PASSWORD);
    assertThat(signIn(server, "new@example.com", PASSWORD).status()).isEqualTo(200);
  }

  @Test
  void anInvitationMakesAnAccountWithItsRoles() {
    server.close();
    server =
        TestServer.start(
            People.plan().with(People.settings(SignUpPolicy.INVITED, VerificationPolicy.REQUIRED)));
    server.administration().create(ADMIN, List.of("admin"), Map.of("name", "Grace"), PASSWORD);
    assertThat(signUp(server, ADA).text()).contains("\"field\":\"invitation\"");
    Reply invited =
        post(server, "/auth/invitations", admin(), Map.of("email", ADA, "roles", List.of("staff")));
    assertThat(invited.status()).as(invited.text()).isEqualTo(202);
    String token =
        mails(server, ADA, 1)
            .getFirst()
            .lines()
            .filter(line -> line.length() == 43 && !line.contains(" "))
            .findFirst()
            .orElseThrow();
    Map<String, String> wish =
        Map.of(
            "email",
            "mallory@example.com",
            "password",
            PASSWORD,
            "name",
            "Ada",
            "invitation",
            token);
    assertThat(post(server, "/auth/sign-up", wish).status()).isEqualTo(400);
    Map<String, String> good = new java.util.HashMap<>(wish);
    good.put("email", ADA);
    assertThat(post(server, "/auth/sign-up", good).status()).isEqualTo(202);
    assertThat(post(server, "/auth/sign-up", good).status()).isEqualTo(400);
    Reply signedIn = signIn(server, ADA, PASSWORD);
    assertThat(server.column("SELECT roles FROM users WHERE email = '" + ADA + "'"))
        .containsExactly("[\"staff\"]");
    assertThat(json(signedIn)).containsKey("accessToken");
  }

  @Test
  void aDisabledAccountStaysSoWhoeverSignsUp() {
    server.close();
    server = People.optional();
    signUp(server, ADA);
    server.administration().setDisabled(ADA, true);
    signUp(server, ADA);
    String token = token(mails(server, ADA, 2).getFirst());
    assertThat(People.confirm(server, token, PASSWORD).status()).isEqualTo(200);
    assertThat(server.column("SELECT disabled FROM users")).containsExactly("1");
    assertThat(signIn(server, ADA, PASSWORD).status()).isEqualTo(403);
  }
}
