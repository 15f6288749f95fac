package dev.varve.face.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Pages of the same origin ask as whoever is signed in in their browser, and pages of no other origin do.
class CookieSessionTest {
  private static final SteppedClock CLOCK = SteppedClock.ticking();
  private static final Map<String, String> OWN_PAGE = Map.of("Sec-Fetch-Site", "same-origin");

  private static TestServer server;
  private String email = "";
  private Visitor visitor = visitor();

  @BeforeAll
  static void start() {
    server = TestServer.start(Provider.plan().with(CLOCK));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Visitor visitor() {
    return new Visitor(server);
  }

  @BeforeEach
  void somebodyIsSignedIn() {
    email = Provider.somebody(server);
    visitor = new Visitor(server);
    Reply page =
        Provider.authorize(
            visitor, Provider.request("notes-page", Provider.PAGE, "openid notes:read"));
    visitor.submit(page, Provider.credentials(email));
  }

  private Reply ask(String method, String path, Map<String, String> headers, String body) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    if (!body.isEmpty()) {
      all.put("Content-Type", "application/json");
    }
    return visitor.send(method, path, all, body);
  }

  @Test
  void aPageOfTheServerAsksAsWhoeverIsSignedIn() {
    Reply me = ask("GET", "/auth/me", OWN_PAGE, "");

    assertThat(email(me)).isEqualTo(email);
    assertThat(Provider.json(me)).containsKey("csrfToken");
    assertThat(ask("POST", "/api/notes", OWN_PAGE, "{\"text\":\"by cookie\"}").status())
        .isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # method | Sec-Fetch-Site | Sec-Fetch-Mode | Sec-Fetch-Dest | token | what it is
          GET      | same-origin    | cors           | empty          |       | known
          GET      | none           | navigate       | document       |       | known
          GET      | cross-site     | navigate       | document       |       | known
          GET      | cross-site     | navigate       | iframe         |       | nobody
          GET      | cross-site     | no-cors        | image          |       | nobody
          GET      | same-site      | cors           | empty          |       | nobody
          GET      | cross-site     | websocket      | websocket      |       | nobody
          GET      | same-site      | websocket      | websocket      |       | nobody
          GET      |                |                |                |       | known
          POST     | same-origin    | cors           | empty          |       | known
          POST     | same-site      | cors           | empty          |       | refused
          POST     | cross-site     | no-cors        | empty          |       | refused
          POST     | cross-site     | navigate       | document       |       | refused
          POST     | none           | navigate       | document       |       | refused
          POST     |                |                |                |       | refused
          POST     |                |                |                | own   | known
          POST     |                |                |                | other | refused
          POST     | cross-site     | cors           | empty          | own   | refused
          DELETE   | same-site      | cors           | empty          |       | refused
          """)
  void theCookieCountsForPagesOfTheServerAlone(
      String method,
      @Nullable String site,
      @Nullable String mode,
      @Nullable String destination,
      @Nullable String token,
      String expected) {
    String csrf = Provider.text(ask("GET", "/auth/me", OWN_PAGE, ""), "csrfToken");
    Map<String, String> headers = new LinkedHashMap<>();
    put(headers, "Sec-Fetch-Site", site);
    put(headers, "Sec-Fetch-Mode", mode);
    put(headers, "Sec-Fetch-Dest", destination);
    put(headers, "X-CSRF-Token", token == null ? null : token.equals("own") ? csrf : "x" + csrf);

    Reply reply =
        switch (method) {
          case "GET" -> ask("GET", "/auth/me", headers, "");
          case "POST" -> ask("POST", "/api/notes", headers, "{\"text\":\"by cookie\"}");
          default -> ask("DELETE", "/auth/sessions", headers, "");
        };

    switch (expected) {
      case "refused" -> {
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.text()).contains("X-CSRF-Token");
        assertThat(email(ask("GET", "/auth/me", OWN_PAGE, "")))
            .as("nothing was done")
            .isEqualTo(email);
      }
      case "nobody" -> assertThat(email(reply)).isEmpty();
      default -> assertThat(reply.status()).isIn(200, 201);
    }
    if (method.equals("GET") && expected.equals("known")) {
      assertThat(email(reply)).isEqualTo(email);
    }
  }

  /// Of whoever the server takes for the sender; empty for nobody.
  private static String email(Reply me) {
    return Provider.json(me).get("account") instanceof Map<?, ?> account
        ? String.valueOf(account.get("email"))
        : "";
  }

  private static void put(Map<String, String> headers, String name, @Nullable String value) {
    if (value != null) {
      headers.put(name, value);
    }
  }

  @Test
  void aTokenInTheRequestCountsMoreThanACookie() {
    String other = Provider.somebody(server);
    String token = Provider.signIn(server, other);

    Reply me = ask("GET", "/auth/me", Map.of("Authorization", "Bearer " + token), "");

    assertThat(email(me)).isEqualTo(other);
    assertThat(Provider.json(me)).doesNotContainKey("csrfToken");
  }

  @Test
  void signingOutEndsTheSessionOfTheCookieAndTakesItAway() {
    Map<String, String> before = new LinkedHashMap<>(visitor.cookies());

    assertThat(ask("POST", "/auth/sign-out", OWN_PAGE, "{}").status()).isEqualTo(204);

    assertThat(visitor.cookies()).doesNotContainKey("varve-session");
    visitor.cookies().putAll(before);
    assertThat(email(ask("GET", "/auth/me", OWN_PAGE, "")))
        .as("a cookie that was kept opens nothing")
        .isEmpty();
  }

  @Test
  void aSessionThatPagesUseLivesOn() {
    Duration idle = Duration.ofDays(30);
    CLOCK.move(idle.multipliedBy(2).dividedBy(3));
    ask("GET", "/auth/me", OWN_PAGE, "");
    CLOCK.move(idle.multipliedBy(2).dividedBy(3));

    assertThat(email(ask("GET", "/auth/me", OWN_PAGE, ""))).isEqualTo(email);

    CLOCK.move(idle.plusSeconds(1));
    assertThat(email(ask("GET", "/auth/me", OWN_PAGE, ""))).isEmpty();
  }

  @Test
  void aCookieThatIsNoneIsNobody() {
    visitor.cookies().put("varve-session", "guessed");
    assertThat(email(ask("GET", "/auth/me", OWN_PAGE, ""))).isEmpty();
  }

  private Reply signIn(Visitor browser, String more, Map<String, String> headers) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put("Content-Type", "application/json");
    return browser.send(
        "POST",
        "/auth/sign-in",
        all,
        "{\"email\": \"%s\", \"password\": \"%s\"%s}".formatted(email, Provider.PASSWORD, more));
  }

  @Test
  void aPageSignsInWithoutATokenInItsScript() {
    Visitor browser = new Visitor(server);

    Reply reply = signIn(browser, ", \"cookie\": true", OWN_PAGE);

    assertThat(reply.status()).isEqualTo(204);
    assertThat(reply.header("Set-Cookie")).contains("HttpOnly").contains("SameSite=Lax");
    Reply me = browser.send("GET", "/auth/me", OWN_PAGE, "");
    assertThat(email(me)).isEqualTo(email);
  }

  @Test
  void theSessionThatTheBrowserHadEndsWhenItGetsAnother() {
    Map<String, String> before = new LinkedHashMap<>(visitor.cookies());

    assertThat(signIn(visitor, ", \"cookie\": true", OWN_PAGE).status()).isEqualTo(204);

    assertThat(visitor.cookies().get("varve-session")).isNotEqualTo(before.get("varve-session"));
    visitor.cookies().putAll(before);
    assertThat(email(ask("GET", "/auth/me", OWN_PAGE, ""))).isEmpty();
  }

  @Test
  void aPageOfAnotherSiteSignsNobodyInByCookie() {
    Visitor browser = new Visitor(server);

    Reply reply = signIn(browser, ", \"cookie\": true", Map.of("Sec-Fetch-Site", "cross-site"));

    assertThat(reply.status()).isEqualTo(403);
    assertThat(browser.cookies()).isEmpty();
    assertThat(signIn(browser, ", \"cookie\": \"yes\"", OWN_PAGE).status()).isEqualTo(400);
  }
}
