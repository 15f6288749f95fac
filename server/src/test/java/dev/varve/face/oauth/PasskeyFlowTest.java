package dev.varve.face.oauth;

import static dev.varve.face.oauth.Provider.PAGE;
import static dev.varve.face.oauth.Provider.authorize;
import static dev.varve.face.oauth.Provider.claims;
import static dev.varve.face.oauth.Provider.codeForm;
import static dev.varve.face.oauth.Provider.credentials;
import static dev.varve.face.oauth.Provider.request;
import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Provider.token;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.auth.Passkeyed;
import dev.varve.face.auth.SoftwareKey;
import dev.varve.kernel.Json;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Passkeys on the pages of a flow, as their script uses them.
class PasskeyFlowTest {
  private static final Pattern TOKEN =
      Pattern.compile("<input type=\"hidden\" name=\"token\" value=\"([^\"]*)\">");
  private static final Pattern OPTIONS = Pattern.compile("data-options=\"([^\"]*)\"");

  private static TestServer server;
  private String email = "";
  private SoftwareKey key;

  @BeforeAll
  static void start() {
    server = TestServer.start(Provider.plan());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void somebody() {
    email = Provider.somebody(server);
    key = Passkeyed.enrolled(server, Provider.signIn(server, email));
  }

  private static Reply begin(Visitor visitor) {
    return authorize(visitor, request("notes-page", PAGE, "openid notes:read"));
  }

  private static String found(Pattern pattern, Reply page) {
    Matcher matcher = pattern.matcher(page.text());
    assertThat(matcher.find()).as(page.text()).isTrue();
    return matcher.group(1);
  }

  private static Reply ask(Visitor visitor, Reply page, Map<String, String> headers) {
    return ask(visitor, page, found(TOKEN, page), headers);
  }

  private static Reply ask(Visitor visitor, Reply page, String token, Map<String, String> headers) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put("Content-Type", "application/json");
    return visitor.send("POST", found(OPTIONS, page), all, json(Map.of("token", token)));
  }

  private static String json(Map<String, ?> members) {
    return new String(Json.bytes(json -> Json.write(json, members)), StandardCharsets.UTF_8);
  }

  private static Map<String, Object> options(Visitor visitor, Reply page) {
    Reply reply = ask(visitor, page, Map.of());
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    return Provider.json(reply);
  }

  private static Reply answer(Visitor visitor, Reply page, Map<String, Object> credential) {
    return visitor.submit(page, Map.of("credential", json(credential), "factor", "passkey"));
  }

  @Test
  void somebodySignsInWithAPasskeyAndTheApplicationIsToldSo() {
    Visitor visitor = new Visitor(server);
    Reply page = begin(visitor);
    Reply consent = answer(visitor, page, key.get(options(visitor, page)));
    assertThat(consent.text()).contains("Let Notes").contains(email);
    Reply back = visitor.submit(consent, Map.of("decision", "allow"));
    String code = Objects.requireNonNull(Visitor.parameters(back.header("Location")).get("code"));
    Map<String, Object> claims =
        claims(text(token(server, codeForm("notes-page", PAGE, code)), "id_token"));
    assertThat(claims)
        .containsEntry("acr", "2")
        .containsEntry("amr", List.of("mfa", "swk", "user"));
  }

  @Test
  void thePageWorksWithoutScriptAndOffersPasskeysWithIt() {
    Reply page = begin(new Visitor(server));
    assertThat(page.text())
        .contains("autocomplete=\"username webauthn\"")
        .contains("<button class=\"other\">Sign in with a passkey</button>")
        .as("hidden until the script has looked")
        .containsPattern("data-options=\"[^>]* hidden>");
    assertThat(page.header("Content-Security-Policy"))
        .contains("script-src 'sha256-", "connect-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe");
  }

