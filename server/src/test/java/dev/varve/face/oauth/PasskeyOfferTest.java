package dev.varve.face.oauth;

import static dev.varve.face.oauth.Provider.PAGE;
import static dev.varve.face.oauth.Provider.authorize;
import static dev.varve.face.oauth.Provider.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.auth.Passkeyed;
import dev.varve.face.auth.SoftwareKey;
import dev.varve.kernel.Json;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The offer of a passkey to whoever has signed in with a password, as the script of the pages takes it.
class PasskeyOfferTest {
  private static final String TITLE = "<h1>Sign in faster next time</h1>";
  private static final String CONSENT = "Let Notes";
  private static final Pattern TOKEN =
      Pattern.compile("<input type=\"hidden\" name=\"token\" value=\"([^\"]*)\">");
  private static final Pattern OPTIONS = Pattern.compile("data-options=\"([^\"]*)\"");
  private static final SteppedClock CLOCK = SteppedClock.ticking();

  private static TestServer server;
  private String email = "";

  @BeforeAll
  static void start() {
    server = TestServer.start(Provider.plan().with(CLOCK));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void somebody() {
    email = Provider.somebody(server);
  }

  /// Signs in in a browser that says of itself whether it makes passkeys.
  private Reply signIn(Visitor visitor, String able) {
    Reply page =
        authorize(
            visitor, with(request("notes-page", PAGE, "openid notes:read"), "prompt", "login"));
    return visitor.submit(page, with(Provider.credentials(email), FlowOffer.ABLE, able));
  }

  private static Map<String, String> with(Map<String, String> fields, String name, String value) {
    Map<String, String> all = new LinkedHashMap<>(fields);
    all.put(name, value);
    return all;
  }

  private static String found(Pattern pattern, Reply page) {
    Matcher matcher = pattern.matcher(page.text());
    assertThat(matcher.find()).as(page.text()).isTrue();
    return matcher.group(1);
  }

  private static String json(Map<String, ?> members) {
    return new String(Json.bytes(json -> Json.write(json, members)), StandardCharsets.UTF_8);
  }

  private static Reply options(Visitor visitor, Reply page, String token) {
    return visitor.send(
        "POST",
        found(OPTIONS, page),
        Map.of("Content-Type", "application/json"),
        json(Map.of("token", token)));
  }

  private static Reply made(Visitor visitor, Reply page, SoftwareKey key) {
    Reply options = options(visitor, page, found(TOKEN, page));
    assertThat(options.status()).as(options.text()).isEqualTo(200);
    return visitor.submit(page, Map.of("credential", json(key.create(Provider.json(options)))));
  }

  @Test
  void whoeverMakesOneGoesOnAndSignsInWithItTheNextTime() {
    Visitor visitor = new Visitor(server);
    Reply offer = signIn(visitor, "yes");
    assertThat(offer.text()).contains(TITLE).containsPattern("data-create=\"yes\"[^>]* hidden>");
    Reply next = made(visitor, offer, Passkeyed.key(server));
    assertThat(next.text()).contains(CONSENT);
    assertThat(
            server.column("SELECT kind FROM security_events WHERE email = '%s'".formatted(email)))
        .contains("PASSKEY_ADDED");
    assertThat(signIn(new Visitor(server), "yes").text())
        .as("who has one is offered none")
        .contains(CONSENT);
  }

  @Test
  void whoeverSaysNoIsNotAskedAgainInThatBrowser() {
    Visitor visitor = new Visitor(server);
    Reply offer = signIn(visitor, "yes");
    assertThat(offer.text()).contains(TITLE);
    Reply next = visitor.submit(offer, Map.of());
    assertThat(next.text()).contains(CONSENT);
    assertThat(signIn(visitor, "yes").text()).contains(CONSENT);
    email = Provider.somebody(server);
    assertThat(signIn(visitor, "yes").text()).as("somebody else is").contains(TITLE);
    assertThat(signIn(new Visitor(server), "yes").text()).contains(TITLE);
  }

  @Test
  void aBrowserThatMakesNoneIsNotAsked() {
    for (String able : new String[] {"", "no"}) {
      assertThat(signIn(new Visitor(server), able).text()).contains(CONSENT);
    }
  }

  @Test
  void whoeverGoesOnWithoutAnAnswerFindsTheFlowWhereItWas() {
    Visitor visitor = new Visitor(server);
    Reply offer = signIn(visitor, "yes");
    String flow = found(Pattern.compile("action=\"([^\"]*)\""), offer);
    assertThat(visitor.get(flow).text()).contains(CONSENT);
    assertThat(visitor.get(flow + "?offer").text()).as("the page, loaded again").contains(TITLE);
    CLOCK.move(Duration.ofMinutes(30));
    assertThat(visitor.get(flow + "?offer").text())
        .as("nobody has to sign in again for it")
        .contains(CONSENT);
  }

  @Test
  void onlyTheOneWhoIsSignedInGetsAChallengeAndMakesOne() {
    Visitor visitor = new Visitor(server);
    Reply offer = signIn(visitor, "yes");
    assertThat(options(visitor, offer, "wrong").status()).isEqualTo(403);
    assertThat(options(new Visitor(server), offer, found(TOKEN, offer)).status()).isEqualTo(403);
    Visitor nobody = new Visitor(server);
    Reply signInPage = authorize(nobody, request("notes-page", PAGE, "openid"));
    String path = found(Pattern.compile("action=\"([^\"]*)\""), signInPage);
    assertThat(nobody.get(path + "?offer").text()).contains("<h1>Sign in</h1>");
    Reply early =
        nobody.send(
            "POST",
            path + "/passkey?offer",
            Map.of("Content-Type", "application/json"),
            json(Map.of("token", found(TOKEN, signInPage))));
    assertThat(early.status()).as(early.text()).isEqualTo(401);
    Reply posted = nobody.submit(signInPage, Map.of("step", FlowOffer.FORM, "credential", "{}"));
    assertThat(posted.text()).contains("<h1>Sign in</h1>");
    Visitor elsewhere = new Visitor(server);
    Reply other = signIn(elsewhere, "yes");
    Map<String, Object> foreign = Provider.json(options(elsewhere, other, found(TOKEN, other)));
    Reply wrong =
        visitor.submit(offer, Map.of("credential", json(Passkeyed.key(server).create(foreign))));
    assertThat(wrong.status()).as("a challenge of another session").isEqualTo(400);
    assertThat(wrong.text()).contains(TITLE, "role=\"alert\"");
  }
}
