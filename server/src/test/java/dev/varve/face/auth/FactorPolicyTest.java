package dev.varve.face.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.face.auth.FactorScene.Person;
import dev.varve.face.oauth.Visitor;
import dev.varve.identity.account.FactorPolicy;
import dev.varve.identity.account.FactorSettings;
import dev.varve.node.TestServer.Reply;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Accounts that must have a second factor, and have none.
class FactorPolicyTest {
  private static final Duration MONTH = Duration.ofDays(30);
  private static FactorScene scene;

  @BeforeAll
  static void start() {
    FactorSettings required = new FactorSettings(FactorPolicy.REQUIRED, List.of(), MONTH);
    scene = new FactorScene(People.plan().with(FactorScene.settings(required, false)));
  }

  @AfterAll
  static void stop() {
    scene.close();
  }

  private static Reply signIn(String email) {
    return People.signIn(scene.server, email, People.PASSWORD);
  }

  private static Reply begin(String ticket) {
    return People.post(scene.server, "/auth/sign-in/enrol/totp", Map.of("ticket", ticket));
  }

  private static Reply confirm(String ticket, Reply begun, String code) {
    Map<String, String> body = new HashMap<>();
    body.put("ticket", ticket);
    body.put("enrolment", People.text(begun, "enrolment"));
    body.put("code", code);
    return People.post(scene.server, "/auth/sign-in/enrol/totp/confirm", body);
  }

  private static Authenticator authenticator(Reply begun) {
    return new Authenticator(People.text(begun, "secret"), scene.clock);
  }

  @Test
  void whoMustHaveAFactorGetsAsFarAsEnrollingOne() {
    String email = scene.joinOnly();
    Reply owed = signIn(email);
    assertThat(owed.status()).as(owed.text()).isEqualTo(202);
    assertThat(People.json(owed))
        .containsOnlyKeys("ticket", "factors", "enrol", "expiresAt")
        .containsEntry("factors", List.of())
        .containsEntry("enrol", List.of("totp"));
    String ticket = People.text(owed, "ticket");
    assertThat(
            People.post(
                    scene.server,
                    "/auth/sign-in/factor",
                    Map.of("ticket", ticket, "factor", "totp", "code", "000000"))
                .status())
        .as("it is no ticket for a sign-in")
        .isEqualTo(401);

    Reply begun = begin(ticket);
    assertThat(begun.status()).as(begun.text()).isEqualTo(200);
    Authenticator authenticator = authenticator(begun);
    assertThat(confirm(ticket, begun, authenticator.wrongCode()).status()).isEqualTo(400);
    assertThat(scene.sessions(email)).isZero();
    Reply signedIn = confirm(ticket, begun, authenticator.code());
    assertThat(signedIn.status()).as(signedIn.text()).isEqualTo(200);
    assertThat(FactorScene.texts(signedIn, "recoveryCodes")).hasSize(10);
    assertThat(scene.events(email)).contains("FACTOR_ADDED", "SIGNED_IN");
    assertThat(confirm(ticket, begun, authenticator.nextCode()).status())
        .as("the ticket is used")
        .isEqualTo(401);

    Reply again = signIn(email);
    assertThat(People.json(again)).doesNotContainKey("enrol");
    assertThat(FactorScene.texts(again, "factors")).contains("totp");
    Person person =
        new Person(
            scene,
            email,
            People.text(signedIn, "accessToken"),
            People.text(signedIn, "refreshToken"));
    assertThat(person.get("/auth/me").status()).isEqualTo(200);
    String items = String.valueOf(People.json(person.get("/auth/factors")).get("items"));
    String id = items.replaceAll(".*id=([^,}]*).*", "$1");
    Reply last = person.delete("/auth/factors/" + id);
    assertThat(last.status()).isEqualTo(409);
    assertThat(last.text()).contains("must have a second factor, and this is the last one");
    assertThat(String.valueOf(People.json(person.get("/auth/factors")).get("items")))
        .isEqualTo(items);
  }

  @Test
  void theLastFactorStaysWhicheverItIs() {
    String email = scene.joinOnly();
    String ticket = People.text(signIn(email), "ticket");
    Reply begun = begin(ticket);
    Reply signedIn = confirm(ticket, begun, authenticator(begun).code());
    Map<String, String> bearer = People.bearer(People.text(signedIn, "accessToken"));
    SoftwareKey key = Passkeyed.key(scene.server);
    key.flags = SoftwareKey.PRESENT;
    Passkeyed.enrolled(scene.server, People.text(signedIn, "accessToken"), key);
    String application = id(scene.server.send("GET", "/auth/factors", bearer, ""));
    assertThat(scene.server.send("DELETE", "/auth/factors/" + application, bearer, "").status())
        .isEqualTo(204);
    String passkey = id(scene.server.send("GET", "/auth/passkeys", bearer, ""));
    Reply last = scene.server.send("DELETE", "/auth/passkeys/" + passkey, bearer, "");
    assertThat(last.status()).isEqualTo(409);
    assertThat(last.text()).contains("must have a second factor, and this is the last one");
    assertThat(id(scene.server.send("GET", "/auth/passkeys", bearer, ""))).isEqualTo(passkey);
  }

