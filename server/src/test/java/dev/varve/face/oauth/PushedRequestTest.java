package dev.varve.face.oauth;

import static dev.varve.face.oauth.Provider.PAGE;
import static dev.varve.face.oauth.Provider.SECRET;
import static dev.varve.face.oauth.Provider.credentials;
import static dev.varve.face.oauth.Provider.json;
import static dev.varve.face.oauth.Provider.request;
import static dev.varve.face.oauth.Provider.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Requests that clients push, so that browsers carry nothing but a reference (RFC 9126).
class PushedRequestTest {
  private static final SteppedClock CLOCK = SteppedClock.ticking();
  private static final KeyHolder KEY = KeyHolder.es256();

  private static TestServer server;
  private static String email;

  @BeforeAll
  static void start() {
    server =
        TestServer.start(
            Bank.plan(
                CLOCK, SettingRecords.changed(Bank.settings(KEY), Map.of("pushedRequests", true))));
    email = Provider.somebody(server);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Reply push(Map<String, String> form) {
    return new Visitor(server).post(PushedRequests.PATH, form);
  }

  private static Map<String, String> asking(String... more) {
    Map<String, String> form = new LinkedHashMap<>(request("notes-page", PAGE, "openid"));
    for (int i = 0; i < more.length; i += 2) {
      form.put(more[i], more[i + 1]);
    }
    return form;
  }

  private static String pushed(Map<String, String> form) {
    Reply reply = push(form);
    assertThat(reply.status()).as(reply.text()).isEqualTo(201);
    return text(reply, "request_uri");
  }

  private static Reply visit(Visitor visitor, String client, String uri) {
    return Provider.authorize(visitor, Map.of("client_id", client, "request_uri", uri));
  }

  @Test
  void aPushedRequestIsAnsweredOnceAndMayBeReloadedBefore() {
    Reply answer = push(asking());
    assertThat(json(answer))
        .containsEntry("expires_in", 60L)
        .containsOnlyKeys("request_uri", "expires_in");
    assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    String uri = text(answer, "request_uri");
    Visitor visitor = new Visitor(server);
    Reply page = visit(visitor, "notes-page", uri);
    assertThat(page.text()).contains("<h1>Sign in</h1>");
    Reply again = visit(visitor, "notes-page", uri);
    assertThat(again.text()).contains("<h1>Sign in</h1>");
    Reply consent = visitor.submit(again, credentials(email));
    Reply back =
        consent.status() == 200 ? visitor.submit(consent, Map.of("decision", "allow")) : consent;
    assertThat(Visitor.parameters(back.header("Location")))
        .containsKey("code")
        .containsEntry("state", "a state & more");
    assertThat(visit(visitor, "notes-page", uri).status()).isEqualTo(400);
    Reply first = visitor.submit(page, Map.of("decision", "allow"));
    assertThat(first.header("Location")).as("the page from before").doesNotStartWith(PAGE);
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        arguments("request_uri", "urn:ietf:params:oauth:request_uri:x", 400, "invalid_request"),
        arguments("request", "eyJhbGciOiJub25lIn0.e30.", 400, "request_not_supported"),
        arguments("redirect_uri", "https://evil.example/", 400, "invalid_request"),
        arguments("redirect_uri", "", 400, "invalid_request"),
        arguments("response_type", "token", 400, "unsupported_response_type"),
        arguments("code_challenge", "", 400, "invalid_request"),
        arguments("code_challenge_method", "plain", 400, "invalid_request"),
        arguments("scope", "unknown", 400, "invalid_scope"),
        arguments("resource", "https://other.example/", 400, "invalid_target"),
        arguments("dpop_jkt", "short", 400, "invalid_request"),
        arguments("client_id", "nobody", 401, "invalid_client"),
        arguments("client_id", "office", 401, "invalid_client"),
        arguments("client_secret", SECRET, 401, "invalid_client"),
        arguments("padding", "x".repeat(20_000), 400, "invalid_request"));
  }

  @ParameterizedTest(name = "{0}: {3}")
  @MethodSource("wrong")
  void whatIsWrongIsToldAtOnce(String name, String value, int status, String error) {
    Reply reply = push(asking(name, value));
    assertThat(text(reply, "error")).isEqualTo(error);
    assertThat(reply.status()).isEqualTo(status);
  }

  @Test
  void aClientThatHasProvenItselfMaySendMore() {
    Map<String, String> padding = new LinkedHashMap<>();
    for (int i = 0; i < 4; i++) {
      padding.put("padding" + i, "x".repeat(1_900));
    }
    Map<String, String> form = new LinkedHashMap<>(request(Bank.ID, Bank.BACK, "openid"));
    form.putAll(padding);
    Reply proven = push(Bank.asserted(form, KEY, CLOCK.instant()));
    assertThat(proven.status()).as(proven.text()).isEqualTo(201);
    Map<String, String> anybody = asking();
    anybody.putAll(padding);
    Reply refused = push(anybody);
    assertThat(refused.text()).contains("invalid_request", "longer than 6,000 characters");
  }

  @Test
  void nothingIsPushedByALink() {
    Reply reply = new Visitor(server).get(PushedRequests.PATH + "?" + Visitor.form(asking()));
    assertThat(reply.status()).isEqualTo(405);
  }

