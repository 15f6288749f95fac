package dev.varve.face.provider;

import static dev.varve.face.provider.Traveller.bearer;
import static dev.varve.face.provider.Traveller.code;
import static dev.varve.face.provider.Traveller.member;
import static dev.varve.face.provider.Traveller.setOut;
import static dev.varve.face.provider.Traveller.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.oauth.Visitor;
import dev.varve.identity.provider.Preset;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a provider says is proof that somebody is there right now only where it was made to ask, and says that it did.
class StepUpElsewhereTest {
  private static final FakeGoogle GOOGLE = new FakeGoogle();
  private static final FakeGitHub GITHUB = new FakeGitHub();
  private static final FakeProvider STAFF = new FakeProvider();
  private static final SteppedClock CLOCK = SteppedClock.ticking();

  private static TestServer server;
  private Traveller traveller = somebody();

  private static Traveller somebody() {
    return new Traveller(server);
  }

  @BeforeAll
  static void start() {
    server =
        TestServer.start(
            Traveller.plan(
                    settings("google", Preset.GOOGLE, GOOGLE.url()),
                    settings("github", Preset.GITHUB, GITHUB.url()),
                    settings("staff", Preset.OPENID, STAFF.url()))
                .with(CLOCK));
    STAFF.clock = CLOCK;
  }

  @AfterAll
  static void stop() {
    server.close();
    GOOGLE.close();
    GITHUB.close();
    STAFF.close();
  }

  @BeforeEach
  void comes() {
    traveller = somebody();
    GOOGLE.reset();
    STAFF.reset();
    GOOGLE.person = FakeGoogle.person(traveller.subject, traveller.email, true);
    STAFF.person = traveller.person();
  }

  private static Map<String, String> page(String provider) {
    return Map.of(
        "provider",
        provider,
        "returnTo",
        Traveller.PAGE,
        "challenge",
        FakeProvider.challenge(Traveller.VERIFIER),
        "state",
        "s 1");
  }

  /// Asks for a link, which takes a fresh session.
  private Reply asksForLink(Reply tokens) {
    return traveller.post("/auth/links", bearer(tokens), page("google"));
  }

  private boolean isFresh(Reply tokens) {
    Reply reply = asksForLink(tokens);
    if (reply.status() == 401) {
      assertThat(reply.text()).contains("STEP_UP_REQUIRED");
    } else {
      assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    }
    return reply.status() == 200;
  }

  private Reply begin(Reply tokens, String provider) {
    return traveller.post("/auth/step-up/provider", bearer(tokens), page(provider));
  }

  private static String path(Reply begun) {
    assertThat(begun.status()).as(begun.text()).isEqualTo(200);
    String url = String.valueOf(member(begun, "url"));
    return url.substring(url.indexOf("/auth/"));
  }

  private Reply confirm(Reply tokens, String code) {
    return traveller.post(
        "/auth/step-up/provider/confirm",
        bearer(tokens),
        Map.of("code", code, "verifier", Traveller.VERIFIER));
  }

  private Reply stepsUp(Reply tokens) {
    String path = path(begin(tokens, "staff"));
    return confirm(tokens, code(traveller.back(traveller.there(STAFF, path))));
  }

  private String ways(Reply tokens) {
    return server.send("GET", "/auth/step-up", bearer(tokens), "").text();
  }

  @Test
  void whoWasNotAskedThereHasProvenNothingHere() {
    assertThat(isFresh(traveller.tokens(GOOGLE, "google"))).as("it does not tell").isFalse();
    STAFF.knownFor = Optional.of(Duration.ZERO);
    assertThat(isFresh(new Traveller(server).tokens(STAFF, "staff")))
        .as("it tells, of which browser nobody knows")
        .isFalse();
    Reply asked =
        traveller.exchange(
            code(traveller.back(traveller.there(STAFF, setOut("staff") + "&prompt=login"))));
    assertThat(isFresh(asked)).as("made to ask").isTrue();
    STAFF.asksAgain = false;
    STAFF.knownFor = Optional.of(Duration.ofMinutes(11));
    Reply passedOver =
        traveller.exchange(
            code(traveller.back(traveller.there(STAFF, setOut("staff") + "&prompt=login"))));
    assertThat(isFresh(passedOver)).as("told to ask, and has not").isFalse();
  }

  @Test
  void itIsProvenOnceMoreWhereTheProviderAsks() {
    Reply tokens = traveller.tokens(STAFF, "staff");
    assertThat(asksForLink(tokens).text()).contains("with what GET /auth/step-up lists");
    assertThat(ways(tokens))
        .isEqualTo("{\"password\":false,\"factors\":[],\"providers\":[\"staff\"],\"mail\":true}");
    String path = path(begin(tokens, "staff"));
    Reply away = traveller.browser.send("GET", path, Map.of(), "");
    assertThat(Visitor.parameters(away.header("Location")))
        .containsEntry("prompt", "login")
        .containsEntry("max_age", "0");
    Reply done = confirm(tokens, code(traveller.back(STAFF.visit(away.header("Location")))));
    assertThat(done.status()).as(done.text()).isEqualTo(200);
    assertThat(Instant.parse(String.valueOf(member(done, "until"))))
        .isBetween(
            CLOCK.instant().plus(Duration.ofMinutes(9)),
            CLOCK.instant().plus(Duration.ofMinutes(10)));
    assertThat(isFresh(tokens)).isTrue();
    CLOCK.move(Duration.ofMinutes(11));
    assertThat(isFresh(tokens)).isFalse();
    assertThat(kinds()).contains("STEPPED_UP").doesNotContain("PROOF_FAILED");
  }

