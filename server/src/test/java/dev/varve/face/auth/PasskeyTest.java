package dev.varve.face.auth;

import static dev.varve.face.auth.Passkeyed.add;
import static dev.varve.face.auth.Passkeyed.creation;
import static dev.varve.face.auth.Passkeyed.enrolled;
import static dev.varve.face.auth.Passkeyed.key;
import static dev.varve.face.auth.Passkeyed.list;
import static dev.varve.face.auth.Passkeyed.options;
import static dev.varve.face.auth.Passkeyed.signInOptions;
import static dev.varve.face.auth.People.PASSWORD;
import static dev.varve.face.auth.People.bearer;
import static dev.varve.face.auth.People.code;
import static dev.varve.face.auth.People.mails;
import static dev.varve.face.auth.People.post;
import static dev.varve.face.auth.People.text;
import static dev.varve.face.auth.SoftwareKey.BACKED_UP;
import static dev.varve.face.auth.SoftwareKey.BACKUP_ELIGIBLE;
import static dev.varve.face.auth.SoftwareKey.PRESENT;
import static dev.varve.face.auth.SoftwareKey.VERIFIED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.identity.account.SignUpPolicy;
import dev.varve.identity.account.VerificationPolicy;
import dev.varve.kernel.AtOnce;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Passkeys of people who have an account: made, used, named, removed, and what authenticators say that is not right.
class PasskeyTest {
  private static final SteppedClock CLOCK = SteppedClock.ticking();
  private static final int ASKING = 20;

  private static TestServer server;
  private String email = "";
  private String access = "";

