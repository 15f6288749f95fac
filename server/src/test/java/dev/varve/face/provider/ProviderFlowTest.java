package dev.varve.face.provider;

import static dev.varve.face.oauth.Provider.PAGE;
import static dev.varve.face.provider.Traveller.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.oauth.Provider;
import dev.varve.face.oauth.Visitor;
import dev.varve.face.provider.FakeProvider.Return;
import dev.varve.identity.provider.Preset;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Somebody signs in to another application, and does that with a provider instead of a password.
class ProviderFlowTest {
  private static final FakeGoogle GOOGLE = new FakeGoogle();
  private static final FakeApple APPLE = new FakeApple();
  private static final FakeProvider STAFF = new FakeProvider();

  private static TestServer server;
  private String email = "";

  @BeforeAll
  static void start() {
    Plan plan = Provider.plan();
    server =
        TestServer.start(
            plan.with(
                    SettingRecords.changed(
                        plan.auth(),
                        Map.of(
                            "providers",
                            Map.of(
                                "google",
                                settings("google", Preset.GOOGLE, GOOGLE.url()),
                                "apple",
                                settings("apple", Preset.APPLE, APPLE.url()),
                                "staff",
                                settings("staff", Preset.OPENID, STAFF.url())))))
                .knowing(
                    Map.of(
                        "OFFICE_SECRET",
                        Provider.SECRET,
                        "PROVIDER_SECRET",
                        FakeProvider.SECRET,
                        "APPLE_KEY",
                        APPLE.pem())));
  }

  @AfterAll
  static void stop() {
    server.close();
    GOOGLE.close();
    APPLE.close();
    STAFF.close();
  }

  @BeforeEach
  void somebody() {
    email = "ada-%s@example.com".formatted(UUID.randomUUID());
    GOOGLE.reset();
    GOOGLE.person = FakeGoogle.person(UUID.randomUUID().toString(), email, true);
  }

  private static Reply asked(Visitor visitor, String... more) {
    Map<String, String> parameters = Provider.request("notes-page", PAGE, "openid notes:read");
    for (int i = 0; i < more.length; i += 2) {
      parameters.put(more[i], more[i + 1]);
    }
    return Provider.authorize(visitor, parameters);
  }

  private static String button(Reply page) {
    return button(page, "Google");
  }

  private static String button(Reply page, String title) {
    Matcher matcher =
        Pattern.compile("<a class=\"button\" href=\"([^\"]*)\">Sign in with " + title + "</a>")
            .matcher(page.text());
    assertThat(matcher.find()).as(page.text()).isTrue();
    return matcher.group(1).replace("&amp;", "&");
  }

  private static Return there(Visitor visitor, Reply page) {
    Reply away = visitor.send("GET", button(page), Map.of(), "");
    assertThat(away.status()).as(away.text()).isEqualTo(302);
    return GOOGLE.visit(away.header("Location"));
  }

  @Test
  void theSameFlowGoesOnInTheSameBrowser() {
    Visitor visitor = new Visitor(server);
    Reply page = asked(visitor);
    assertThat(page.text()).contains("Sign in with Apple");
    Reply consent = visitor.get(there(visitor, page).path());
    assertThat(consent.text()).contains("Let Notes").contains(email);
    Reply back = visitor.submit(consent, Map.of("decision", "allow"));
    String code = Visitor.parameters(back.header("Location")).get("code");
    Reply tokens =
        Provider.token(server, Provider.codeForm("notes-page", PAGE, String.valueOf(code)));
    assertThat(tokens.status()).as(tokens.text()).isEqualTo(200);
    String idToken = Provider.text(tokens, "id_token").split("\\.", -1)[1];
    assertThat(new String(Base64.getUrlDecoder().decode(idToken), StandardCharsets.UTF_8))
        .contains("\"amr\":[\"fed\"]")
        .contains("\"acr\":\"1\"")
        .as("nobody knows when")
        .doesNotContain("auth_time");
  }

  @Test
  void promptLoginTakesAProviderThatSaysThatItAsked() {
    for (String[] wish : new String[][] {{"prompt", "login"}, {"max_age", "600"}}) {
      Visitor visitor = new Visitor(server);
      visitor.get(there(visitor, asked(visitor)).path());
      Reply page = asked(visitor, wish);
      assertThat(page.text()).contains("<h1>Sign in</h1>").contains("&amp;prompt=login");
      Reply still = visitor.get(there(visitor, page).path());
      assertThat(still.text())
          .as("Google does not tell")
          .contains("<h1>Sign in</h1>")
          .contains("wants to know that it is you right now");
      Reply away = visitor.send("GET", button(page, "Staff &amp; more"), Map.of(), "");
      STAFF.person = GOOGLE.person;
      assertThat(visitor.get(STAFF.visit(away.header("Location")).path()).text())
          .contains("Let Notes");
    }
  }