  @Test
  void itIsOfItsClientAlone() {
    String uri = pushed(asking());
    Reply other = visit(new Visitor(server), "office", uri);
    assertThat(other.status()).isEqualTo(400);
    assertThat(other.header("Location")).isEmpty();
    Reply nobody = Provider.authorize(new Visitor(server), Map.of("request_uri", uri));
    assertThat(nobody.status()).isEqualTo(400);
  }

  @Test
  void itExpiresUnlessABrowserHasComeWithIt() {
    String late = pushed(asking());
    String begun = pushed(asking());
    Visitor visitor = new Visitor(server);
    Reply page = visit(visitor, "notes-page", begun);
    CLOCK.move(Duration.ofSeconds(61));
    assertThat(visit(new Visitor(server), "notes-page", late).status()).isEqualTo(400);
    Reply next = visitor.submit(page, credentials(email));
    Reply back = next.status() == 200 ? visitor.submit(next, Map.of("decision", "allow")) : next;
    assertThat(back.header("Location")).startsWith(PAGE + "?code=");
  }

  @Test
  void whatTheBrowserSaysBesideIsPassedOver() {
    String uri = pushed(asking());
    Map<String, String> more = new LinkedHashMap<>();
    more.put("client_id", "notes-page");
    more.put("request_uri", uri);
    more.put("redirect_uri", "https://evil.example/");
    more.put("scope", "openid notes:write");
    more.put("state", "another");
    Visitor visitor = new Visitor(server);
    String other = Provider.somebody(server);
    Reply consent = visitor.submit(Provider.authorize(visitor, more), credentials(other));
    assertThat(consent.text()).doesNotContain("notes:write");
    Reply back = visitor.submit(consent, Map.of("decision", "allow"));
    assertThat(back.header("Location")).startsWith(PAGE);
    assertThat(Visitor.parameters(back.header("Location")))
        .containsEntry("state", "a state & more");
  }

  @Test
  void everyAnswerUsesItUp() {
    String silent = pushed(asking("prompt", "none"));
    Visitor visitor = new Visitor(server);
    assertThat(
            Visitor.parameters(visit(visitor, "notes-page", silent).header("Location"))
                .get("error"))
        .isEqualTo("login_required");
    assertThat(visit(visitor, "notes-page", silent).status()).isEqualTo(400);

    String denied = pushed(asking());
    Reply page = visit(visitor, "notes-page", denied);
    Reply back = visitor.submit(page, Map.of("decision", "deny"));
    assertThat(Visitor.parameters(back.header("Location"))).containsEntry("error", "access_denied");
    assertThat(visit(visitor, "notes-page", denied).status()).isEqualTo(400);
  }

  @Test
  void itIsAnsweredOnceHoweverLateAndFromWhicheverBrowser() {
    String uri = pushed(asking());
    Visitor first = new Visitor(server);
    Visitor second = new Visitor(server);
    Reply page = visit(first, "notes-page", uri);
    Reply other = visit(second, "notes-page", uri);
    CLOCK.move(Duration.ofMinutes(20));
    pushed(asking());
    Reply back = first.submit(page, Map.of("decision", "deny"));
    assertThat(Visitor.parameters(back.header("Location"))).containsEntry("error", "access_denied");
    CLOCK.move(Duration.ofMinutes(20));
    pushed(asking());
    Reply late = second.submit(other, Map.of("decision", "deny"));
    assertThat(late.header("Location")).doesNotStartWith(PAGE);
  }

  @Test
  void aClientHasSoManyOpenAndOthersAreNotInItsWay() throws SQLException {
    pushed(asking());
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          """
          WITH RECURSIVE more (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more WHERE n < %d)
          INSERT INTO varve_single_use (kind, hash, content, created_at, expires_at, client)
          SELECT kind, CAST(CAST(n AS TEXT) AS BLOB), content, created_at, expires_at, client FROM more,
            (SELECT * FROM varve_single_use WHERE client = 'notes-page' ORDER BY expires_at DESC LIMIT 1) newest
          """
              .formatted(PushedRequests.OPEN_MAX));
    }
    Reply full = push(asking());
    assertThat(full.status()).isEqualTo(429);
    assertThat(full.header("Retry-After")).isEqualTo("60");
    assertThat(json(full))
        .containsEntry("error", "temporarily_unavailable")
        .containsEntry(
            "error_description",
            "The client has 5,000 requests that nobody has answered yet, and no more: each is forgotten after 60 s");
    pushed(Bank.asserted(request(Bank.ID, Bank.BACK, "openid"), KEY, CLOCK.instant()));

    CLOCK.move(Duration.ofSeconds(61));
    pushed(asking());
    long left = rows();
    pushed(asking());
    assertThat(rows()).as("expired ones are removed").isLessThan(left);
  }

  private static long rows() {
    return Long.parseLong(
        server
            .column("SELECT COUNT(*) FROM varve_single_use WHERE client = 'notes-page'")
            .getFirst());
  }

  @Test
  void aClientThatMustPushIsNotHeardOtherwise() {
    Map<String, String> plain = request(Bank.ID, Bank.BACK, "openid");
    Reply refused = Provider.authorize(new Visitor(server), plain);
    assertThat(refused.header("Location")).startsWith(Bank.BACK);
    assertThat(Visitor.parameters(refused.header("Location")))
        .containsEntry("error", "invalid_request")
        .containsEntry("iss", Bank.ISSUER);
    String uri = pushed(Bank.asserted(plain, KEY, CLOCK.instant()));
    assertThat(visit(new Visitor(server), Bank.ID, uri).text()).contains("<h1>Sign in</h1>");
  }
}
