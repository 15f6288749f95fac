package dev.varve.face.provider;

import static dev.varve.face.provider.Traveller.bearer;
import static dev.varve.face.provider.Traveller.code;
import static dev.varve.face.provider.Traveller.member;
import static dev.varve.face.provider.Traveller.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.auth.FactorScene;
import dev.varve.face.auth.FactorScene.Enrolled;
import dev.varve.face.oauth.Provider;
import dev.varve.face.oauth.Visitor;
import dev.varve.identity.provider.Preset;
import dev.varve.node.TestServer.Plan;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Somebody with a second factor comes by a provider: nothing is given to them before it is proven.
class ProviderFactorTest {
  private static final FakeGoogle GOOGLE = new FakeGoogle();

  private static FactorScene scene;
  private Traveller traveller = traveller();
  private Enrolled ada = ada();

  private static Traveller traveller() {
    return new Traveller(scene.server);
  }

  private static Enrolled ada() {
    return scene.join().enrol();
  }

  @BeforeAll
  static void start() {
    Plan plan = Provider.plan();
    scene =
        new FactorScene(
            plan.with(
                    SettingRecords.changed(
                        plan.auth(),
                        Map.of(
                            "providers",
                            Map.of("google", settings("google", Preset.GOOGLE, GOOGLE.url())),
                            "returnOrigins",
                            List.of("https://shop.example"))))
                .knowing(
                    Map.of(
                        "OFFICE_SECRET", Provider.SECRET, "PROVIDER_SECRET", FakeProvider.SECRET)));
  }

  @AfterAll
  static void stop() {
    scene.close();
    GOOGLE.close();
  }

  @BeforeEach
  void somebody() {
    GOOGLE.person = FakeGoogle.person(UUID.randomUUID().toString(), ada.person().email(), true);
  }

  @Test
  void aPageGetsATicketAndTokensForTheFactorAlone() {
    long before = scene.sessions(ada.person().email());
    Reply owed = traveller.exchange(code(traveller.signIn(GOOGLE, "google")));
    assertThat(owed.status()).as(owed.text()).isEqualTo(202);
    assertThat(owed.text()).doesNotContain("accessToken");
    assertThat(scene.sessions(ada.person().email())).isEqualTo(before);
    String ticket = String.valueOf(member(owed, "ticket"));
    Reply wrong = factor(ticket, ada.authenticator().wrongCode());
    assertThat(wrong.status()).isEqualTo(400);
    Reply tokens = factor(ticket, ada.authenticator().nextCode());
    assertThat(tokens.status()).as(tokens.text()).isEqualTo(200);
    assertThat(
            scene.server.column(
                "SELECT methods FROM varve_session ORDER BY created_at DESC, id DESC LIMIT 1"))
        .containsExactly("fed otp");
    assertThat(scene.server.send("GET", "/auth/links", bearer(tokens), "").text())
        .contains("\"provider\":\"google\"");
  }

  private Reply factor(String ticket, String code) {
    return traveller.post(
        "/auth/sign-in/factor", Map.of(), Map.of("ticket", ticket, "factor", "totp", "code", code));
  }

  @Test
  void aFlowAsksForTheFactorBeforeAnythingElse() {
    long before = scene.sessions(ada.person().email());
    Visitor visitor = new Visitor(scene.server);
    Reply page =
        Provider.authorize(visitor, Provider.request("notes-page", Provider.PAGE, "openid"));
    String flow = page.text().replaceFirst("(?s).*action=\"/oauth2/flow/([^\"]*)\".*", "$1");
    Reply away = visitor.send("GET", "/auth/providers/google/start?flow=" + flow, Map.of(), "");
    Reply asks = visitor.get(GOOGLE.visit(away.header("Location")).path());
    assertThat(asks.text()).contains("name=\"code\"").doesNotContain("Let Notes");
    assertThat(visitor.cookies()).doesNotContainKey("varve-session");
    assertThat(scene.sessions(ada.person().email())).isEqualTo(before);
    Reply consent =
        visitor.submit(asks, Map.of("factor", "totp", "code", ada.authenticator().nextCode()));
    assertThat(consent.text()).contains("Let Notes");
    assertThat(visitor.cookies()).containsKey("varve-session");
  }

