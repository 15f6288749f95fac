package dev.varve.face.provider;

import static dev.varve.face.provider.Traveller.accountMember;
import static dev.varve.face.provider.Traveller.code;
import static dev.varve.face.provider.Traveller.error;
import static dev.varve.face.provider.Traveller.setOut;
import static dev.varve.face.provider.Traveller.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.oauth.Visitor;
import dev.varve.identity.provider.Preset;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Somebody new, of whom accounts need more than a provider tells.
class NewAccountTest {
  private static final String DEMANDING =
      """
      enum Tier { FREE PAID }
      type User @model @account
        @auth(rules: [
          {allow: owner, ownerField: "id", operations: [READ]},
          {allow: role, roles: ["admin"]}]) {
        id: ID!
        name: String! @length(min: 1, max: 10)
        nickname: String! @unique
        born: Date!
        tier: Tier!
        children: Int!
        newsletter: Boolean!
        credit: Int! @default(value: 0)
      }
      """;

  private final FakeGoogle google = new FakeGoogle();
  private final FakeProvider staff = new FakeProvider();
  private final String email = "ada-%s@example.com".formatted(UUID.randomUUID());
  private final SteppedClock clock = SteppedClock.ticking();
  private TestServer server = TestServer.start(plan(DEMANDING));
  private Traveller traveller = new Traveller(server);

  private Plan plan(String schema) {
    Plan plan =
        Traveller.plan(
            settings("google", Preset.GOOGLE, google.url()),
            settings("staff", Preset.OPENID, staff.url()));
    google.person = FakeGoogle.person(UUID.randomUUID().toString(), email, true);
    return SettingRecords.changed(plan, Map.of("schema", schema)).with(clock);
  }

  @AfterEach
  void stop() {
    server.close();
    google.close();
    staff.close();
  }

  private static Map<String, String> rest(String nickname) {
    return Traveller.ordered(
        "name",
        "Ada",
        "nickname",
        nickname,
        "born",
        "1815-12-10",
        "tier",
        "PAID",
        "children",
        "3",
        "newsletter",
        "false");
  }

  @Test
  void aPageAsksForTheRest() {
    Reply page = traveller.signIn(google, "google");
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.text())
        .contains("<h1>One more thing</h1>")
        .contains(email)
        .as("too long for the model, so it is asked for")
        .contains("name=\"name\" type=\"text\" autocomplete=\"name\" value=\"Ada Lovelace\"")
        .contains("name=\"born\" type=\"date\"")
        .contains("<select id=\"f-tier\" name=\"tier\" required>")
        .doesNotContain("credit")
        .doesNotContain("roles")
        .doesNotContain("name=\"email\"");
    assertThat(page.header("Content-Security-Policy"))
        .contains("form-action 'self' https://shop.example");
    assertThat(server.column("SELECT id FROM users")).as("no account yet").isEmpty();

