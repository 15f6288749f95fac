package dev.varve.face.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.auth.FactorScene.Enrolled;
import dev.varve.face.auth.FactorScene.Person;
import dev.varve.identity.account.FactorPolicy;
import dev.varve.identity.account.FactorSettings;
import dev.varve.node.TestServer.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A browser on which somebody has said that the second factor need not be asked for again.
class TrustedBrowserTest {
  private static FactorScene scene;

  @BeforeAll
  static void start() {
    scene = new FactorScene();
  }

  @AfterAll
  static void stop() {
    scene.close();
  }

  private static Reply trusting(Enrolled enrolled) {
    return prove(enrolled, true);
  }

  private static Reply prove(Enrolled enrolled, Object trust) {
    return People.post(
        enrolled.person().scene().server,
        "/auth/sign-in/factor",
        Map.of(
            "ticket",
            enrolled.ticket(),
            "factor",
            "totp",
            "code",
            enrolled.authenticator().nextCode(),
            "trust",
            trust));
  }

  private static String cookie(Reply reply) {
    String set = reply.header("Set-Cookie");
    assertThat(set)
        .startsWith("varve-trust-")
        .contains("; HttpOnly; SameSite=Lax; Max-Age=2592000");
    return cookieOf(reply);
  }

  private static String cookieOf(Reply reply) {
    return reply.header("Set-Cookie").split(";", 2)[0];
  }

  /// Signs in with the password, from a browser with this cookie.
  private static Reply signIn(Person person, String cookie) {
    return People.post(
        person.scene().server,
        "/auth/sign-in",
        Map.of("Cookie", "theme=dark; " + cookie),
        Map.of("email", person.email(), "password", People.PASSWORD));
  }

  @Test
  void aTrustedBrowserIsNotAskedAgainForThirtyDays() {
    Enrolled enrolled = scene.join().enrol();
    Person person = enrolled.person();
    Reply trusting = prove(enrolled, true);
    assertThat(trusting.status()).as(trusting.text()).isEqualTo(200);
    String cookie = cookie(trusting);
    assertThat(signIn(person, cookie).status()).isEqualTo(200);
    assertThat(person.signIn().status()).as("another browser").isEqualTo(202);
    assertThat(scene.server.column("SELECT hex(hash) FROM varve_trusted_device").toString())
        .doesNotContain(cookie.split("=", 2)[1]);
    assertThat(scene.events(person.email())).contains("BROWSER_TRUSTED");
    assertThat(People.mails(scene.server, person.email(), 3).getFirst())
        .startsWith("A browser is not asked for your second factor any more");
    scene.clock.move(Duration.ofDays(30));
    assertThat(signIn(person, cookie).status()).as("after thirty days").isEqualTo(202);
  }