  @Test
  void keepersOfPasskeysAreToldWhatIsGoodOnceSomebodyIsSignedIn() {
    Visitor visitor = new Visitor(server);
    Reply consent = visitor.submit(begin(visitor), credentials(email));
    assertThat(consent.text())
        .contains(
            "data-signals=\"{&quot;signalAllAcceptedCredentials&quot;:{&quot;rpId&quot;:&quot;localhost&quot;")
        .contains("&quot;name&quot;:&quot;" + email);
    Visitor other = new Visitor(server);
    Reply without = other.submit(begin(other), credentials(Provider.somebody(server)));
    assertThat(without.text()).doesNotContain("data-signals").doesNotContain("<script");
  }

  @Test
  void aKeeperIsToldOfAPasskeyThatIsUnknown() {
    Visitor visitor = new Visitor(server);
    Reply page = begin(visitor);
    SoftwareKey unknown = Passkeyed.key(server);
    unknown.handle = key.handle;
    Reply refused = answer(visitor, page, unknown.get(options(visitor, page)));
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.text())
        .contains("The passkey is not known here")
        .contains("signalUnknownCredential")
        .contains("<h1>Sign in</h1>");
    Reply wrong = answer(visitor, page, with(key.get(options(visitor, page))));
    assertThat(wrong.text()).contains("role=\"alert\"").doesNotContain("signalUnknownCredential");
  }

  /// An answer whose signature is another.
  private static Map<String, Object> with(Map<String, Object> credential) {
    Map<String, Object> response = new LinkedHashMap<>();
    ((Map<?, ?>) Objects.requireNonNull(credential.get("response")))
        .forEach((name, value) -> response.put(String.valueOf(name), value == null ? "" : value));
    response.put("signature", "AAAA");
    Map<String, Object> changed = new LinkedHashMap<>(credential);
    changed.put("response", response);
    return changed;
  }

  @Test
  void aChallengeIsForItsOwnFlow() {
    Visitor visitor = new Visitor(server);
    Reply page = begin(visitor);
    Reply another = begin(visitor);
    for (Map<String, Object> foreign :
        List.of(options(visitor, another), Passkeyed.signInOptions(server), ofAnotherBrowser())) {
      Reply refused = answer(visitor, page, key.get(foreign));
      assertThat(refused.status()).isEqualTo(401);
      assertThat(refused.text()).contains("answers a challenge that is not good here");
    }
    Reply json = Passkeyed.signIn(server, key.get(options(visitor, page)));
    assertThat(json.status()).as("and for no program").isEqualTo(401);
  }

  private static Map<String, Object> ofAnotherBrowser() {
    Visitor owner = new Visitor(server);
    return options(owner, begin(owner));
  }

  @Test
  void onlyThePageOfAFlowGetsAChallenge() {
    Visitor visitor = new Visitor(server);
    Reply page = begin(visitor);
    assertThat(ask(new Visitor(server), page, Map.of()).status())
        .as("another browser")
        .isEqualTo(403);
    assertThat(ask(visitor, page, "wrong", Map.of()).status()).isEqualTo(403);
    assertThat(ask(visitor, page, Map.of("Sec-Fetch-Site", "cross-site")).status()).isEqualTo(403);
    visitor.submit(page, credentials(email));
    assertThat(ask(visitor, page, Map.of()).status()).as("somebody is signed in").isEqualTo(409);
  }

  @Test
  void aKeyIsASecondFactorOnThePagesToo() {
    String other = Provider.somebody(server);
    SoftwareKey second = Passkeyed.key(server);
    second.flags = SoftwareKey.PRESENT;
    Passkeyed.enrolled(server, Provider.signIn(server, other), second);
    Visitor visitor = new Visitor(server);
    Reply factor = visitor.submit(begin(visitor), credentials(other));
    assertThat(factor.text()).contains("One more step").contains("data-options");
    Reply wrong = answer(visitor, factor, second.get(Passkeyed.signInOptions(server)));
    assertThat(wrong.status()).isEqualTo(401);
    assertThat(wrong.text()).contains("One more step");

    Reply consent = answer(visitor, wrong, second.get(options(visitor, wrong)));

    assertThat(consent.text()).contains("Let Notes").contains(other);
  }
}