    Reply wrong = traveller.browser.submitAlone(page, Map.of("name", "Ada", "children", "many"));
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.text())
        .contains("children")
        .contains("role=\"alert\"")
        .contains("value=\"Ada\"");

    Reply back = traveller.browser.submitAlone(wrong, rest("ada"));
    Reply tokens = traveller.exchange(code(back));
    assertThat(accountMember(tokens, "email")).isEqualTo(email);
    assertThat(accountMember(tokens, "tier")).isEqualTo("PAID");
    assertThat(accountMember(tokens, "children")).isEqualTo("3");
    assertThat(accountMember(tokens, "newsletter")).isEqualTo("false");
    assertThat(accountMember(tokens, "verified")).isEqualTo("true");
    assertThat(traveller.tokens(google, "google").status()).as("known now").isEqualTo(200);
  }

  @Test
  void whoTakesTheirTimeForTheFormHasProvenWhoTheyAreWhenTheyCameBack() {
    staff.person = google.person;
    staff.clock = clock;
    String asked = setOut("staff") + "&prompt=login";
    Reply page = traveller.back(traveller.there(staff, asked));
    clock.move(Duration.ofMinutes(11));
    Reply tokens = traveller.exchange(code(traveller.browser.submitAlone(page, rest("ada"))));
    Reply late = traveller.post("/auth/factors/totp", Traveller.bearer(tokens), Map.of());
    assertThat(late.text()).contains("STEP_UP_REQUIRED");
    Reply again = traveller.exchange(code(traveller.back(traveller.there(staff, asked))));
    Reply begun = traveller.post("/auth/factors/totp", Traveller.bearer(again), Map.of());
    assertThat(begun.status()).as(begun.text()).isEqualTo(200);
  }

  @Test
  void theFormSetsNothingThatIsForOthersToSet() {
    Reply page = traveller.signIn(google, "google");
    Map<String, String> fields = rest("ada");
    fields.put("roles", "admin");
    fields.put("disabled", "false");
    fields.put("email", "root@example.com");
    fields.put("id", "root");
    Reply tokens = traveller.exchange(code(traveller.browser.submitAlone(page, fields)));
    assertThat(accountMember(tokens, "email")).isEqualTo(email);
    assertThat(accountMember(tokens, "roles")).isEqualTo("[]");
    assertThat(accountMember(tokens, "id")).isNotEqualTo("root");
  }

  @Test
  void theFormIsGoodOnceAndInItsBrowser() {
    Reply page = traveller.signIn(google, "google");
    Traveller thief = new Traveller(server);
    assertThat(thief.browser.submitAlone(page, rest("eve")).status()).isEqualTo(400);
    thief.there(google, Traveller.setOut("google"));
    assertThat(thief.browser.submitAlone(page, rest("eve")).status()).isEqualTo(400);
    assertThat(server.column("SELECT id FROM users")).isEmpty();
    Reply again = traveller.browser.submitAlone(page, rest("ada"));
    assertThat(again.status()).as("a wrong use was its last").isEqualTo(400);
    Reply second = traveller.signIn(google, "google");
    assertThat(traveller.browser.submitAlone(second, rest("ada")).status()).isEqualTo(303);
    assertThat(traveller.browser.submitAlone(second, rest("ada")).status()).isEqualTo(400);
  }

  @Test
  void aPageOfAnotherSiteSendsNoForm() {
    Reply page = traveller.signIn(google, "google");
    String token = page.text().replaceFirst("(?s).*name=\"token\" value=\"([^\"]*)\".*", "$1");
    Map<String, String> fields = rest("ada");
    fields.put("token", token);
    Reply reply =
        traveller.browser.send(
            "POST",
            "/auth/providers/google/sign-up",
            Map.of(
                "Content-Type",
                "application/x-www-form-urlencoded",
                "Sec-Fetch-Site",
                "cross-site"),
            Visitor.form(fields));
    assertThat(reply.status()).isEqualTo(400);
    assertThat(server.column("SELECT id FROM users")).isEmpty();
  }

  @Test
  void whatAnotherHasIsAskedForAgain() {
    Reply page = traveller.signIn(google, "google");
    assertThat(traveller.browser.submitAlone(page, rest("ada")).status()).isEqualTo(303);
    google.person = FakeGoogle.person("g-2", "eve@example.com", true);
    Traveller eve = new Traveller(server);
    Reply taken = eve.browser.submitAlone(eve.signIn(google, "google"), rest("ada"));
    assertThat(taken.status()).as(taken.text()).isEqualTo(400);
    assertThat(taken.text()).contains("nickname");
    assertThat(eve.browser.submitAlone(taken, rest("eve")).status()).isEqualTo(303);
  }

  @Test
  void whatNoPageCanAskForIsLeftToTheApplication() {
    server.close();
    server =
        TestServer.start(
            plan(
                """
                type Team @model @auth(rules: [{allow: authenticated}]) { title: String! }
                type User @model @account
                  @auth(rules: [{allow: owner, ownerField: "id", operations: [READ]}]) {
                  name: String!
                  team: Team!
                }
                """));
    traveller = new Traveller(server);
    assertThat(error(traveller.signIn(google, "google"))).isEqualTo("sign_up_elsewhere");
    assertThat(server.column("SELECT id FROM users")).isEmpty();
  }
}
