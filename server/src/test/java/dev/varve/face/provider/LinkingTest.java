package dev.varve.face.provider;

import static dev.varve.face.provider.Traveller.account;
import static dev.varve.face.provider.Traveller.bearer;
import static dev.varve.face.provider.Traveller.code;
import static dev.varve.face.provider.Traveller.error;
import static dev.varve.face.provider.Traveller.member;
import static dev.varve.face.provider.Traveller.setOut;
import static dev.varve.face.provider.Traveller.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.provider.FakeProvider.Return;
import dev.varve.identity.account.SignUpPolicy;
import dev.varve.identity.account.VerificationPolicy;
import dev.varve.identity.provider.Preset;
import dev.varve.identity.provider.ProviderSettings;
import dev.varve.kernel.AtOnce;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Whose account it is that somebody comes with from a provider, and how an account and an identity there come together and apart.
class LinkingTest {
  private static final int ASKING = 20;

  private final FakeGoogle google = new FakeGoogle();
  private final FakeProvider staff = new FakeProvider();
  private final SteppedClock clock = SteppedClock.ticking();
  private final String ada = "ada@example.com";
  private TestServer server = start(Map.of());
  private Traveller traveller = new Traveller(server);

  private TestServer start(Map<String, Object> more) {
    return TestServer.start(plan(more));
  }

  private Plan plan(Map<String, Object> more) {
    return Traveller.plan(
            more,
            settings("google", Preset.GOOGLE, google.url()),
            settings("staff", Preset.OPENID, staff.url()))
        .with(clock);
  }

  private void restart(Map<String, Object> more) {
    server.restart(plan(more));
  }

  @BeforeEach
  void somebody() {
    google.person = FakeGoogle.person("g-1", ada, true);
    staff.person =
        Map.of("sub", "s-1", "email", "staff@example.com", "email_verified", true, "name", "S");
  }

  @AfterEach
  void stop() {
    server.close();
    google.close();
    staff.close();
  }

  private List<String> links() {
    return server.column(
        "SELECT provider || ' ' || subject FROM varve_link WHERE ended_at IS NULL ORDER BY created_at, id");
  }

  @Test
  void anAddressThatBothSidesHaveVerifiedLinks() {
    traveller.join(ada);
    Reply byPassword = traveller.password(ada);
    Reply byGoogle = traveller.tokens(google, "google");
    assertThat(account(byGoogle)).isEqualTo(account(byPassword));
    assertThat(links()).containsExactly("google g-1");
    assertThat(traveller.mails(ada).getFirst()).startsWith("Google signs you in now");
    assertThat(server.column("SELECT kind FROM security_events WHERE kind LIKE 'PROVIDER%'"))
        .containsExactly("PROVIDER_LINKED");
    assertThat(traveller.password(ada).status()).as("as before").isEqualTo(200);
  }

  @Test
  void anAddressThatTheProviderHasNotVerifiedLinksNothingAndTellsNothing() {
    traveller.join(ada);
    google.person = FakeGoogle.person("g-1", ada, false);
    String known = error(traveller.signIn(google, "google"));
    google.person = FakeGoogle.person("g-1", "nobody@example.com", false);
    String unknown = error(traveller.signIn(google, "google"));
    assertThat(known).isEqualTo("email_unverified").isEqualTo(unknown);
    assertThat(links()).isEmpty();
  }

  @Test
  void anAccountWhoseAddressNobodyConfirmedIsNotGivenAway() {
    restart(Map.of("verification", VerificationPolicy.OPTIONAL));
    Reply planted =
        traveller.post(
            "/auth/sign-up",
            Map.of(),
            Map.of("email", ada, "password", Traveller.PASSWORD, "name", "Mallory"));
    assertThat(planted.status()).isEqualTo(202);
    assertThat(error(traveller.signIn(google, "google"))).isEqualTo("email_unconfirmed");
    assertThat(links()).isEmpty();
  }