  @BeforeAll
  static void start() {
    server = TestServer.start(plan());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void somebody() {
    email = newcomer();
    access = signedIn(email);
  }

  private static TestServer.Plan plan() {
    return People.plan()
        .with(People.settings(SignUpPolicy.OPEN, VerificationPolicy.OPTIONAL))
        .with(CLOCK);
  }

  private static String newcomer() {
    String address = "somebody-%s@example.com".formatted(UUID.randomUUID());
    People.signUp(server, address);
    return address;
  }

  private static String signedIn(String address) {
    Reply reply = People.signIn(server, address, PASSWORD);
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    return text(reply, "accessToken");
  }

  private static String detail(Reply reply) {
    return reply.text();
  }

  private List<String> eventsOf(String kind) {
    return server.column(
        "SELECT kind FROM security_events WHERE kind = '%s' AND email = '%s'"
            .formatted(kind, email));
  }

  @Test
  void whoHasAPasskeySignsInWithNothingElse() {
    SoftwareKey key = enrolled(server, access);

    Reply signedIn = Passkeyed.signIn(server, key);

    assertThat(signedIn.status()).as(signedIn.text()).isEqualTo(200);
    assertThat(People.account(signedIn)).containsEntry("email", email);
    assertThat(
            server.column(
                "SELECT methods FROM varve_session ORDER BY created_at DESC, id DESC LIMIT 1"))
        .as("it counts as two factors")
        .containsExactly("swk user");
    assertThat(eventsOf("PASSKEY_ADDED")).hasSize(1);
    assertThat(mails(server, email, 2).getFirst())
        .startsWith("Your account has a new passkey")
        .contains("Passkey of ");
  }

  @Test
  void aPageOfTheServerMayHaveACookieInPlaceOfTokens() {
    SoftwareKey key = enrolled(server, access);
    Map<String, Object> body = Map.of("credential", key.get(signInOptions(server)), "cookie", true);
    Reply given = post(server, "/auth/sign-in/passkey", body);
    assertThat(given.status()).as(given.text()).isEqualTo(204);
    assertThat(given.header("Set-Cookie")).contains("varve-session=", "HttpOnly", "SameSite=Lax");
  }

  @Test
  void optionsAskForWhatIsVerified() {
    Map<String, Object> creation = creation(server, access);
    assertThat(creation.get("rp")).asString().contains("id=localhost");
    assertThat(creation.get("pubKeyCredParams"))
        .asString()
        .contains("alg=-8", "alg=-7", "alg=-257");
    assertThat(creation).containsEntry("attestation", "none").containsEntry("timeout", 300_000L);
    assertThat(creation.get("user")).asString().contains(email).contains("Somebody");
    SoftwareKey key = enrolled(server, access);
    assertThat(creation(server, access).get("excludeCredentials"))
        .asString()
        .contains(SoftwareKey.base64(key.credential), "something-new");
    assertThat(
            People.members(Objects.requireNonNull(creation(server, access).get("user"))).get("id"))
        .as("one name for all passkeys of an account, which says nothing of it")
        .isEqualTo(key.handle)
        .asString()
        .hasSize(43);
  }

  @Test
  void optionsToSignInAreTheSameForEverybody() {
    Map<String, Object> before = signInOptions(server);
    enrolled(server, access);
    Map<String, Object> after = signInOptions(server);
    assertThat(after.keySet()).isEqualTo(before.keySet());
    assertThat(after).containsEntry("allowCredentials", List.of());
    assertThat(after).containsEntry("userVerification", "required");
    assertThat(after.get("challenge")).isNotEqualTo(before.get("challenge"));
    Reply named = post(server, "/auth/sign-in/passkey/options", Map.of("email", email));
    assertThat(named.status()).as("nobody says who they are").isEqualTo(400);
  }

  /// What an authenticator or a browser gets wrong, when it makes a passkey and when it uses one.
  static Stream<Arguments> wrong() {
    return Stream.of(
        wrong(
            "a page of another site",
            key -> key.origin = "https://evil.example",
            "auth.passkeys.origins"),
        wrong(
            "the same page on another port",
            key -> key.origin = "http://localhost:1",
            "auth.passkeys.origins"),
        wrong("no origin at all", key -> key.origin = "null", "auth.passkeys.origins"),
        wrong("another relying party", key -> key.rpId = "evil.example", "is for another site"),
        wrong("a frame of another site", key -> key.crossOrigin = true, "frame of another site"),
        wrong(
            "a page above", key -> key.topOrigin = "https://evil.example", "frame of another site"),
        wrong("another ceremony", key -> key.type = "payment.get", "answer to something else"),
        wrong("nobody there", key -> key.flags = VERIFIED, "without anybody touching"),
        wrong(
            "backed up and not eligible",
            key -> key.flags = PRESENT | VERIFIED | BACKED_UP,
            "contradicts itself"));
  }

  private static Arguments wrong(String what, Consumer<SoftwareKey> way, String told) {
    return Arguments.of(what, way, told);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrong")
  void wrongAnswersMakeNoPasskey(String what, Consumer<SoftwareKey> way, String told) {
    SoftwareKey key = key(server);
    way.accept(key);
    Reply refused = add(server, access, key.create(creation(server, access)));
    assertThat(refused.status()).as(refused.text()).isEqualTo(400);
    assertThat(detail(refused)).contains("\"field\":\"credential\"").contains(told);
    assertThat(list(server, access).text()).contains("\"items\":[]");
    assertThat(eventsOf("PASSKEY_ADDED")).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrong")
  void wrongAnswersSignNobodyIn(String what, Consumer<SoftwareKey> way, String told) {
    SoftwareKey key = enrolled(server, access);
    way.accept(key);
    Reply refused = Passkeyed.signIn(server, key);
    assertThat(refused.status()).as(refused.text()).isEqualTo(401);
    assertThat(detail(refused)).contains("\"field\":\"credential\"").contains(told);
    assertThat(eventsOf("SIGN_IN_FAILED")).hasSize(1);
  }

  @Test
  void keysAreOfTheKindsThatWereAskedFor() {
    SoftwareKey key = key(server);
    key.algorithm = -35;
    Reply refused = add(server, access, key.create(creation(server, access)));
    assertThat(refused.status()).as(refused.text()).isEqualTo(400);
    assertThat(list(server, access).text()).contains("\"items\":[]");
  }

  @Test
  void idsOfPasskeysHaveABound() {
    SoftwareKey longest = key(server);
    longest.credential = new byte[1_023];
    longest.credential[0] = (byte) email.hashCode();
    enrolled(server, access, longest);
    assertThat(Passkeyed.signIn(server, longest).status()).isEqualTo(200);
    SoftwareKey longer = key(server);
    longer.credential = new byte[1_024];
    Reply refused = add(server, access, longer.create(creation(server, access)));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text()).contains("more than 1,023 bytes");
  }

  @Test
  void anIdIsOneOfAllAccounts() {
    SoftwareKey key = enrolled(server, access);
    String other = signedIn(newcomer());
    SoftwareKey same = key(server);
    same.credential = key.credential;
    Reply refused = add(server, other, same.create(creation(server, other)));
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text()).contains("There is a passkey with this id already");
    assertThat(People.account(Passkeyed.signIn(server, key))).containsEntry("email", email);
  }

  @Test
  void aChallengeIsGoodOnceAndForWhatItWasMadeFor() {
    SoftwareKey key = key(server);
    Map<String, Object> used = creation(server, access);
    assertThat(add(server, access, key.create(used)).status()).isEqualTo(201);
    refusesChallenge(access, used);
    refusesChallenge(access, signInOptionsAsCreation());
    String other = signedIn(newcomer());
    refusesChallenge(access, creation(server, other));
    Map<String, Object> ofThisSession = creation(server, access);
    refusesChallenge(signedIn(email), ofThisSession);
    refusesChallenge(access, ofThisSession);
    Map<String, Object> late = creation(server, access);
    CLOCK.move(Duration.ofSeconds(301));
    refusesChallenge(access, late);
    refusesChallenge(access, Passkeyed.with(creation(server, access), "challenge", "A".repeat(43)));
  }

  /// A challenge that was made to sign in.
  private Map<String, Object> signInOptionsAsCreation() {
    Object challenge = Objects.requireNonNull(signInOptions(server).get("challenge"));
    return Passkeyed.with(creation(server, access), "challenge", challenge);
  }

  private static void refusesChallenge(String access, Map<String, Object> options) {
    Reply refused = add(server, access, key(server).create(options));
    assertThat(refused.status()).as(refused.text()).isEqualTo(400);
    assertThat(refused.text()).contains("answers a challenge that is not good here");
  }

  @Test
  void aChallengeToSignInIsGoodOnceAndForThat() {
    SoftwareKey key = enrolled(server, access);
    Map<String, Object> options = signInOptions(server);
    assertThat(Passkeyed.signIn(server, key.get(options)).status()).isEqualTo(200);
    List<Map<String, Object>> wrong = new ArrayList<>();
    wrong.add(options);
    Object enrolling = Objects.requireNonNull(creation(server, access).get("challenge"));
    wrong.add(Passkeyed.with(signInOptions(server), "challenge", enrolling));
    Map<String, Object> late = signInOptions(server);
    CLOCK.move(Duration.ofSeconds(301));
    wrong.add(late);
    for (Map<String, Object> each : wrong) {
      Reply refused = Passkeyed.signIn(server, key.get(each));
      assertThat(refused.status()).isEqualTo(401);
      assertThat(refused.text()).contains("answers a challenge that is not good here");
    }
  }

  @Test
  void aWrongAnswerUsesItsChallengeUp() {
    SoftwareKey key = enrolled(server, access);
    Map<String, Object> options = signInOptions(server);
    key.origin = "https://evil.example";
    assertThat(Passkeyed.signIn(server, key.get(options)).status()).isEqualTo(401);
    key.origin = Passkeyed.origin(server);
    assertThat(Passkeyed.signIn(server, key.get(options)).text()).contains("answers a challenge");
  }

  @Test
  void ofTwentyUsesOfAChallengeOneWins() throws Exception {
    SoftwareKey key = enrolled(server, access);
    Map<String, Object> credential = key.get(signInOptions(server));
    List<Reply> signIns = AtOnce.times(ASKING, () -> Passkeyed.signIn(server, credential));
    assertThat(signIns.stream().filter(reply -> reply.status() == 200)).hasSize(1);
    // ten that fail side by side lock the account, as passwords do
    assertThat(signIns.stream().filter(reply -> reply.status() == 401 || reply.status() == 429))
        .hasSize(ASKING - 1);
    String other = signedIn(newcomer());
    Map<String, Object> made = key(server).create(creation(server, other));
    List<Reply> added = AtOnce.times(ASKING, () -> add(server, other, made));
    assertThat(added.stream().filter(reply -> reply.status() == 201)).hasSize(1);
    assertThat(added.stream().filter(reply -> reply.status() == 400)).hasSize(ASKING - 1);
  }

  @Test
  void whatIsNotSignedByThePasskeyOfTheAccountSignsNobodyIn() {
    SoftwareKey key = enrolled(server, access);
    SoftwareKey another = key(server);
    another.handle = key.handle;
    another.credential = key.credential;
    refusesSignIn(another, "is not signed by the passkey");

    SoftwareKey unknown = key(server);
    unknown.handle = key.handle;
    refusesSignIn(unknown, "is not known here");

    SoftwareKey other = enrolled(server, signedIn(newcomer()));
    other.handle = key.handle;
    refusesSignIn(other, "of another account than its own");
    other.handle = null;
    refusesSignIn(other, "of another account than its own");
  }

  private static void refusesSignIn(SoftwareKey key, String told) {
    Reply refused = Passkeyed.signIn(server, key);
    assertThat(refused.status()).as(refused.text()).isEqualTo(401);
    assertThat(code(refused)).isEqualTo("UNAUTHENTICATED");
    assertThat(detail(refused)).contains(told);
  }

  @Test
  void theDeviceMakesSureWhoItIs() {
    SoftwareKey key = enrolled(server, access);
    key.flags = PRESENT;
    refusesSignIn(key, "without the device making sure that it is you");
  }

  @Test
  void aPasskeyDoesNotBeginToLeaveItsDevice() {
    SoftwareKey key = enrolled(server, access);
    key.flags = PRESENT | VERIFIED | BACKUP_ELIGIBLE;
    refusesSignIn(key, "contradicts itself");
  }

  @Test
  void whetherAPasskeyIsBackedUpFollowsItsUses() {
    SoftwareKey key = key(server);
    key.flags = PRESENT | VERIFIED | BACKUP_ELIGIBLE;
    enrolled(server, access, key);
    assertThat(list(server, access).text()).contains("\"backedUp\":false", "\"lastUsedAt\":null");
    key.flags = PRESENT | VERIFIED | BACKUP_ELIGIBLE | BACKED_UP;
    assertThat(Passkeyed.signIn(server, key).status()).isEqualTo(200);
    assertThat(list(server, access).text())
        .contains("\"backedUp\":true")
        .doesNotContain("\"lastUsedAt\":null");
  }

  @Test
  void aCopyIsRefusedAndTheOwnerTold() {
    SoftwareKey key = key(server);
    key.counter = 7;
    enrolled(server, access, key);
    SoftwareKey copy = key.copy();
    key.counter = 9;
    assertThat(Passkeyed.signIn(server, key).status()).isEqualTo(200);
    copy.counter = 8;
    refusesSignIn(copy, "there may be a copy of it");
    copy.counter = 9;
    refusesSignIn(copy, "there may be a copy of it");
    copy.counter = 0;
    refusesSignIn(copy, "there may be a copy of it");

    assertThat(eventsOf("PASSKEY_COPIED")).hasSize(3);
    assertThat(mails(server, email, 5).getFirst())
        .startsWith("There may be a copy of your passkey");
    key.counter = 10;
    assertThat(Passkeyed.signIn(server, key).status()).as("the owner's own goes on").isEqualTo(200);
  }

  @Test
  void anAuthenticatorNeedNotCount() {
    SoftwareKey key = enrolled(server, access);
    assertThat(Passkeyed.signIn(server, key).status()).isEqualTo(200);
    assertThat(Passkeyed.signIn(server, key).status()).isEqualTo(200);
  }

  @Test
  void aBrowserMayMakeOneWithoutAskingOnlyWhenThatWasAskedFor() {
    SoftwareKey key = key(server);
    key.flags = BACKUP_ELIGIBLE | BACKED_UP;
    Map<String, Object> asked = creation(server, access);
    assertThat(add(server, access, key.create(asked)).status()).isEqualTo(400);
    Map<String, Object> conditional =
        Passkeyed.good(options(server, access, Map.of("conditional", true)));
    assertThat(add(server, access, key.create(conditional)).status()).isEqualTo(201);
    refusesSignIn(key, "without anybody touching");
    key.flags = PRESENT | VERIFIED | BACKUP_ELIGIBLE | BACKED_UP;
    assertThat(Passkeyed.signIn(server, key).status()).isEqualTo(200);
    assertThat(options(server, access, Map.of("conditional", "yes")).status()).isEqualTo(400);
  }

  @Test
  void namesAreTheOwnersToGive() {
    enrolled(server, access);
    String id = server.column(idOf()).getFirst();
    assertThat(rename(access, id, "  My laptop ").status()).isEqualTo(204);
    assertThat(list(server, access).text()).contains("\"name\":\"My laptop\"");
    assertThat(rename(access, id, "x".repeat(101)).status()).isEqualTo(400);
    assertThat(rename(access, id, "two\nlines").status()).isEqualTo(400);
    assertThat(rename(access, id, " ").status()).isEqualTo(400);
    String other = signedIn(newcomer());
    assertThat(rename(other, id, "Mine").status()).isEqualTo(404);
    assertThat(server.send("DELETE", "/auth/passkeys/" + id, bearer(other), "").status())
        .isEqualTo(404);
    assertThat(list(server, other).text()).contains("\"items\":[]");
  }

  private String idOf() {
    return "SELECT p.id FROM varve_passkey p JOIN users u ON u.id = p.account WHERE u.email = '%s'"
        .formatted(email);
  }

  private static Reply rename(String access, String id, String name) {
    return server.send(
        "PATCH", "/auth/passkeys/" + id, bearer(access), People.text(Map.of("name", name)));
  }

  @Test
  void aRemovedPasskeyIsToldToItsKeeper() {
    SoftwareKey key = enrolled(server, access);
    String id = server.column(idOf()).getFirst();
    assertThat(list(server, access).text())
        .contains("\"signalAllAcceptedCredentials\":{\"rpId\":\"localhost\"")
        .contains("\"allAcceptedCredentialIds\":[\"" + SoftwareKey.base64(key.credential) + "\"]")
        .contains("\"signalCurrentUserDetails\":{\"rpId\":\"localhost\"");
    assertThat(server.send("DELETE", "/auth/passkeys/" + id, bearer(access), "").status())
        .isEqualTo(204);
    assertThat(list(server, access).text()).contains("\"allAcceptedCredentialIds\":[]");
    refusesSignIn(key, "is not known here");
    assertThat(eventsOf("PASSKEY_REMOVED")).hasSize(1);
    assertThat(mails(server, email, 3).getFirst())
        .startsWith("A passkey of your account was removed");
  }

  @Test
  void anAccountHasTwentyAtMost() {
    for (int i = 0; i < 20; i++) {
      enrolled(server, access);
    }
    Reply refused = options(server, access, Map.of());
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text()).contains("at most 20 passkeys: remove one first");
  }