  /// Of the one in a list.
  private static String id(Reply list) {
    List<?> items = (List<?>) Objects.requireNonNull(People.json(list).get("items"));
    assertThat(items).as(list.text()).hasSize(1);
    return String.valueOf(((Map<?, ?>) items.getFirst()).get("id"));
  }

  @Test
  void aTicketEnrolsNothingBesideAFactorThatIsThere() {
    String email = scene.joinOnly();
    String thief = People.text(signIn(email), "ticket");
    Reply stolen = begin(thief);
    String ticket = People.text(signIn(email), "ticket");
    Reply begun = begin(ticket);
    assertThat(confirm(ticket, stolen, authenticator(stolen).code()).status())
        .as("a secret that was shown for another ticket")
        .isEqualTo(400);
    assertThat(confirm(ticket, begun, authenticator(begun).code()).status()).isEqualTo(200);
    assertThat(begin(thief).status()).isEqualTo(401);
    assertThat(confirm(thief, stolen, authenticator(stolen).nextCode()).status()).isEqualTo(401);
    assertThat(
            scene.server.column(
                "SELECT name FROM varve_totp WHERE account = (SELECT id FROM users WHERE email = '%s')"
                    .formatted(email)))
        .hasSize(1);
  }

  @Test
  void aTicketEnrolsNothingOnceThePasswordIsAnother() {
    String email = scene.joinOnly();
    String ticket = People.text(signIn(email), "ticket");
    Reply begun = begin(ticket);
    scene.server.administration().setPassword(email, "another horse battery");
    assertThat(begin(ticket).status()).isEqualTo(401);
    assertThat(confirm(ticket, begun, authenticator(begun).code()).status()).isEqualTo(401);
  }

  @Test
  void aRoleThatNeedsAFactorIsHeldToItFromTheNextRefresh() {
    FactorSettings admins = new FactorSettings(FactorPolicy.REQUIRED_FOR, List.of("admin"), MONTH);
    try (FactorScene some =
        new FactorScene(People.plan().with(FactorScene.settings(admins, false)))) {
      Person person = some.join();
      some.server
          .administration()
          .create("root@example.com", List.of("admin"), Map.of("name", "Root"), People.PASSWORD);
      Reply root = People.signIn(some.server, "root@example.com", People.PASSWORD);
      assertThat(root.status()).as("an administrator").isEqualTo(202);
      assertThat(People.json(root)).containsKey("enrol");
      assertThat(person.signIn().status()).as("somebody else").isEqualTo(200);
      some.server.restart(
          People.plan()
              .with(
                  FactorScene.settings(
                      new FactorSettings(FactorPolicy.REQUIRED, List.of(), MONTH), false))
              .with(some.clock));
      assertThat(
              People.post(
                      some.server, "/auth/refresh", Map.of("refreshToken", person.refreshToken()))
                  .status())
          .as("a session from before the policy")
          .isEqualTo(401);
    }
  }

  @Test
  void aRoleThatNeedsAFactorIsHeldToItAtOnceWhereTheSessionIsACookie() {
    FactorSettings staff = new FactorSettings(FactorPolicy.REQUIRED_FOR, List.of("staff"), MONTH);
    try (FactorScene some =
        new FactorScene(People.plan().with(FactorScene.settings(staff, false)))) {
      String email = some.joinOnly();
      String root = "root@example.com";
      some.server
          .administration()
          .create(root, List.of("admin"), Map.of("name", "Root"), People.PASSWORD);
      String admin = People.text(People.signIn(some.server, root, People.PASSWORD), "accessToken");
      Map<String, String> ownPage = Map.of("Sec-Fetch-Site", "same-origin");
      Visitor visitor = new Visitor(some.server);
      Map<String, Object> credentials =
          Map.of("email", email, "password", People.PASSWORD, "cookie", true);
      visitor.send("POST", "/auth/sign-in", ownPage, People.text(credentials));
      Reply me = visitor.send("GET", "/auth/me", ownPage, "");
      assertThat(me.text()).contains(email);
      String path = "/api/users/" + People.account(me).get("id");
      changed(some, admin, path, Map.of("name", "Another"));
      assertThat(visitor.send("GET", "/auth/me", ownPage, "").text())
          .as("a change of another kind")
          .contains("Another");
      changed(some, admin, path, Map.of("roles", List.of("staff")));
      assertThat(visitor.send("GET", "/auth/me", ownPage, "").text()).doesNotContain(email);
      changed(some, admin, path, Map.of("roles", List.of()));
      assertThat(visitor.send("GET", "/auth/me", ownPage, "").text())
          .as("it has ended")
          .doesNotContain(email);
    }
  }

  private static void changed(FactorScene some, String admin, String path, Map<String, ?> fields) {
    Reply reply = some.server.send("PATCH", path, People.bearer(admin), People.text(fields));
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
  }

  @Test
  void rolesAndPolicyBelongTogether() {
    assertThatThrownBy(() -> new FactorSettings(FactorPolicy.REQUIRED_FOR, List.of(), MONTH))
        .hasMessageContaining("auth.factors.roles names none");
    assertThatThrownBy(() -> new FactorSettings(FactorPolicy.REQUIRED, List.of("admin"), MONTH))
        .hasMessageContaining("auth.factors.roles is for the policy REQUIRED_FOR");
  }
}