  @Test
  void whoIsToChooseAnAccountNeedNotProveMoreThanThat() {
    Visitor visitor = new Visitor(server);
    visitor.get(there(visitor, asked(visitor)).path());
    Reply page = asked(visitor, "prompt", "select_account");
    assertThat(page.text()).contains("<h1>Sign in</h1>");
    assertThat(visitor.get(there(visitor, page).path()).text()).contains("Let Notes");
  }

  @Test
  void theCookieOfTheSessionIsAnotherAfterwards() {
    Visitor visitor = new Visitor(server);
    visitor.get(there(visitor, asked(visitor)).path());
    String first = visitor.cookies().get("varve-session");
    visitor.get(there(visitor, asked(visitor, "prompt", "select_account")).path());
    assertThat(visitor.cookies().get("varve-session")).isNotEqualTo(first).isNotEmpty();
  }

  @Test
  void aCodeOfAFlowIsGoodInItsFlowAndBrowserAloneAndOnce() {
    Visitor visitor = new Visitor(server);
    Reply page = asked(visitor);
    Reply back = visitor.send("GET", there(visitor, page).path(), Map.of(), "");
    String address = back.header("Location");
    assertThat(address).startsWith("/oauth2/flow/").contains("?code=");
    Visitor other = new Visitor(server);
    asked(other);
    assertThat(other.send("GET", address, Map.of(), "").status())
        .as("in another browser")
        .isEqualTo(400);
    String code = String.valueOf(Visitor.parameters(address).get("code"));
    Reply ownFlow = asked(other);
    Matcher flow = Pattern.compile("action=\"(/oauth2/flow/[^\"]*)\"").matcher(ownFlow.text());
    assertThat(flow.find()).isTrue();
    Reply injected = other.send("GET", flow.group(1) + "?code=" + code, Map.of(), "");
    assertThat(injected.status()).as("in another flow").isEqualTo(401);
    assertThat(injected.text()).contains("The code is not good");
    assertThat(visitor.send("GET", address, Map.of(), "").status())
        .as("a wrong use was its last")
        .isEqualTo(401);
    assertThat(visitor.cookies()).doesNotContainKey("varve-session");
  }

  @Test
  void theBackButtonFindsTheFlowWhereItIs() {
    Visitor visitor = new Visitor(server);
    Reply page = asked(visitor);
    Reply back = visitor.send("GET", there(visitor, page).path(), Map.of(), "");
    visitor.get(back.header("Location"));
    assertThat(visitor.get(back.header("Location")).text()).contains("Let Notes");
  }

  @Test
  void whyItDidNotWorkIsToldOnThePage() {
    Visitor visitor = new Visitor(server);
    GOOGLE.person = FakeGoogle.person("unverified", email, false);
    Reply page = visitor.get(there(visitor, asked(visitor)).path());
    assertThat(page.text())
        .contains("<h1>Sign in</h1>")
        .contains("The provider does not say that the e-mail address is yours.");
    GOOGLE.back =
        answer -> Map.of("error", "access_denied", "state", String.valueOf(answer.get("state")));
    assertThat(visitor.get(there(visitor, page).path()).text())
        .contains("You did not sign in there.");
    String path = button(page).replaceFirst(".*flow=", "/oauth2/flow/");
    Reply odd = visitor.get(path + "?error=%3Cmarquee%3E");
    assertThat(odd.text()).contains("That did not work.").doesNotContain("marquee");
  }

  @Test
  void whoIsSignedInByPasswordMayComeByGoogleToo() {
    Visitor visitor = new Visitor(server);
    String known = Provider.somebody(server);
    GOOGLE.person = FakeGoogle.person(UUID.randomUUID().toString(), known, true);
    Reply page = visitor.get(there(visitor, asked(visitor)).path());
    assertThat(page.text())
        .as("its address was never confirmed")
        .contains("There is an account with your e-mail address that was never confirmed.");
    assertThat(server.column("SELECT count(*) FROM varve_link WHERE email = '" + known + "'"))
        .isEqualTo(List.of("0"));
  }

  @Test
  void aFlowThatIsNoneBeginsNothing() {
    Visitor visitor = new Visitor(server);
    Reply reply =
        visitor.send("GET", "/auth/providers/google/start?flow=//evil.example", Map.of(), "");
    assertThat(reply.status()).isEqualTo(400);
  }

  @Test
  void aProviderThatNobodyKnowsIsAPageThatSaysSo() {
    Reply reply = new Visitor(server).send("GET", "/auth/providers/evil/start", Map.of(), "");
    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.text()).contains("No such provider");
  }
}