  @Test
  void aSessionThatIsNotFreshChangesNothing() {
    enrolled(server, access);
    String id = server.column(idOf()).getFirst();
    Map<String, Object> options = creation(server, access);
    Map<String, Object> made = key(server).create(options);
    CLOCK.move(Duration.ofMinutes(11));
    String again = text(refresh(), "accessToken");
    Reply refused = options(server, again, Map.of());
    assertThat(refused.status()).isEqualTo(401);
    assertThat(code(refused)).isEqualTo("STEP_UP_REQUIRED");
    assertThat(code(server.send("DELETE", "/auth/passkeys/" + id, bearer(again), "")))
        .isEqualTo("STEP_UP_REQUIRED");
    assertThat(code(add(server, again, made))).isEqualTo("STEP_UP_REQUIRED");
    assertThat(list(server, again).status()).as("to look is free").isEqualTo(200);
    assertThat(server.column(idOf())).hasSize(1);
  }

  /// Of a session that was opened a while ago.
  private Reply refresh() {
    String old = text(People.signIn(server, email, PASSWORD), "refreshToken");
    CLOCK.move(Duration.ofMinutes(11));
    return post(server, "/auth/refresh", Map.of("refreshToken", old));
  }

  @Test
  void onlyTheAccountItselfHasPasskeys() {
    for (String path : List.of("/auth/passkeys/options", "/auth/passkeys")) {
      assertThat(post(server, path, Map.of()).status()).as(path).isEqualTo(401);
    }
    assertThat(server.get("/auth/passkeys").status()).isEqualTo(401);
  }