  private java.util.List<String> kinds() {
    return server.column(
        "SELECT kind FROM security_events WHERE email = '%s'".formatted(traveller.email));
  }

  @Test
  void aProviderThatDoesNotSayThatItAskedProvesNothing() {
    Map<String, UnaryOperator<Map<String, Object>>> answers = new LinkedHashMap<>();
    answers.put("no time", claims -> with(claims, null));
    answers.put("eleven minutes ago", claims -> with(claims, at(Duration.ofMinutes(-11))));
    answers.put("tomorrow", claims -> with(claims, at(Duration.ofDays(1))));
    answers.put("a text", claims -> with(claims, "now"));
    answers.put("nothing at all", claims -> with(claims, 0L));
    Reply tokens = traveller.tokens(STAFF, "staff");
    answers.forEach((name, answer) -> {
      STAFF.claims = answer;
      Reply refused = stepsUp(tokens);
      assertThat(refused.status()).as(name + refused.text()).isEqualTo(401);
      assertThat(refused.text())
          .as(name)
          .contains("STEP_UP_REQUIRED", "Staff & more does not say that you proved just now");
      assertThat(refused.header("WWW-Authenticate")).contains("max_age=\"600\"");
      assertThat(isFresh(tokens)).as(name).isFalse();
    });
    // what is not signed proves nothing either
    STAFF.person = new HashMap<>(STAFF.person);
    STAFF.person.put("auth_time", at(Duration.ZERO));
    STAFF.claims =
        claims -> {
          Map<String, Object> fewer = with(claims, null);
          fewer.remove("email");
          return fewer;
        };
    long before = STAFF.asked.stream().filter("GET /userinfo"::equals).count();
    assertThat(stepsUp(tokens).status()).as("beside the token").isEqualTo(401);
    assertThat(STAFF.asked.stream().filter("GET /userinfo"::equals).count()).isGreaterThan(before);
    STAFF.reset();
    assertThat(stepsUp(tokens).status()).isEqualTo(200);
  }

  private static long at(Duration ahead) {
    return CLOCK.instant().plus(ahead).getEpochSecond();
  }

  private static Map<String, Object> with(
      Map<String, Object> claims, @org.jspecify.annotations.Nullable Object time) {
    Map<String, Object> changed = new HashMap<>(claims);
    changed.remove("auth_time");
    if (time != null) {
      changed.put("auth_time", time);
    }
    return changed;
  }

  @Test
  void anotherAccountThatComesBackProvesNothing() {
    Reply tokens = traveller.tokens(STAFF, "staff");
    STAFF.person = Traveller.person("somebody-else-" + traveller.subject, traveller.email);
    Reply unknown = stepsUp(tokens);
    assertThat(unknown.status()).isEqualTo(403);
    assertThat(unknown.text()).contains("not whom this account is linked to there");
    STAFF.person =
        Map.of(
            "sub",
            "eve " + traveller.subject,
            "email",
            "eve-" + traveller.email,
            "email_verified",
            true,
            "name",
            "E");
    Reply eve = new Traveller(server).tokens(STAFF, "staff");
    assertThat(stepsUp(tokens).status()).as("of another account here").isEqualTo(403);
    assertThat(isFresh(tokens)).isFalse();
    assertThat(isFresh(eve)).isFalse();
    assertThat(kinds()).filteredOn("PROOF_FAILED"::equals).hasSize(2);
  }

  @Test
  void itCountsInTheSessionAndForThePageThatAskedAndOnce() {
    Reply tokens = traveller.tokens(STAFF, "staff");
    Reply other = traveller.tokens(STAFF, "staff");
    String first = code(traveller.back(traveller.there(STAFF, path(begin(tokens, "staff")))));
    assertThat(confirm(other, first).status()).as("in another session").isEqualTo(401);
    assertThat(confirm(tokens, first).status()).as("a wrong use was its last").isEqualTo(401);
    String second = code(traveller.back(traveller.there(STAFF, path(begin(tokens, "staff")))));
    assertThat(
            traveller
                .post(
                    "/auth/step-up/provider/confirm",
                    bearer(tokens),
                    Map.of(
                        "code", second, "verifier", "another-text-of-43-characters-of-another-one"))
                .status())
        .as("of another page")
        .isEqualTo(401);
    String third = code(traveller.back(traveller.there(STAFF, path(begin(tokens, "staff")))));
    assertThat(traveller.exchange(third).status()).as("it signs nobody in").isEqualTo(401);
    String signIn = code(traveller.back(traveller.there(STAFF, setOut("staff") + "&prompt=login")));
    assertThat(confirm(tokens, signIn).status()).as("nor does a sign-in prove").isEqualTo(401);
    String path = path(begin(tokens, "staff"));
    traveller.there(STAFF, path);
    assertThat(traveller.browser.send("GET", path, Map.of(), "").status()).isEqualTo(400);
    assertThat(
            traveller
                .browser
                .send("GET", path(begin(tokens, "staff")).replace("proof=", "link="), Map.of(), "")
                .status())
        .as("taken for a link")
        .isEqualTo(400);
    assertThat(isFresh(tokens)).isFalse();
  }

