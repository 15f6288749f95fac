package dev.varve.face.oauth;

import static dev.varve.face.oauth.Provider.OFFICE;
import static dev.varve.face.oauth.Provider.PAGE;
import static dev.varve.face.oauth.Provider.bearer;
import static dev.varve.face.oauth.Provider.code;
import static dev.varve.face.oauth.Provider.codeForm;
import static dev.varve.face.oauth.Provider.request;
import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Provider.token;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.identity.client.ClientSettings;
import dev.varve.identity.client.OAuthSettings;
import dev.varve.kernel.Patience;
import dev.varve.node.KeptMail;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What an application may not, although the account for which it asks may, and when what it was given ends.
class ApplicationRightsTest {
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start(Provider.plan());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Reply tokens(String email, String scope) {
    Map<String, String> asked = request("notes-page", PAGE, scope);
    return token(server, codeForm("notes-page", PAGE, code(new Visitor(server), asked, email)));
  }

  private static String access(String email, String scope) {
    return text(tokens(email, scope), "access_token");
  }

  private static Stream<String> events(HttpClient client, String token)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:%d/api/events?model=Note".formatted(server.port()));
    return client
        .send(
            HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + token).build(),
            BodyHandlers.ofLines())
        .body();
  }

  private static String firstWith(Stream<String> lines, String part) {
    for (Iterator<String> all = lines.iterator(); all.hasNext(); ) {
      String line = all.next();
      if (line.contains(part)) {
        return line;
      }
    }
    throw new AssertionError("the stream has ended");
  }

  @Test
  void aStreamTellsAnApplicationWhatItsScopesOpenWhoeverElseListens() throws Exception {
    String email = Provider.somebody(server);
    String own = Provider.signIn(server, email);
    String given = access(email, "openid notes:read");
    try (HttpClient client = HttpClient.newHttpClient();
        Stream<String> ownEvents = events(client, own);
        Stream<String> givenEvents = events(client, given)) {
      Reply made =
          server.send(
              "POST",
              "/api/notes",
              bearer(own),
              "{\"text\": \"heard by both\", \"diary\": \"dear diary\"}");
      assertThat(made.status()).as(made.text()).isEqualTo(201);
      assertThat(firstWith(ownEvents, "heard by both")).contains("dear diary");
      assertThat(firstWith(givenEvents, "heard by both")).doesNotContain("dear diary");
    }
  }

  @Test
  void whatSomebodyAllowedInTheNameOfAnotherEndsWithTheProofOfTheMailbox() {
    String email = Provider.somebody(server);
    Provider.code(
        new Visitor(server),
        Provider.request("notes-page", Provider.PAGE, "openid notes:read"),
        email);
    String consents =
        "SELECT count(*) FROM varve_consent WHERE account = (SELECT id FROM users WHERE email = '%s')"
            .formatted(email);
    assertThat(server.column(consents)).containsExactly("1");
    resetPassword(email);
    assertThat(server.column(consents))
        .as("the mailbox was not proven before")
        .containsExactly("0");
    Provider.code(
        new Visitor(server),
        Provider.request("notes-page", Provider.PAGE, "openid notes:read"),
        email);
    resetPassword(email);
    assertThat(server.column(consents)).as("of its owner").containsExactly("1");
  }

  private static void resetPassword(String email) {
    int before = mailedTokens(email).size();
    server.send("POST", "/auth/password/forgot", Map.of(), "{\"email\": \"%s\"}".formatted(email));
    Patience.until("a mail to " + email, () -> mailedTokens(email).size() > before);
    Reply reset =
        server.send(
            "POST",
            "/auth/password/reset",
            Map.of(),
            "{\"token\": \"%s\", \"newPassword\": \"%s\"}"
                .formatted(mailedTokens(email).getFirst(), Provider.PASSWORD));
    assertThat(reset.status()).as(reset.text()).isEqualTo(204);
  }

  /// The tokens in mails to an address, newest first.
  private static List<String> mailedTokens(String email) {
    return KeptMail.to(email, server::send).stream()
        .map(KeptMail::token)
        .filter(token -> !token.isEmpty())
        .toList();
  }

  @Test
  void whoIsSignedInIsForTheAccountItself() {
    String given = access(Provider.somebody(server), "openid notes:read");
    assertThat(server.send("GET", "/auth/me", bearer(given), "").status()).isEqualTo(403);
  }

  @Test
  void whoLacksARoleIsNotToldThatAScopeIsMissing() {
    String email = Provider.somebody(server);
    Reply refused =
        server.send("GET", "/api/reports", bearer(access(email, "openid notes:write")), "");
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.header("WWW-Authenticate")).isEmpty();
    assertThat(refused.text()).contains("a role that you do not have");
    Reply shut = server.send("GET", "/api/reports", bearer(access(email, "openid notes:read")), "");
    assertThat(shut.header("WWW-Authenticate")).contains("scope=\"notes:read notes:write openid\"");
  }

  @Test
  void aCodeIsWorthNothingOnceItsApplicationIsShutOut() {
    String email = Provider.somebody(server);
    String code =
        code(
            new Visitor(server),
            request("notes-page", PAGE, "openid notes:read offline_access"),
            email);
    String own = Provider.signIn(server, email);
    assertThat(server.send("DELETE", "/auth/applications/notes-page", bearer(own), "").status())
        .isEqualTo(204);
    assertThat(text(token(server, codeForm("notes-page", PAGE, code)), "error"))
        .isEqualTo("invalid_grant");
  }

  @Test
  void whoAsksForTooMuchKeepsTheRefreshToken() {
    String refresh = text(tokens(Provider.somebody(server), "openid notes:read"), "refresh_token");
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "refresh_token");
    form.put("client_id", "notes-page");
    form.put("refresh_token", refresh);
    form.put("scope", "notes:write");
    assertThat(text(token(server, form), "error")).isEqualTo("invalid_scope");
    String used = "SELECT count(*) FROM varve_refresh_token WHERE used_at IS NOT NULL";
    List<String> before = server.column(used);
    form.remove("scope");
    assertThat(token(server, form).status()).isEqualTo(200);
    assertThat(server.column(used)).as("it was used now").isNotEqualTo(before);
  }

  @Test
  void aRefreshTokenThatWasUsedEndsItsSessionToo() {
    Reply tokens = tokens(Provider.somebody(server), "openid notes:read");
    Map<String, String> form =
        Map.of(
            "grant_type",
            "refresh_token",
            "client_id",
            "notes-page",
            "refresh_token",
            text(tokens, "refresh_token"));
    String next = text(token(server, form), "access_token");
    assertThat(server.send("GET", UserInfo.PATH, bearer(next), "").status()).isEqualTo(200);
    new Visitor(server)
        .post(
            TokenStatus.REVOKE,
            Map.of("client_id", "notes-page", "token", text(tokens, "refresh_token")));
    assertThat(server.send("GET", UserInfo.PATH, bearer(next), "").status()).isEqualTo(401);
  }

  @Test
  void aScopeThatTheSettingsTakeAwayIsTakenFromTokensToo() {
    try (TestServer other = TestServer.start(Provider.plan())) {
      String email = Provider.somebody(other);
      Map<String, String> asked = request("office", OFFICE, "openid api");
      Reply tokens =
          Provider.tokenOfOffice(
              other, codeForm("office", OFFICE, code(new Visitor(other), asked, email)));
      String path = "/auth/sessions";
      assertThat(other.send("GET", path, bearer(text(tokens, "access_token")), "").status())
          .isEqualTo(200);

      other.restart(Provider.plan().with(withoutApi()));

      assertThat(other.send("GET", path, bearer(text(tokens, "access_token")), "").status())
          .isEqualTo(401);
      Reply next =
          Provider.tokenOfOffice(
              other,
              Map.of(
                  "grant_type", "refresh_token", "refresh_token", text(tokens, "refresh_token")));
      assertThat(text(next, "scope")).isEqualTo("openid");
    }
  }

  private static OAuthSettings withoutApi() {
    Map<String, ClientSettings> clients = new HashMap<>(Provider.clients().clients());
    ClientSettings office = Objects.requireNonNull(clients.get("office"));
    clients.put(
        "office",
        SettingRecords.changed(office, Map.of("scopes", List.of("openid", "email", "notes:read"))));
    return new OAuthSettings(clients, Map.of());
  }

  @Test
  void aFormOfAnotherSiteThatSignsOutComesRoundAsALink() {
    Visitor visitor = new Visitor(server);
    code(visitor, request("notes-page", PAGE, "openid"), Provider.somebody(server));
    // a browser sends no cookies with it
    Reply first = new Visitor(server).post(Logout.PATH, Map.of("state", "s"));
    assertThat(first.status()).isEqualTo(303);
    assertThat(visitor.get(first.header("Location")).text()).contains("<h1>Sign out</h1>");
  }
}