  @Test
  void whatIsNoAnswerOfABrowserIsRefusedAndNothingElse() {
    SoftwareKey key = enrolled(server, access);
    Map<String, Object> good = key.get(signInOptions(server));
    Map<String, Object> response = People.members(Objects.requireNonNull(good.get("response")));
    List<Object> odd =
        new ArrayList<>(List.of("", "text", 7, List.of(), Map.of(), Map.of("id", 7)));
    odd.add(Passkeyed.with(good, "rawId", "***"));
    odd.add(Passkeyed.with(good, "response", Map.of()));
    for (String member : response.keySet()) {
      odd.add(Passkeyed.with(good, "response", Passkeyed.with(response, member, "AAAA")));
      odd.add(Passkeyed.with(good, "response", Passkeyed.with(response, member, 7)));
      odd.add(
          Passkeyed.with(
              good, "response", Passkeyed.with(response, member, Map.of("a", List.of()))));
    }
    for (Object each : odd) {
      Reply refused = post(server, "/auth/sign-in/passkey", Map.of("credential", each));
      assertThat(refused.status()).as("%s: %s", each, refused.text()).isIn(400, 401);
      Reply unmade = post(server, "/auth/passkeys", bearer(access), Map.of("credential", each));
      assertThat(unmade.status()).as("%s: %s", each, unmade.text()).isEqualTo(400);
    }
  }

