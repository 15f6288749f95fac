package dev.varve.face.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.auth.FactorScene.Enrolled;
import dev.varve.face.auth.FactorScene.Person;
import dev.varve.node.TestServer.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Taking the factors away of somebody who has lost them.
class FactorResetTest {
  private static final String ADMIN = "root@example.com";
  private static FactorScene scene;

  @BeforeAll
  static void start() {
    scene = new FactorScene();
    scene
        .server
        .administration()
        .create(ADMIN, List.of("admin"), Map.of("name", "Root"), People.PASSWORD);
  }

  @AfterAll
  static void stop() {
    scene.close();
  }

  private static Map<String, String> admin() {
    return People.bearer(
        People.text(People.signIn(scene.server, ADMIN, People.PASSWORD), "accessToken"));
  }

  private static String path(Person person) {
    return "/auth/admin/accounts/%s/factors"
        .formatted(
            scene
                .server
                .column("SELECT id FROM users WHERE email = '%s'".formatted(person.email()))
                .getFirst());
  }

  @Test
  void anAdministratorTakesThemAwayAndSignsTheAccountOut() {
    Enrolled enrolled = scene.join().enrol();
    Person person = enrolled.person();
    assertThat(scene.server.send("DELETE", path(person), admin(), "").status()).isEqualTo(204);
    assertThat(person.get("/auth/me").status()).isEqualTo(401);
    Person back = person.again(person.signIn());
    assertThat(People.json(back.get("/auth/factors")))
        .containsEntry("items", List.of())
        .containsEntry("recoveryCodesLeft", 0L);
    assertThat(scene.events(person.email())).contains("FACTORS_RESET");
    assertThat(People.mails(scene.server, person.email(), 3).getFirst())
        .startsWith("The second factors of your account were taken away");
  }

  @Test
  void nobodyElseDoes() {
    Person person = scene.join().enrol().person();
    Person other = scene.join();
    assertThat(scene.server.send("DELETE", path(person), Map.of(), "").status()).isEqualTo(401);
    assertThat(other.delete(path(person)).status()).isEqualTo(403);
    assertThat(person.delete(path(person)).status()).isEqualTo(403);
    Reply none = scene.server.send("DELETE", "/auth/admin/accounts/none/factors", admin(), "");
    assertThat(none.status()).isEqualTo(404);
    Map<String, String> early = admin();
    scene.clock.move(Duration.ofMinutes(11));
    Reply late = scene.server.send("DELETE", path(person), early, "");
    assertThat(People.code(late)).isEqualTo("STEP_UP_REQUIRED");
    assertThat(person.signIn().status()).as("asked for still").isEqualTo(202);
  }

  @Test
  void anOperatorDoesOnTheMachine() {
    Person person = scene.join().enrol().person();
    assertThat(scene.server.administration().resetFactors(person.email()).email())
        .isEqualTo(person.email());
    assertThat(person.get("/auth/me").status()).isEqualTo(401);
    assertThat(person.signIn().status()).isEqualTo(200);
  }
}
