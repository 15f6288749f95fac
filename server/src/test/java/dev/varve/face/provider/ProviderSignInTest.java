package dev.varve.face.provider;

import static dev.varve.face.provider.Traveller.account;
import static dev.varve.face.provider.Traveller.accountMember;
import static dev.varve.face.provider.Traveller.bearer;
import static dev.varve.face.provider.Traveller.code;
import static dev.varve.face.provider.Traveller.error;
import static dev.varve.face.provider.Traveller.member;
import static dev.varve.face.provider.Traveller.setOut;
import static dev.varve.face.provider.Traveller.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.oauth.Visitor;
import dev.varve.face.provider.FakeProvider.Return;
import dev.varve.identity.provider.Preset;
import dev.varve.kernel.Patience;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import dev.varve.node.TestServer.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Signing in with each provider as it is, with what is odd about it.
class ProviderSignInTest {
  private static final FakeGoogle GOOGLE = new FakeGoogle();
  private static final FakeMicrosoft MICROSOFT = new FakeMicrosoft();
  private static final FakeApple APPLE = new FakeApple();
  private static final FakeGitHub GITHUB = new FakeGitHub();
  private static final FakeDiscord DISCORD = new FakeDiscord();
  private static final FakeGitLab GITLAB = new FakeGitLab();
  private static final FakeProvider STAFF = new FakeProvider();
  private static final List<FakeProvider> ALL =
      List.of(GOOGLE, MICROSOFT, APPLE, GITHUB, DISCORD, GITLAB, STAFF);
  private static final String ABOUT = "/.well-known/openid-configuration";

  private static final SteppedClock CLOCK = SteppedClock.ticking();
  private static TestServer server;
  private Traveller traveller = traveller();
  private String email = "";

  private static Traveller traveller() {
    return new Traveller(server);
  }

  @BeforeAll
  static void start() {
    Plan plan =
        Traveller.plan(
            settings("google", Preset.GOOGLE, GOOGLE.url()),
            settings("microsoft", Preset.MICROSOFT, MICROSOFT.url() + "/common/v2.0"),
            settings("apple", Preset.APPLE, APPLE.url()),
            settings("github", Preset.GITHUB, GITHUB.url()),
            settings("discord", Preset.DISCORD, DISCORD.url()),
            settings("gitlab", Preset.GITLAB, GITLAB.url()),
            settings("staff", Preset.OPENID, STAFF.url()));
    server =
        TestServer.start(
            plan.with(CLOCK)
                .knowing(Map.of("PROVIDER_SECRET", FakeProvider.SECRET, "APPLE_KEY", APPLE.pem())));
  }

  @AfterAll
  static void stop() {
    server.close();
    ALL.forEach(FakeProvider::close);
  }

  @BeforeEach
  void somebody() {
    traveller = new Traveller(server);
    email = "ada-%s@example.com".formatted(UUID.randomUUID());
    ALL.forEach(FakeProvider::reset);
  }

  private static String subject() {
    return UUID.randomUUID().toString();
  }

  @Test
  void whoIsNewGetsAnAccountAndIsKnownTheNextTime() {
    String subject = subject();
    GOOGLE.person = FakeGoogle.person(subject, email.toUpperCase(Locale.ROOT), true);
    Reply first = traveller.tokens(GOOGLE, "google");
    assertThat(accountMember(first, "email")).isEqualTo(email);
    assertThat(accountMember(first, "name")).isEqualTo("Ada Lovelace");
    assertThat(accountMember(first, "verified")).isEqualTo("true");

    // addresses and names change, the subject does not
    GOOGLE.person = FakeGoogle.person(subject, "other-" + email, false);
    Reply second = new Traveller(server).tokens(GOOGLE, "google");
    assertThat(account(second)).isEqualTo(account(first));
    assertThat(accountMember(second, "email")).isEqualTo(email);
    assertThat(traveller.mails(email)).as("nothing to tell who is new").isEmpty();
    assertThat(
            server.column(
                "SELECT kind FROM security_events WHERE email = '%s' ORDER BY id".formatted(email)))
        .containsExactlyInAnyOrder("ACCOUNT_CREATED", "PROVIDER_LINKED", "SIGNED_IN", "SIGNED_IN");
  }