  @Test
  void whatSomebodyElsePlantedIsGoneWhenTheMailboxIsProven() {
    restart(Map.of("verification", VerificationPolicy.OPTIONAL));
    traveller.post(
        "/auth/sign-up",
        Map.of(),
        Map.of("email", ada, "password", Traveller.PASSWORD, "name", "Mallory"));
    staff.person = Map.of("sub", "mallory", "email", "mallory@example.com", "email_verified", true);
    link(traveller.password(ada), staff, "staff");
    assertThat(links()).containsExactly("staff mallory");

    traveller.post("/auth/password/forgot", Map.of(), Map.of("email", ada));
    String mail =
        traveller.mails(ada).stream()
            .filter(text -> text.startsWith("Choose a new"))
            .findFirst()
            .orElseThrow();
    String token = mail.substring(mail.indexOf("?token=") + 7).lines().findFirst().orElseThrow();
    Reply reset =
        traveller.post(
            "/auth/password/reset",
            Map.of(),
            Map.of("token", token, "newPassword", "another horse battery"));
    assertThat(reset.status()).as(reset.text()).isEqualTo(204);
    assertThat(links()).isEmpty();
  }

  @Test
  void nobodySignsUpWhereNobodyCan() {
    restart(Map.of("signUp", SignUpPolicy.CLOSED));
    assertThat(error(traveller.signIn(google, "google"))).isEqualTo("sign_up_closed");
    restart(Map.of("signUp", SignUpPolicy.INVITED));
    assertThat(error(traveller.signIn(google, "google"))).isEqualTo("sign_up_invited");
    assertThat(server.column("SELECT id FROM users")).isEmpty();
  }

  @Test
  void anInvitationIsGoodForWhoeverProvesItsMailbox() {
    restart(Map.of("signUp", SignUpPolicy.INVITED));
    server
        .administration()
        .create("root@example.com", List.of("admin"), Map.of("name", "Root"), Traveller.PASSWORD);
    Reply root = traveller.password("root@example.com");
    Reply invited =
        traveller.post(
            "/auth/invitations", bearer(root), Map.of("email", ada, "roles", List.of("staff")));
    assertThat(invited.status()).as(invited.text()).isEqualTo(202);
    google.person = FakeGoogle.person("g-2", "other@example.com", true);
    assertThat(error(traveller.signIn(google, "google"))).isEqualTo("sign_up_invited");
    google.person = FakeGoogle.person("g-1", ada, true);
    Reply tokens = traveller.tokens(google, "google");
    assertThat(server.send("GET", "/auth/me", bearer(tokens), "").text()).contains("\"staff\"");
    assertThat(links()).containsExactly("google g-1");
  }