  @Test
  void whoIsShutOutIsShutOutWithAPasskeyToo() {
    SoftwareKey key = enrolled(server, access);
    server.administration().setDisabled(email, true);
    Reply refused = Passkeyed.signIn(server, key);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text()).contains("This account is disabled");
    server.administration().setDisabled(email, false);
    assertThat(Passkeyed.signIn(server, key).status()).isEqualTo(200);
  }

  /// A server of its own: all that come from one network are locked.
  @Test
  void wrongAnswersLockThePasskeysOfTheirNetworkAndNoPassword() {
    try (TestServer locking = TestServer.start(plan())) {
      People.signUp(locking, email);
      SoftwareKey key =
          enrolled(locking, text(People.signIn(locking, email, PASSWORD), "accessToken"));
      SoftwareKey wrong = key(locking);
      wrong.credential = key.credential;
      wrong.handle = key.handle;
      for (int i = 0; i < 100; i++) {
        assertThat(Passkeyed.signIn(locking, wrong).status()).isEqualTo(401);
      }
      Reply locked = Passkeyed.signIn(locking, key);
      assertThat(locked.status()).isEqualTo(429);
      assertThat(locked.header("Retry-After")).isNotEmpty();
      assertThat(People.signIn(locking, email, PASSWORD).status()).isEqualTo(200);
    }
  }
}