  @Test
  void whatAProviderSaidIsWorthNothingOnceItsLinkIsGone() {
    String ticket =
        String.valueOf(
            member(traveller.exchange(code(traveller.signIn(GOOGLE, "google"))), "ticket"));
    Visitor visitor = new Visitor(scene.server);
    Reply page =
        Provider.authorize(visitor, Provider.request("notes-page", Provider.PAGE, "openid"));
    String flow = page.text().replaceFirst("(?s).*action=\"/oauth2/flow/([^\"]*)\".*", "$1");
    Reply away = visitor.send("GET", "/auth/providers/google/start?flow=" + flow, Map.of(), "");
    Reply asks = visitor.get(GOOGLE.visit(away.header("Location")).path());
    assertThat(asks.text()).contains("name=\"code\"");

    Map<String, String> bearer = Map.of("Authorization", "Bearer " + ada.person().accessToken());
    String link =
        scene
            .server
            .column(
                "SELECT id FROM varve_link WHERE ended_at IS NULL AND email = '%s'"
                    .formatted(ada.person().email()))
            .getFirst();
    Reply unlinked = scene.server.send("DELETE", "/auth/links/" + link, bearer, "");
    assertThat(unlinked.status()).as(unlinked.text()).isEqualTo(204);

    Reply refused = factor(ticket, ada.authenticator().nextCode());
    assertThat(refused.status()).as(refused.text()).isEqualTo(401);
    Reply over =
        visitor.submit(asks, Map.of("factor", "totp", "code", ada.authenticator().nextCode()));
    assertThat(over.status()).isEqualTo(401);
    assertThat(over.text()).contains("<h1>Sign in</h1>", "sign in from the beginning");
    assertThat(visitor.cookies()).doesNotContainKey("varve-session");
  }

  @Test
  void whoHasBeenSignedInThereForHoursHasTimeToProveTheFactor() {
    GOOGLE.knownFor = Optional.of(Duration.ofHours(3));
    try {
      String ticket =
          String.valueOf(
              member(traveller.exchange(code(traveller.signIn(GOOGLE, "google"))), "ticket"));
      Reply tokens = factor(ticket, ada.authenticator().nextCode());
      assertThat(tokens.status()).as(tokens.text()).isEqualTo(200);
    } finally {
      GOOGLE.reset();
    }
  }

  @Test
  void aLinkAndItsEndTakeASessionWithTheFactor() {
    Reply begun =
        traveller.post(
            "/auth/links",
            Map.of("Authorization", "Bearer " + ada.person().accessToken()),
            Map.of(
                "provider",
                "google",
                "returnTo",
                Traveller.PAGE,
                "challenge",
                FakeProvider.challenge(Traveller.VERIFIER)));
    // the session enrolled the factor a moment ago, which proved it
    assertThat(begun.status()).as(begun.text()).isEqualTo(200);
    scene.clock.move(Duration.ofMinutes(11));
    Reply late =
        traveller.post(
            "/auth/links",
            Map.of("Authorization", "Bearer " + ada.person().accessToken()),
            Map.of("provider", "google"));
    assertThat(late.text()).contains("STEP_UP_REQUIRED").contains("a second factor");
  }

  @Test
  void aFactorThatIsProvenMakesTheSessionFreshAndAProviderAloneDoesNot() {
    String ticket =
        String.valueOf(
            member(traveller.exchange(code(traveller.signIn(GOOGLE, "google"))), "ticket"));
    Reply tokens = factor(ticket, ada.authenticator().nextCode());
    assertThat(asksForLink(tokens).status()).as("proven with the factor").isEqualTo(200);
    scene.clock.move(Duration.ofMinutes(11));
    assertThat(asksForLink(tokens).text()).contains("STEP_UP_REQUIRED", "a second factor");
    assertThat(scene.server.send("GET", "/auth/step-up", bearer(tokens), "").text())
        .contains("\"providers\":[]", "\"totp\"", "\"mail\":false");
    Reply mail = traveller.post("/auth/step-up/mail", bearer(tokens), Map.of());
    assertThat(mail.status()).isEqualTo(403);
  }

  private Reply asksForLink(Reply tokens) {
    return traveller.post(
        "/auth/links",
        bearer(tokens),
        Map.of(
            "provider",
            "google",
            "returnTo",
            Traveller.PAGE,
            "challenge",
            FakeProvider.challenge(Traveller.VERIFIER)));
  }
}