  @Test
  void tokensTellHowSomebodySignedIn() {
    GOOGLE.person = FakeGoogle.person(subject(), email, true);
    Reply tokens = traveller.tokens(GOOGLE, "google");
    String payload = String.valueOf(member(tokens, "accessToken")).split("\\.", -1)[1];
    assertThat(new String(Base64.getUrlDecoder().decode(payload), StandardCharsets.UTF_8))
        .doesNotContain("pwd");
    assertThat(server.column("SELECT methods FROM varve_session ORDER BY created_at DESC LIMIT 1"))
        .containsExactly("fed");
    assertThat(server.send("GET", "/auth/me", bearer(tokens), "").text()).contains(email);
  }

  @Test
  void thereIsAListOfThem() {
    Reply reply = server.get("/auth/providers");
    assertThat(reply.text())
        .isEqualTo(
            "{\"items\":[{\"name\":\"apple\",\"title\":\"Apple\",\"start\":\"/auth/providers/apple/start\"},"
                + "{\"name\":\"discord\",\"title\":\"Discord\",\"start\":\"/auth/providers/discord/start\"},"
                + "{\"name\":\"github\",\"title\":\"GitHub\",\"start\":\"/auth/providers/github/start\"},"
                + "{\"name\":\"gitlab\",\"title\":\"GitLab\",\"start\":\"/auth/providers/gitlab/start\"},"
                + "{\"name\":\"google\",\"title\":\"Google\",\"start\":\"/auth/providers/google/start\"},"
                + "{\"name\":\"microsoft\",\"title\":\"Microsoft\",\"start\":\"/auth/providers/microsoft/start\"},"
                + "{\"name\":\"staff\",\"title\":\"Staff & more\",\"start\":\"/auth/providers/staff/start\"}]}");
  }

  @Test
  void theRequestAsksForNoMoreThanItMust() {
    Reply away = traveller.browser.send("GET", setOut("google"), Map.of(), "");
    Map<String, String> asked = Visitor.parameters(away.header("Location"));
    assertThat(asked)
        .containsEntry("response_type", "code")
        .containsEntry("client_id", FakeProvider.CLIENT)
        .containsEntry("scope", "openid email profile")
        .containsEntry("code_challenge_method", "S256")
        .containsEntry(
            "redirect_uri",
            "http://127.0.0.1:%d/auth/providers/google/callback".formatted(server.port()));
    assertThat(asked).containsKeys("state", "nonce", "code_challenge");
    Map<String, String> again =
        Visitor.parameters(
            traveller.browser.send("GET", setOut("google"), Map.of(), "").header("Location"));
    assertThat(again.get("state")).isNotEqualTo(asked.get("state"));
    assertThat(again.get("nonce")).isNotEqualTo(asked.get("nonce"));
    assertThat(again.get("code_challenge")).isNotEqualTo(asked.get("code_challenge"));
    assertThat(server.column("SELECT content FROM varve_single_use WHERE kind = 'PROVIDER_TRIP'"))
        .as("neither the nonce nor the verifier is kept")
        .noneMatch(content -> content.contains(String.valueOf(asked.get("nonce"))));
  }

  @Test
  void googleMayLeaveTheSchemeOfItsIssuerOut() {
    String subject = subject();
    GOOGLE.person = FakeGoogle.person(subject, email, true);
    Reply first = traveller.tokens(GOOGLE, "google");
    GOOGLE.leavesSchemeOut = true;
    assertThat(account(traveller.tokens(GOOGLE, "google"))).isEqualTo(account(first));
  }

  @Test
  void anAddressThatGoogleHasNotVerifiedMakesNoAccount() {
    GOOGLE.person = FakeGoogle.person(subject(), email, false);
    assertThat(error(traveller.signIn(GOOGLE, "google"))).isEqualTo("email_unverified");
  }