  @Test
  void nobodyIsTrustedWhoHasNotAsked() {
    Enrolled enrolled = scene.join().enrol();
    assertThat(prove(enrolled, false).header("Set-Cookie")).isEmpty();
    Reply wrong = prove(enrolled, "perhaps");
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.text()).contains("\"field\":\"trust\"");
    assertThat(
            People.post(
                    scene.server,
                    "/auth/sign-in/factor",
                    Map.of(
                        "ticket",
                        enrolled.ticket(),
                        "factor",
                        "totp",
                        "code",
                        enrolled.authenticator().wrongCode(),
                        "trust",
                        true))
                .header("Set-Cookie"))
        .as("with a wrong code")
        .isEmpty();
  }

  @Test
  void theCookieOfOneAccountIsNoneOfAnother() {
    Enrolled ada = scene.join().enrol();
    Enrolled bob = scene.join().enrol();
    String cookie = cookie(prove(ada, true));
    assertThat(signIn(bob.person(), cookie).status()).isEqualTo(202);
    String renamed = cookie(prove(bob, true)).split("=", 2)[0] + "=" + cookie.split("=", 2)[1];
    assertThat(signIn(bob.person(), renamed).status())
        .as("under the name of the other")
        .isEqualTo(202);
  }

  @Test
  void trustIsNoProofWhereOneIsAskedFor() {
    Enrolled enrolled = scene.join().enrol();
    String cookie = cookie(prove(enrolled, true));
    Person person = enrolled.person().again(signIn(enrolled.person(), cookie));
    Reply refused = person.post("/auth/factors/recovery-codes", Map.of());
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.header("WWW-Authenticate")).contains("acr_values=\"2\"");
    assertThat(
            People.post(
                    scene.server,
                    "/auth/step-up",
                    Map.of("Authorization", "Bearer " + person.accessToken(), "Cookie", cookie),
                    Map.of("password", People.PASSWORD))
                .status())
        .as("a password from a trusted browser")
        .isEqualTo(400);
    assertThat(person.refreshed().get("/auth/me").status())
        .as("the session goes on")
        .isEqualTo(200);
  }

  @Test
  void trustIsListedAndTakenBack() {
    Enrolled enrolled = scene.join().enrol();
    String cookie = cookie(prove(enrolled, true));
    Person person = enrolled.person().again(signIn(enrolled.person(), cookie));
    Reply listed = person.get("/auth/trusted-browsers");
    List<?> items = (List<?>) Objects.requireNonNull(People.json(listed).get("items"));
    assertThat(items).hasSize(1);
    Map<String, Object> item = People.members(items.getFirst());
    assertThat(item)
        .containsOnlyKeys("id", "device", "address", "createdAt", "lastUsedAt", "expiresAt")
        .containsEntry("address", "127.0.0.1");
    Person other = scene.join();
    String path = "/auth/trusted-browsers/" + item.get("id");
    assertThat(other.delete(path).status()).as("of somebody else").isEqualTo(404);
    assertThat(person.delete(path).status()).isEqualTo(204);
    assertThat(person.delete(path).status()).isEqualTo(404);
    assertThat(signIn(person, cookie).status()).isEqualTo(202);
    assertThat(scene.events(person.email())).contains("BROWSER_DISTRUSTED");
  }

  @Test
  void whatChangesThePasswordOrAFactorEndsTrust() {
    Map<String, Consumer<Enrolled>> changes =
        Map.of(
            "another password",
            enrolled ->
                enrolled
                    .signIn()
                    .post(
                        "/auth/password",
                        Map.of("currentPassword", People.PASSWORD, "newPassword", People.PASSWORD)),
            "a password by the operator",
            enrolled ->
                scene
                    .server
                    .administration()
                    .setPassword(enrolled.person().email(), People.PASSWORD),
            "a sign-out everywhere",
            enrolled -> enrolled.signIn().delete("/auth/sessions"),
            "an account that was shut out for a while",
            enrolled -> {
              String email = enrolled.person().email();
              scene.server.administration().setDisabled(email, true);
              scene.server.administration().setDisabled(email, false);
            },
            "another factor",
            enrolled -> enrolled.signIn().enrol(),
            "new recovery codes",
            enrolled -> enrolled.signIn().post("/auth/factors/recovery-codes", Map.of()),
            "a factor removed, while another stays",
            enrolled -> {
              enrolled.signIn().enrol();
              enrolled.signIn().delete("/auth/factors/" + enrolled.factor());
            });
    changes.forEach((what, change) -> {
      Enrolled enrolled = scene.join().enrol();
      String cookie = cookie(prove(enrolled, true));
      assertThat(signIn(enrolled.person(), cookie).status()).as(what).isEqualTo(200);
      change.accept(enrolled);
      assertThat(signIn(enrolled.person(), cookie).status()).as(what).isEqualTo(202);
    });
  }

  @Test
  void anAccountTrustsTwentyBrowsersAndNoMore() {
    Enrolled enrolled = scene.join().enrol();
    String first = cookie(prove(enrolled, true));
    for (int i = 0; i < 20; i++) {
      cookie(prove(enrolled, true));
    }
    assertThat(signIn(enrolled.person(), first).status()).isEqualTo(202);
    assertThat((List<?>) People.json(enrolled.signIn().get("/auth/trusted-browsers")).get("items"))
        .hasSize(20);
  }

  @Test
  void trustLastsNoLongerThanTheSettingsSayNow() {
    try (FactorScene other = new FactorScene()) {
      Enrolled enrolled = other.join().enrol();
      String cookie = cookie(trusting(enrolled));
      other.clock.move(Duration.ofDays(2));
      assertThat(signIn(enrolled.person(), cookie).status()).as("of thirty days").isEqualTo(200);
      trustLasts(other, Duration.ofDays(3));
      assertThat(signIn(enrolled.person(), cookie).status()).as("of three days").isEqualTo(200);
      trustLasts(other, Duration.ofDays(2));
      assertThat(signIn(enrolled.person(), cookie).status()).as("of two days").isEqualTo(202);
      assertThat(enrolled.signIn().get("/auth/trusted-browsers").text()).contains("\"items\":[]");
      String fresh = cookieOf(trusting(enrolled));
      trustLasts(other, Duration.ZERO);
      assertThat(signIn(enrolled.person(), fresh).status()).as("of none").isEqualTo(202);
    }
  }

  private static void trustLasts(FactorScene scene, Duration trust) {
    FactorSettings factors = new FactorSettings(FactorPolicy.OPTIONAL, List.of(), trust);
    scene.server.restart(
        People.plan().with(FactorScene.settings(factors, false)).with(scene.clock));
  }

  @Test
  void whereTrustLastsNoTimeNobodyIsTrusted() {
    FactorSettings none = new FactorSettings(FactorPolicy.OPTIONAL, List.of(), Duration.ZERO);
    try (FactorScene strict =
        new FactorScene(People.plan().with(FactorScene.settings(none, false)))) {
      Enrolled enrolled = strict.join().enrol();
      Reply reply =
          People.post(
              strict.server,
              "/auth/sign-in/factor",
              Map.of(
                  "ticket",
                  enrolled.ticket(),
                  "factor",
                  "totp",
                  "code",
                  enrolled.authenticator().nextCode(),
                  "trust",
                  true));
      assertThat(reply.status()).as(reply.text()).isEqualTo(200);
      assertThat(reply.header("Set-Cookie")).isEmpty();
    }
  }
}
