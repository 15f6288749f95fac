package dev.varve.face.oauth;

import static dev.varve.face.oauth.Provider.OFFICE;
import static dev.varve.face.oauth.Provider.PAGE;
import static dev.varve.face.oauth.Provider.bearer;
import static dev.varve.face.oauth.Provider.code;
import static dev.varve.face.oauth.Provider.codeForm;
import static dev.varve.face.oauth.Provider.request;
import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Provider.token;
import static dev.varve.face.oauth.Provider.tokenOfOffice;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Rules that speak of `me.client` and `me.scopes` bind reads, writes, lists and streams alike.
class ClientRuleTest {
  private static final String SCHEMA =
      """
      type User @model @account
        @auth(rules: [{allow: owner, ownerField: "id", operations: [READ, UPDATE]}]) {
        id: ID!
        name: String! @length(min: 1, max: 100)
      }

      type Note @model
        @auth(rules: [
          {allow: where, when: "record.author == me.id && (me.client == null || me.client == 'notes-page')"},
          {allow: where, when: "record.author == me.id && record.text == 'for all'", operations: [READ]},
          {allow: scope, scopes: ["notes:read"], operations: [READ]},
          {allow: scope, scopes: ["notes:write"]}]) {
        id: ID!
        author: User!
        text: String!
        diary: String @auth(rules: [
          {allow: where, when: "me.client == null || 'notes:write' in me.scopes"},
          {allow: scope, scopes: ["notes:read", "notes:write"]}])
      }
      """;

  private static TestServer server;
  private static String email;
  private static String own;

  @BeforeAll
  static void start() {
    server = TestServer.start(Provider.plan(SCHEMA));
    email = Provider.somebody(server);
    own = Provider.signIn(server, email);
    make(own, "for all", 201);
    make(own, "for the page", 201);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Reply make(String token, String text, int status) {
    String me = text(server.send("GET", "/auth/me", bearer(own), ""), "account");
    String id = me.replaceAll(".*id=([^,}]*).*", "$1");
    Reply made =
        server.send(
            "POST",
            "/api/notes",
            bearer(token),
            "{\"author\": \"%s\", \"text\": \"%s\", \"diary\": \"dear diary\"}"
                .formatted(id, text));
    assertThat(made.status()).as(made.text()).isEqualTo(status);
    return made;
  }

  private static String ofPage(String scope) {
    Map<String, String> asked = request("notes-page", PAGE, scope);
    return text(
        token(server, codeForm("notes-page", PAGE, code(new Visitor(server), asked, email))),
        "access_token");
  }

  private static String ofOffice(String scope) {
    Map<String, String> form =
        codeForm(
            "office", OFFICE, code(new Visitor(server), request("office", OFFICE, scope), email));
    return text(tokenOfOffice(server, form), "access_token");
  }

  private static Reply list(String token) {
    return server.send("GET", "/api/notes", bearer(token), "");
  }

  @Test
  void aListShowsEachApplicationWhatIsForIt() {
    assertThat(list(own).text()).contains("for all", "for the page", "dear diary");
    assertThat(list(ofPage("openid notes:read")).text())
        .contains("for all", "for the page")
        .doesNotContain("dear diary");
    assertThat(list(ofPage("openid notes:write notes:read")).text()).contains("dear diary");
    assertThat(list(ofOffice("openid notes:read")).text())
        .contains("for all")
        .doesNotContain("for the page", "dear diary");
  }

  @Test
  void whatAnApplicationMayNotSeeIsNotThereForIt() {
    String path = make(own, "for the page", 201).header("Location");
    assertThat(server.send("GET", path, bearer(ofOffice("openid notes:read")), "").status())
        .isEqualTo(404);
    assertThat(server.send("GET", path, bearer(ofPage("openid notes:read")), "").status())
        .isEqualTo(200);
  }

  @Test
  void evenAnApplicationThatMayAllIsNotAnother() {
    String all = ofOffice("openid api");
    assertThat(list(all).text()).contains("for all").doesNotContain("for the page");
    make(all, "written by the office", 403);
    make(ofPage("openid notes:write"), "written by the page", 201);
  }

  /// Else a cache would show one application what is for the other.
  @Test
  void theTagOfAnAnswerTellsApplicationsApart() {
    String page = ofPage("openid notes:read");
    String tag = list(page).header("ETag");
    assertThat(list(page).header("ETag")).isEqualTo(tag);
    assertThat(list(ofOffice("openid notes:read")).header("ETag")).isNotEqualTo(tag);
  }

  @Test
  void aStreamTellsEachApplicationWhatIsForIt() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient();
        Stream<String> page = events(client, ofPage("openid notes:read"));
        Stream<String> office = events(client, ofOffice("openid notes:read"))) {
      make(own, "only for the page", 201);
      make(own, "for all", 201);
      assertThat(firstNote(page)).contains("only for the page").doesNotContain("dear diary");
      assertThat(firstNote(office)).contains("for all").doesNotContain("dear diary");
    }
  }

  private static Stream<String> events(HttpClient client, String token) throws Exception {
    URI uri = URI.create("http://127.0.0.1:%d/api/events?model=Note".formatted(server.port()));
    return client
        .send(
            HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + token).build(),
            BodyHandlers.ofLines())
        .body();
  }

  private static String firstNote(Stream<String> lines) {
    for (Iterator<String> all = lines.iterator(); all.hasNext(); ) {
      String line = all.next();
      if (line.contains("for ")) {
        return line;
      }
    }
    throw new AssertionError("the stream has ended");
  }
}