  @Test
  void microsoftIsBelievedOfAnAddressOnlyWhereTheDomainIsProven() {
    String id = subject();
    MICROSOFT.person = FakeMicrosoft.person(FakeMicrosoft.TENANT, id, email);
    assertThat(error(traveller.signIn(MICROSOFT, "microsoft"))).isEqualTo("email_unverified");
    for (Object truth : new Object[] {true, "1", 1L}) {
      Map<String, Object> person =
          FakeMicrosoft.person(FakeMicrosoft.TENANT, subject(), "x" + truth + email);
      person.put("xms_edov", truth);
      MICROSOFT.person = person;
      assertThat(accountMember(traveller.tokens(MICROSOFT, "microsoft"), "email"))
          .isEqualTo("x" + truth + email);
    }
    Map<String, Object> claimsIt = FakeMicrosoft.person(FakeMicrosoft.TENANT, id, email);
    claimsIt.put("email_verified", true);
    MICROSOFT.person = claimsIt;
    assertThat(error(traveller.signIn(MICROSOFT, "microsoft"))).isEqualTo("email_unverified");
  }

  @Test
  void microsoftNamesSomebodyByOrganisationAndObject() {
    String id = subject();
    Map<String, Object> person = FakeMicrosoft.person(FakeMicrosoft.TENANT, id, email);
    person.put("xms_edov", true);
    MICROSOFT.person = person;
    Reply first = traveller.tokens(MICROSOFT, "microsoft");
    // for another application it has another subject
    Map<String, Object> later = new HashMap<>(person);
    later.put("sub", "pairwise-of-another");
    MICROSOFT.person = later;
    assertThat(account(traveller.tokens(MICROSOFT, "microsoft"))).isEqualTo(account(first));
    // an object of that id in another organisation is somebody else
    Map<String, Object> other =
        FakeMicrosoft.person("99999999-2222-3333-4444-555555555555", id, "other-" + email);
    other.put("xms_edov", true);
    MICROSOFT.person = other;
    assertThat(account(traveller.tokens(MICROSOFT, "microsoft"))).isNotEqualTo(account(first));
    assertThat(
            server.column(
                "SELECT issuer || ' ' || subject FROM varve_link WHERE account = '%s'"
                    .formatted(account(first))))
        .containsExactly(MICROSOFT.url() + "/" + FakeMicrosoft.TENANT + "/v2.0 " + id);
  }

  @Test
  void appleTellsTheNameOnceByAFormAndItsTruthsAsTexts() {
    String subject = subject();
    String relayed = "relay-%s@privaterelay.example".formatted(subject);
    APPLE.person = FakeApple.person(subject, relayed);
    Return way = traveller.there(APPLE, setOut("apple"));
    assertThat(way.form()).containsKeys("code", "state", "user");
    Reply first = traveller.exchange(code(traveller.back(way)));
    assertThat(accountMember(first, "name")).isEqualTo("Ada Lovelace");
    assertThat(accountMember(first, "email"))
        .as("not what stands beside the token")
        .isEqualTo(relayed);
    Reply second = traveller.tokens(APPLE, "apple");
    assertThat(account(second)).isEqualTo(account(first));
  }

  @Test
  void gitHubNamesSomebodyByANumberAndTellsAddressesApart() {
    long number = (UUID.randomUUID().getMostSignificantBits() >>> 1);
    Map<String, Object> person = new HashMap<>();
    person.put("id", number);
    person.put("login", "ada");
    person.put("email", "shown-" + email);
    GITHUB.person = person;
    GITHUB.emails =
        List.of(
            FakeGitHub.email("other-" + email, false, true), FakeGitHub.email(email, true, true));
    Reply first = traveller.tokens(GITHUB, "github");
    assertThat(accountMember(first, "email")).isEqualTo(email);
    assertThat(accountMember(first, "name"))
        .as("who tells no name is called by the login")
        .isEqualTo("ada");
    // a login can be another's later
    person = new HashMap<>(person);
    person.put("id", number + 1);
    GITHUB.person = person;
    GITHUB.emails = List.of(FakeGitHub.email("new-" + email, true, true));
    assertThat(account(traveller.tokens(GITHUB, "github"))).isNotEqualTo(account(first));
  }

  @Test
  void gitHubsAddressCountsOnlyWhenItIsPrimaryAndVerified() {
    GITHUB.person =
        Map.of("id", (UUID.randomUUID().getMostSignificantBits() >>> 1), "login", "ada");
    GITHUB.emails =
        List.of(
            FakeGitHub.email("other-" + email, false, true), FakeGitHub.email(email, true, false));
    assertThat(error(traveller.signIn(GITHUB, "github"))).isEqualTo("email_unverified");
    GITHUB.emails = List.of(FakeGitHub.email("other-" + email, false, true));
    assertThat(error(traveller.signIn(GITHUB, "github"))).isEqualTo("email_missing");
    GITHUB.instead =
        Map.of("/api/v3/user/emails", exchange -> FakeProvider.json(exchange, 404, Map.of()));
    assertThat(error(traveller.signIn(GITHUB, "github"))).isEqualTo("email_missing");
  }