  @Test
  void onlyAProviderThatTheAccountHasAndThatCanTellIsAsked() {
    Reply tokens = traveller.tokens(GOOGLE, "google");
    assertThat(begin(tokens, "google").text())
        .contains("is Google, which does not tell when somebody proved who they are");
    assertThat(begin(tokens, "staff").text()).contains("to which the account is not linked");
    assertThat(begin(tokens, "evil").text()).contains("which signs nobody in here");
    assertThat(traveller.post("/auth/step-up/provider", Map.of(), page("staff")).status())
        .isEqualTo(401);
  }

  @Test
  void whoHasNothingElseProvesItByMail() {
    GITHUB.person = Map.of("id", UUID.randomUUID().getMostSignificantBits() >>> 1, "login", "ada");
    GITHUB.emails = java.util.List.of(FakeGitHub.email(traveller.email, true, true));
    Reply tokens = traveller.tokens(GITHUB, "github");
    assertThat(ways(tokens))
        .isEqualTo("{\"password\":false,\"factors\":[],\"providers\":[],\"mail\":true}");
    assertThat(isFresh(tokens)).isFalse();
    String token = mailed(tokens);
    Reply other = traveller.tokens(GITHUB, "github");
    assertThat(byMail(other, token).status()).as("in another session").isEqualTo(400);
    assertThat(byMail(tokens, "x" + token).status()).isEqualTo(400);
    Reply done = byMail(tokens, token);
    assertThat(done.status()).as(done.text()).isEqualTo(200);
    assertThat(isFresh(tokens)).isTrue();
    assertThat(isFresh(other)).isFalse();
    assertThat(byMail(tokens, token).status()).as("once").isEqualTo(400);
    String late = mailed(tokens);
    CLOCK.move(Duration.ofMinutes(16));
    Reply refreshed =
        traveller.post(
            "/auth/refresh", Map.of(), Map.of("refreshToken", member(tokens, "refreshToken")));
    assertThat(byMail(refreshed, late).status()).as("too late").isEqualTo(400);
    assertThat(
            traveller
                .post("/auth/sign-in/link/confirm", Map.of(), Map.of("token", mailed(refreshed)))
                .status())
        .as("it signs nobody in")
        .isIn(400, 404);
  }

  private String mailed(Reply tokens) {
    Reply sent = traveller.post("/auth/step-up/mail", bearer(tokens), Map.of());
    assertThat(sent.status()).as(sent.text()).isEqualTo(202);
    String mail = traveller.mails(traveller.email).getFirst();
    assertThat(mail).startsWith("Is it you?");
    return mail.lines().filter(line -> line.matches("[A-Za-z0-9_-]{43}")).findFirst().orElseThrow();
  }

  private Reply byMail(Reply tokens, String token) {
    return traveller.post("/auth/step-up", bearer(tokens), Map.of("token", token));
  }

  @Test
  void aMailIsWorthNothingOnceTheAddressIsAnothersOrUnconfirmed() {
    Reply tokens = traveller.tokens(GOOGLE, "google");
    String token = mailed(tokens);
    unconfirm(traveller.email);
    assertThat(byMail(tokens, token).status()).isEqualTo(400);
    assertThat(traveller.post("/auth/step-up/mail", bearer(tokens), Map.of()).status())
        .isEqualTo(403);
    assertThat(isFresh(tokens)).isFalse();
  }

  private static void unconfirm(String email) {
    String root = "root-%s@example.com".formatted(UUID.randomUUID());
    server
        .administration()
        .create(root, java.util.List.of("admin"), Map.of("name", "Root"), Traveller.PASSWORD);
    Traveller administrator = new Traveller(server);
    String id =
        server.column("SELECT id FROM users WHERE email = '%s'".formatted(email)).getFirst();
    Reply changed =
        server.send(
            "PATCH",
            "/api/users/" + id,
            bearer(administrator.password(root)),
            "{\"verified\": false}");
    assertThat(changed.status()).as(changed.text()).isEqualTo(200);
  }

  @Test
  void whoHasAPasswordProvesThatAndNoMail() {
    traveller.join(traveller.email);
    Reply tokens = traveller.password(traveller.email);
    assertThat(ways(tokens))
        .isEqualTo("{\"password\":true,\"factors\":[],\"providers\":[],\"mail\":false}");
    Reply refused = traveller.post("/auth/step-up/mail", bearer(tokens), Map.of());
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text()).contains("take one of the ways that GET /auth/step-up lists");
  }
}