  @Test
  void aDisabledAccountIsSignedInByNobody() {
    Reply tokens = traveller.tokens(google, "google");
    assertThat(tokens.status()).isEqualTo(200);
    server.administration().setDisabled(ada, true);
    Reply refused = traveller.exchange(code(traveller.signIn(google, "google")));
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text()).contains("This account is disabled");
    google.person = FakeGoogle.person("g-2", ada, true);
    assertThat(error(traveller.signIn(google, "google"))).isEqualTo("account_disabled");
    assertThat(links()).containsExactly("google g-1");
  }

  @Test
  void aProviderThatIsDisabledOrRemovedSignsNobodyIn() {
    traveller.tokens(google, "google");
    String code = code(traveller.signIn(google, "google"));
    Return way = traveller.there(google, setOut("google"));
    ProviderSettings off =
        SettingRecords.changed(
            settings("google", Preset.GOOGLE, google.url()), Map.of("enabled", false));
    server.restart(Traveller.plan(off, settings("staff", Preset.OPENID, staff.url())).with(clock));
    assertThat(traveller.exchange(code).status()).as("a code from before").isEqualTo(401);
    assertThat(traveller.back(way).status()).as("a trip from before").isEqualTo(404);
    assertThat(traveller.browser.send("GET", setOut("google"), Map.of(), "").status())
        .isEqualTo(404);
    assertThat(server.get("/auth/providers").text()).doesNotContain("google");
    assertThat(links()).as("kept").containsExactly("google g-1");
    restart(Map.of());
    assertThat(traveller.tokens(google, "google").status()).isEqualTo(200);
  }

  @Test
  void whoComesBackAfterTheAccountIsGoneIsNew() {
    Reply first = traveller.tokens(google, "google");
    String code = code(traveller.signIn(google, "google"));
    server
        .administration()
        .create("root@example.com", List.of("admin"), Map.of("name", "Root"), Traveller.PASSWORD);
    Reply deleted =
        server.send(
            "DELETE",
            "/api/users/" + account(first),
            bearer(traveller.password("root@example.com")),
            "");
    assertThat(deleted.status()).as(deleted.text()).isEqualTo(204);
    assertThat(links()).isEmpty();
    assertThat(traveller.exchange(code).status()).isEqualTo(401);
    assertThat(account(traveller.tokens(google, "google"))).isNotEqualTo(account(first));
  }

  /// What a page gets that wants to link.
  private Reply begin(Reply tokens, String provider) {
    return traveller.post(
        "/auth/links",
        bearer(tokens),
        Map.of(
            "provider",
            provider,
            "returnTo",
            Traveller.PAGE,
            "challenge",
            FakeProvider.challenge(Traveller.VERIFIER),
            "state",
            "s 1"));
  }

  private String path(Reply begun) {
    assertThat(begun.status()).as(begun.text()).isEqualTo(200);
    String url = String.valueOf(member(begun, "url"));
    assertThat(url).startsWith("http://127.0.0.1:%d/auth/providers/".formatted(server.port()));
    return url.substring(url.indexOf("/auth/"));
  }

  private Reply confirm(Reply tokens, String code, String verifier) {
    return traveller.post(
        "/auth/links/confirm", bearer(tokens), Map.of("code", code, "verifier", verifier));
  }

  private void link(Reply tokens, FakeProvider provider, String name) {
    String code = code(traveller.back(traveller.there(provider, path(begin(tokens, name)))));
    Reply confirmed = confirm(tokens, code, Traveller.VERIFIER);
    assertThat(confirmed.status()).as(confirmed.text()).isEqualTo(204);
  }

  /// Comes by a provider that does not tell when that was proven, and proves it by mail.
  private Reply fresh(FakeProvider provider, String name, String email) {
    Reply tokens = traveller.tokens(provider, name);
    traveller.post("/auth/step-up/mail", bearer(tokens), Map.of());
    String token =
        traveller
            .mails(email)
            .getFirst()
            .lines()
            .filter(line -> line.matches("[A-Za-z0-9_-]{43}"))
            .findFirst()
            .orElseThrow();
    Reply done = traveller.post("/auth/step-up", bearer(tokens), Map.of("token", token));
    assertThat(done.status()).as(done.text()).isEqualTo(200);
    return tokens;
  }

  private static List<?> items(Reply reply) {
    return (List<?>) Objects.requireNonNull(member(reply, "items"));
  }

  private String linkId(Reply tokens, int index) {
    Reply list = server.send("GET", "/auth/links", bearer(tokens), "");
    return String.valueOf(((Map<?, ?>) items(list).get(index)).get("id"));
  }

  @Test
  void whoIsSignedInLinksWhateverAddressThereIsThere() {
    traveller.join(ada);
    Reply tokens = traveller.password(ada);
    staff.person = Map.of("sub", "s-1", "email", "other@example.com", "email_verified", false);
    link(tokens, staff, "staff");
    Reply list = server.send("GET", "/auth/links", bearer(tokens), "");
    assertThat(list.text())
        .contains("\"provider\":\"staff\"")
        .contains("\"title\":\"Staff & more\"")
        .contains("\"email\":\"other@example.com\"");
    assertThat(traveller.mails(ada).getFirst()).startsWith("Staff & more signs you in now");
    assertThat(account(traveller.tokens(staff, "staff"))).isEqualTo(account(tokens));
  }

  @Test
  void aLinkIsForTheAccountAndTheSessionThatAskedForIt() {
    traveller.join(ada);
    traveller.join("eve@example.com");
    Reply tokens = traveller.password(ada);
    Reply eve = traveller.password("eve@example.com");
    String first = code(traveller.back(traveller.there(staff, path(begin(tokens, "staff")))));
    assertThat(confirm(eve, first, Traveller.VERIFIER).status()).isEqualTo(401);
    assertThat(confirm(tokens, first, Traveller.VERIFIER).status())
        .as("a wrong use was its last")
        .isEqualTo(401);
    String second = code(traveller.back(traveller.there(staff, path(begin(tokens, "staff")))));
    assertThat(confirm(traveller.password(ada), second, Traveller.VERIFIER).status())
        .as("in another session")
        .isEqualTo(401);
    String third = code(traveller.back(traveller.there(staff, path(begin(tokens, "staff")))));
    assertThat(confirm(tokens, third, "another-text-of-43-characters-of-another-one").status())
        .as("of another page")
        .isEqualTo(401);
    String fourth = code(traveller.back(traveller.there(staff, path(begin(tokens, "staff")))));
    assertThat(traveller.exchange(fourth).status()).as("it signs nobody in").isEqualTo(401);
    String signIn = code(traveller.signIn(staff, "staff"));
    assertThat(confirm(tokens, signIn, Traveller.VERIFIER).status())
        .as("and a code that signs in links nothing")
        .isEqualTo(401);
    assertThat(links()).containsExactly("staff s-1");
    assertThat(server.column("SELECT account FROM varve_link"))
        .doesNotContain(account(tokens), account(eve));
  }

  @Test
  void whatALinkBeginsWithIsGoodOnceAndForAWhile() {
    traveller.join(ada);
    Reply tokens = traveller.password(ada);
    String path = path(begin(tokens, "staff"));
    traveller.there(staff, path);
    assertThat(traveller.browser.send("GET", path, Map.of(), "").status()).isEqualTo(400);
    String other = path(begin(tokens, "staff")).replace("/staff/", "/google/");
    assertThat(traveller.browser.send("GET", other, Map.of(), "").status())
        .as("to another provider")
        .isEqualTo(400);
    String late = path(begin(tokens, "staff"));
    clock.move(Duration.ofMinutes(6));
    assertThat(traveller.browser.send("GET", late, Map.of(), "").status()).isEqualTo(400);
  }

  @Test
  void linkingAndUnlinkingTakeSomebodyWhoSignedInAMomentAgo() {
    traveller.join(ada);
    Reply tokens = traveller.password(ada);
    link(tokens, staff, "staff");
    String id = linkId(tokens, 0);
    clock.move(Duration.ofMinutes(11));
    assertThat(begin(tokens, "google").text()).contains("STEP_UP_REQUIRED");
    Reply unlinked = server.send("DELETE", "/auth/links/" + id, bearer(tokens), "");
    assertThat(unlinked.text()).contains("STEP_UP_REQUIRED");
    assertThat(links()).containsExactly("staff s-1");
    traveller.post("/auth/step-up", bearer(tokens), Map.of("password", Traveller.PASSWORD));
    assertThat(server.send("DELETE", "/auth/links/" + id, bearer(tokens), "").status())
        .isEqualTo(204);
    assertThat(traveller.post("/auth/links", Map.of(), Map.of()).status()).isEqualTo(401);
  }

  @Test
  void anIdentityIsLinkedToOneAccount() {
    Reply first = traveller.tokens(google, "google");
    traveller.join("eve@example.com");
    Reply eve = traveller.password("eve@example.com");
    String code = code(traveller.back(traveller.there(google, path(begin(eve, "google")))));
    Reply refused = confirm(eve, code, Traveller.VERIFIER);
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text()).contains("linked to another account").doesNotContain(account(first));
    assertThat(links()).containsExactly("google g-1");
  }

  @Test
  void whatWasBegunBeforeALinkCameOrWentIsOfNoMoreUse() {
    traveller.join(ada);
    Reply tokens = traveller.password(ada);
    link(tokens, staff, "staff");
    String code = code(traveller.back(traveller.there(google, path(begin(tokens, "google")))));
    assertThat(
            server.send("DELETE", "/auth/links/" + linkId(tokens, 0), bearer(tokens), "").status())
        .isEqualTo(204);
    assertThat(confirm(tokens, code, Traveller.VERIFIER).status()).isEqualTo(409);
    assertThat(links()).isEmpty();
  }

  @Test
  void theLastWayInStays() {
    Reply tokens = fresh(google, "google", ada);
    Reply refused = server.send("DELETE", "/auth/links/" + linkId(tokens, 0), bearer(tokens), "");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text()).contains("It is the last way in which you can sign in");
    link(tokens, staff, "staff");
    assertThat(
            server.send("DELETE", "/auth/links/" + linkId(tokens, 0), bearer(tokens), "").status())
        .isEqualTo(204);
    assertThat(links()).containsExactly("staff s-1");
    assertThat(traveller.mails(ada).getFirst()).startsWith("Google no longer signs you in");
    assertThat(
            server.column(
                "SELECT kind FROM security_events WHERE kind LIKE 'PROVIDER%' ORDER BY id"))
        .containsExactly("PROVIDER_LINKED", "PROVIDER_LINKED", "PROVIDER_UNLINKED");
    assertThat(error(traveller.signIn(google, "google")))
        .as("the address alone does not bring it back")
        .isEqualTo("unlinked");
    link(tokens, google, "google");
    assertThat(account(traveller.tokens(google, "google"))).isEqualTo(account(tokens));
  }

  @Test
  void aLinkToAProviderThatSignsNobodyInIsNoWayIn() {
    Reply tokens = fresh(google, "google", ada);
    link(tokens, staff, "staff");
    ProviderSettings off =
        SettingRecords.changed(
            settings("google", Preset.GOOGLE, google.url()), Map.of("enabled", false));
    server.restart(Traveller.plan(off, settings("staff", Preset.OPENID, staff.url())).with(clock));
    assertThat(
            server.send("DELETE", "/auth/links/" + linkId(tokens, 1), bearer(tokens), "").status())
        .isEqualTo(409);
  }

  @Test
  void nobodyRemovesTheLinkOfAnother() {
    Reply tokens = traveller.tokens(google, "google");
    traveller.join("eve@example.com");
    Reply eve = traveller.password("eve@example.com");
    assertThat(server.send("DELETE", "/auth/links/" + linkId(tokens, 0), bearer(eve), "").status())
        .isEqualTo(404);
    assertThat(items(server.send("GET", "/auth/links", bearer(eve), ""))).isEmpty();
  }

  private static long count(List<Reply> replies, int status) {
    return replies.stream().filter(reply -> reply.status() == status).count();
  }

  @Test
  void oneOfManyComesBackFromATrip() throws Exception {
    Return way = traveller.there(google, setOut("google"));
    List<Reply> replies = AtOnce.times(ASKING, () -> traveller.back(way));
    assertThat(count(replies, 303)).isEqualTo(1);
    assertThat(count(replies, 400)).isEqualTo(ASKING - 1);
    assertThat(links()).hasSize(1);
  }

  @Test
  void oneOfManyGetsASessionForACode() throws Exception {
    String code = code(traveller.signIn(google, "google"));
    List<Reply> replies = AtOnce.times(ASKING, () -> traveller.exchange(code));
    assertThat(count(replies, 200)).isEqualTo(1);
    assertThat(count(replies, 401)).isEqualTo(ASKING - 1);
  }

  @Test
  void manyTripsOfSomebodyNewMakeOneAccount() throws Exception {
    List<Reply> replies =
        AtOnce.times(ASKING, () -> new Traveller(server).signIn(google, "google"));
    assertThat(replies).allMatch(reply -> reply.header("Location").contains("code="));
    assertThat(server.column("SELECT id FROM users")).hasSize(1);
    assertThat(links()).containsExactly("google g-1");
  }

  @Test
  void oneOfManyLinksWithACode() throws Exception {
    traveller.join(ada);
    Reply tokens = traveller.password(ada);
    String code = code(traveller.back(traveller.there(staff, path(begin(tokens, "staff")))));
    List<Reply> replies = AtOnce.times(ASKING, () -> confirm(tokens, code, Traveller.VERIFIER));
    assertThat(count(replies, 204)).isEqualTo(1);
    assertThat(links()).containsExactly("staff s-1");
    assertThat(traveller.mails(ada).stream().filter(mail -> mail.startsWith("Staff"))).hasSize(1);
    assertThat(UUID.fromString(linkId(tokens, 0))).isNotNull();
  }
}