  private static String number() {
    return String.valueOf(UUID.randomUUID().getMostSignificantBits() >>> 1);
  }

  @Test
  void discordNamesSomebodyByANumberInATextAndByTheNameThatIsShown() {
    String id = number();
    DISCORD.user = FakeDiscord.person(id, "Ada Lovelace", email, true);
    Reply away = traveller.browser.send("GET", setOut("discord"), Map.of(), "");
    assertThat(Visitor.parameters(away.header("Location")))
        .containsEntry("scope", "identify email")
        .containsEntry("code_challenge_method", "S256")
        .doesNotContainKey("nonce");
    Reply first = traveller.exchange(code(traveller.back(DISCORD.visit(away.header("Location")))));
    assertThat(accountMember(first, "email")).isEqualTo(email);
    assertThat(accountMember(first, "name")).isEqualTo("Ada Lovelace");
    assertThat(accountMember(first, "verified")).isEqualTo("true");
    // names, addresses and pictures change
    DISCORD.user = FakeDiscord.person(id, null, "other-" + email, false);
    assertThat(account(traveller.tokens(DISCORD, "discord"))).isEqualTo(account(first));
    DISCORD.user = FakeDiscord.person(number(), null, "new-" + email, true);
    Reply other = traveller.tokens(DISCORD, "discord");
    assertThat(account(other)).isNotEqualTo(account(first));
    assertThat(accountMember(other, "name"))
        .as("who shows no name is called by the other")
        .isEqualTo("ada.lovelace");
  }

  @Test
  void discordsAddressCountsOnlyWhenItIsThereAndVerified() {
    DISCORD.user = FakeDiscord.person(number(), "Ada", email, false);
    assertThat(error(traveller.signIn(DISCORD, "discord"))).isEqualTo("email_unverified");
    DISCORD.user = FakeDiscord.person(number(), "Ada", null, false);
    assertThat(error(traveller.signIn(DISCORD, "discord"))).isEqualTo("email_missing");
    DISCORD.back =
        answer -> Map.of("error", "access_denied", "state", String.valueOf(answer.get("state")));
    assertThat(error(traveller.signIn(DISCORD, "discord"))).isEqualTo("denied");
  }

  @Test
  void whatDiscordDoesNotTellNamesNobody() {
    for (Object id : new Object[] {"", "null", "12x", 12L, "123456789012345678901"}) {
      Map<String, @Nullable Object> person = FakeDiscord.person("1", "Ada", email, true);
      person.put("id", id);
      DISCORD.user = person;
      assertThat(error(traveller.signIn(DISCORD, "discord")))
          .as(String.valueOf(id))
          .isEqualTo("wrong_answer");
    }
    DISCORD.user = FakeDiscord.person(number(), "Ada", email, true);
    for (int status : new int[] {401, 403}) {
      DISCORD.instead =
          Map.of("/api/users/@me", exchange -> FakeProvider.json(exchange, status, Map.of()));
      assertThat(error(traveller.signIn(DISCORD, "discord")))
          .as("%d", status)
          .isEqualTo("wrong_answer");
    }
    for (int status : new int[] {429, 502}) {
      DISCORD.instead =
          Map.of("/api/users/@me", exchange -> FakeProvider.json(exchange, status, Map.of()));
      assertThat(error(traveller.signIn(DISCORD, "discord")))
          .as("%d", status)
          .isEqualTo("unavailable");
    }
    assertThat(server.column("SELECT id FROM users WHERE email = '%s'".formatted(email))).isEmpty();
  }

