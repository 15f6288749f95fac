package dev.varve.face.provider;

import static dev.varve.face.provider.Traveller.account;
import static dev.varve.face.provider.Traveller.bearer;
import static dev.varve.face.provider.Traveller.code;
import static dev.varve.face.provider.Traveller.member;
import static dev.varve.face.provider.Traveller.setOut;
import static dev.varve.face.provider.Traveller.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.oauth.Visitor;
import dev.varve.identity.provider.Preset;
import dev.varve.identity.provider.ProviderSettings;
import dev.varve.kernel.AtOnce;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a provider gives for itself is kept only where the settings say so, sealed, and is given to nobody but the account.
class LinkTokensTest {
  private static final FakeProvider STAFF = new FakeProvider();
  private static final FakeGoogle GOOGLE = new FakeGoogle();
  private static final FakeProvider OTHER = new FakeProvider();
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
                    keeping("staff", Preset.OPENID, STAFF.url()),
                    keeping("google", Preset.GOOGLE, GOOGLE.url()),
                    settings("other", Preset.OPENID, OTHER.url()))
                .with(CLOCK));
  }

  private static ProviderSettings keeping(String name, Preset preset, String issuer) {
    return SettingRecords.changed(settings(name, preset, issuer), Map.of("keepTokens", true));
  }

  @AfterAll
  static void stop() {
    server.close();
    List.of(STAFF, GOOGLE, OTHER).forEach(FakeProvider::close);
  }

  @BeforeEach
  void comes() {
    traveller = somebody();
    List.of(STAFF, GOOGLE, OTHER).forEach(FakeProvider::reset);
    STAFF.person = traveller.person();
    OTHER.person = traveller.person();
  }

  private static Reply token(Reply tokens, String link) {
    return server.send("GET", "/auth/links/" + link + "/token", bearer(tokens), "");
  }

  private static String link(Reply tokens) {
    return server
        .column(
            "SELECT id FROM varve_link WHERE account = '%s' AND ended_at IS NULL"
                .formatted(account(tokens)))
        .getFirst();
  }

  private static String kept(String link) {
    return server
        .column("SELECT coalesce(tokens, 'none') FROM varve_link WHERE id = '%s'".formatted(link))
        .getFirst();
  }

  @Test
  void whatTheProviderGaveIsKeptSealedAndGivenToTheAccount() {
    Reply tokens = traveller.tokens(STAFF, "staff");
    Reply given = token(tokens, link(tokens));
    assertThat(given.status()).as(given.text()).isEqualTo(200);
    String access = String.valueOf(member(given, "accessToken"));
    assertThat(STAFF.subjectOf(access)).contains(traveller.subject);
    assertThat(member(given, "scope")).isEqualTo("openid email profile");
    assertThat(member(given, "expiresAt")).isNotNull();
    assertThat(given.header("Cache-Control")).isEqualTo("no-store");
    assertThat(kept(link(tokens))).isNotEqualTo("none").doesNotContain(access);
    assertThat(server.column("SELECT content FROM varve_single_use"))
        .noneMatch(content -> content.contains(access));
    // the next sign-in brings others
    Reply again = traveller.tokens(STAFF, "staff");
    assertThat(member(token(again, link(again)), "accessToken")).isNotEqualTo(access);
  }

  @Test
  void nothingIsKeptUnlessItIsAskedFor() {
    Reply tokens = traveller.tokens(OTHER, "other");
    Reply refused = token(tokens, link(tokens));
    assertThat(refused.status()).isEqualTo(404);
    assertThat(refused.text()).contains("auth.providers[other].keepTokens");
    assertThat(kept(link(tokens))).isEqualTo("none");
    assertThat(server.column("SELECT content FROM varve_single_use WHERE content LIKE '%other%'"))
        .isNotEmpty()
        .noneMatch(content -> content.contains("\"tokens\""));
  }

  @Test
  void googleIsAskedForWhatGetsTheNextOnes() {
    Reply away = traveller.browser.send("GET", setOut("google"), Map.of(), "");
    assertThat(Visitor.parameters(away.header("Location"))).containsEntry("access_type", "offline");
    Reply other = traveller.browser.send("GET", setOut("other"), Map.of(), "");
    assertThat(Visitor.parameters(other.header("Location"))).doesNotContainKey("access_type");
  }

  @Test
  void nobodyElseGetsItAndTheAccountOnlyWhereItWasThereAMomentAgo() {
    Reply tokens = traveller.tokens(STAFF, "staff");
    String link = link(tokens);
    traveller.join("eve-" + traveller.email);
    Reply eve = traveller.password("eve-" + traveller.email);
    assertThat(token(eve, link).status()).as("another account").isEqualTo(404);
    assertThat(server.send("GET", "/auth/links/" + link + "/token", Map.of(), "").status())
        .isEqualTo(401);
    CLOCK.move(Duration.ofMinutes(11));
    assertThat(token(tokens, link).text()).contains("STEP_UP_REQUIRED");
    STAFF.clock = CLOCK;
    String signIn = setOut("staff") + "&prompt=login";
    Reply fresh = traveller.exchange(code(traveller.back(traveller.there(STAFF, signIn))));
    assertThat(token(fresh, link).status()).isEqualTo(200);
  }

  @Test
  void oneThatHasExpiredIsRenewedOnceForAllWhoAsk() throws Exception {
    STAFF.renews = true;
    STAFF.expiresInSeconds = 300;
    Reply tokens = traveller.tokens(STAFF, "staff");
    String link = link(tokens);
    String first = String.valueOf(member(token(tokens, link), "accessToken"));
    assertThat(member(token(tokens, link), "accessToken")).as("good still").isEqualTo(first);
    CLOCK.move(Duration.ofMinutes(6));
    long before = STAFF.asked.stream().filter("POST /token"::equals).count();
    Set<String> given = new HashSet<>();
    for (Reply reply : AtOnce.times(10, () -> token(tokens, link))) {
      assertThat(reply.status()).as(reply.text()).isEqualTo(200);
      given.add(String.valueOf(member(reply, "accessToken")));
    }
    assertThat(given).hasSize(1).doesNotContain(first);
    assertThat(STAFF.asked.stream().filter("POST /token"::equals).count() - before).isEqualTo(1);
    assertThat(STAFF.subjectOf(given.iterator().next())).contains(traveller.subject);
  }

  @Test
  void aProviderThatDoesNotAnswerIsAskedLaterAndOneThatRefusesNoMore() {
    STAFF.renews = true;
    STAFF.expiresInSeconds = 60;
    Reply tokens = traveller.tokens(STAFF, "staff");
    String link = link(tokens);
    CLOCK.move(Duration.ofMinutes(2));
    STAFF.instead =
        Map.of("/token", exchange -> FakeProvider.text(exchange, 503, "text/plain", ""));
    assertThat(token(tokens, link).status()).isEqualTo(503);
    STAFF.instead =
        Map.of(
            "/token",
            exchange -> FakeProvider.json(exchange, 401, Map.of("error", "invalid_client")));
    assertThat(token(tokens, link).status()).as("it is not over").isEqualTo(503);
    STAFF.instead = Map.of();
    assertThat(token(tokens, link).status()).isEqualTo(200);
    CLOCK.move(Duration.ofMinutes(2));
    STAFF.forgetRenewals();
    Reply refused = token(tokens, link);
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text()).contains("There is no token of Staff & more that is good still");
    assertThat(kept(link)).isEqualTo("none");
  }

  @Test
  void whatGetsTheNextOnesIsKeptWhenAProviderGivesItOnlyOnce() {
    STAFF.renews = true;
    STAFF.expiresInSeconds = 60;
    Reply tokens = traveller.tokens(STAFF, "staff");
    STAFF.renews = false;
    Reply again = traveller.tokens(STAFF, "staff");
    CLOCK.move(Duration.ofMinutes(2));
    assertThat(token(again, link(tokens)).status()).isEqualTo(200);
  }

  @Test
  void whatIsMovedToAnotherLinkOpensNothing() throws SQLException {
    Reply tokens = traveller.tokens(STAFF, "staff");
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
    move(link(tokens), link(eve));
    assertThat(token(eve, link(eve)).status()).isEqualTo(409);
    assertThat(token(tokens, link(tokens)).status()).isEqualTo(200);
  }

  private static void move(String from, String to) throws SQLException {
    try (Connection connection = server.connect();
        PreparedStatement update =
            connection.prepareStatement(
                "UPDATE varve_link SET tokens = (SELECT tokens FROM varve_link WHERE id = ?) WHERE id = ?")) {
      update.setString(1, from);
      update.setString(2, to);
      assertThat(update.executeUpdate()).isEqualTo(1);
    }
  }

  @Test
  void itGoesWithTheLinkAndWithTheAccount() {
    traveller.join(traveller.email);
    Reply tokens = traveller.tokens(STAFF, "staff");
    String link = link(tokens);
    assertThat(kept(link)).isNotEqualTo("none");
    Reply owner = traveller.password(traveller.email);
    assertThat(server.send("DELETE", "/auth/links/" + link, bearer(owner), "").status())
        .isEqualTo(204);
    assertThat(kept(link)).isEqualTo("none");
    assertThat(token(owner, link).status()).isEqualTo(404);
  }
}