  @Test
  void gitLabTellsWhenSomebodySignedInAnywhereWhichCountsOnlyWhenItWasMadeToAsk() {
    GITLAB.clock = CLOCK;
    GITLAB.latestSignIn = Duration.ZERO;
    GITLAB.person = FakeGitLab.person(number(), email, true);
    Reply first = traveller.tokens(GITLAB, "gitlab");
    assertThat(accountMember(first, "email")).isEqualTo(email);
    assertThat(traveller.post("/auth/factors/totp", bearer(first), Map.of()).text())
        .as("in some other browser, it may be")
        .contains("STEP_UP_REQUIRED");
    Reply asked =
        traveller.exchange(
            code(traveller.back(traveller.there(GITLAB, setOut("gitlab") + "&prompt=login"))));
    assertThat(account(asked)).isEqualTo(account(first));
    assertThat(traveller.post("/auth/factors/totp", bearer(asked), Map.of()).status())
        .isEqualTo(200);
  }

  @Test
  void gitLabsAddressCountsOnlyWhenItIsVerified() {
    GITLAB.person = FakeGitLab.person(number(), email, false);
    assertThat(error(traveller.signIn(GITLAB, "gitlab"))).isEqualTo("email_unverified");
  }

  @Test
  void aProviderThatKeepsTheAddressOutOfItsTokenIsAskedForIt() {
    String subject = subject();
    STAFF.person = Map.of("sub", subject, "email", email, "email_verified", true, "name", "Ada");
    STAFF.claims =
        claims -> {
          Map<String, Object> fewer = new HashMap<>(claims);
          fewer.keySet().removeAll(List.of("email", "email_verified", "name"));
          return fewer;
        };
    Reply tokens = traveller.tokens(STAFF, "staff");
    assertThat(accountMember(tokens, "email")).isEqualTo(email);
    assertThat(STAFF.asked).contains("GET /userinfo");
  }

  @Test
  void aProviderMayChangeItsKeys() {
    STAFF.person = Map.of("sub", subject(), "email", email, "email_verified", true, "name", "Ada");
    Reply first = traveller.tokens(STAFF, "staff");
    STAFF.key = FakeProvider.rsaKey("key-2");
    STAFF.published = List.of(STAFF.key);
    assertThat(error(traveller.signIn(STAFF, "staff")))
        .as("not asked for with each token that names another")
        .isEqualTo("wrong_answer");
    CLOCK.move(Duration.ofMinutes(2));
    assertThat(account(traveller.tokens(STAFF, "staff"))).isEqualTo(account(first));
    CLOCK.move(Duration.ofMinutes(2));
  }

  @Test
  void aProviderThatDoesNotSayWhatItIsForAWhileStillSignsPeopleIn() throws Exception {
    STAFF.person = Map.of("sub", subject(), "email", email, "email_verified", true, "name", "Ada");
    traveller.tokens(STAFF, "staff");
    CLOCK.move(Duration.ofHours(2));
    STAFF.instead = Map.of(ABOUT, exchange -> FakeProvider.text(exchange, 503, "text/plain", ""));
    long before = asked();
    for (int i = 0; i < 3; i++) {
      assertThat(code(new Traveller(server).signIn(STAFF, "staff"))).isNotEmpty();
    }
    assertThat(asked() - before).as("not asked by each who comes").isEqualTo(1);
    CLOCK.move(Duration.ofHours(11));
    assertThat(
            new Traveller(server)
                .browser
                .send("GET", setOut("staff"), Map.of(), "")
                .header("Location"))
        .as("after half a day")
        .contains("error=");
    STAFF.instead = Map.of();
    assertThat(code(new Traveller(server).signIn(STAFF, "staff"))).isNotEmpty();
  }

  @Test
  void oneAsksAProviderWhatItIsHoweverManyCome() throws Exception {
    CLOCK.move(Duration.ofHours(13));
    CountDownLatch answers = new CountDownLatch(1);
    STAFF.instead =
        Map.of(
            ABOUT,
            exchange -> {
              await(answers);
              FakeProvider.json(exchange, 200, STAFF.about());
            });
    long before = asked();
    try (ExecutorService browsers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Reply>> away = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        away.add(
            browsers.submit(
                () -> new Traveller(server).browser.send("GET", setOut("staff"), Map.of(), "")));
      }
      Patience.until("somebody asks", () -> asked() > before);
      answers.countDown();
      for (Future<Reply> reply : away) {
        assertThat(reply.get().header("Location")).startsWith(STAFF.url());
      }
    }
    assertThat(asked() - before).isEqualTo(1);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long asked() {
    return STAFF.asked.stream().filter(("GET " + ABOUT)::equals).count();
  }
}
