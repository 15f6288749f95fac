package dev.varve.face.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.identity.account.AuthSettings;
import dev.varve.identity.account.SignUpPolicy;
import dev.varve.node.KeptMail;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Whoever comes to sign in may have no account yet, or no password any more: pages without a script lead there and back.
class NewcomerPagesTest {
  private static final String SCHEMA =
      """
      enum Size { SMALL LARGE }

      type User @model @account {
        id: ID!
        firstName: String! @length(min: 1, max: 100)
        age: Int!
        size: Size!
        news: Boolean!
        nickname: String
      }

      type Note @model
        @auth(rules: [{allow: scope, scopes: ["notes:read", "notes:write"], operations: [READ]}]) {
        text: String!
      }
      """;

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start(Provider.plan().over(SCHEMA));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Reply signIn(Visitor visitor) {
    return Provider.authorize(
        visitor, Provider.request("notes-page", Provider.PAGE, "openid notes:read"));
  }

  private static String link(Reply page, String part) {
    String html = page.text();
    int start = html.lastIndexOf("href=\"", html.indexOf(part)) + 6;
    return html.substring(start, html.indexOf('"', start));
  }

  private static String email() {
    return "somebody-%s@example.com".formatted(UUID.randomUUID());
  }

  private static Map<String, String> account(String email) {
    return Map.of(
        "email", email,
        "password", Provider.PASSWORD,
        "firstName", "Ada",
        "age", "36",
        "size", "LARGE",
        "news", "true");
  }

  @Test
  void whoHasNoAccountSignsUpAndComesBackToWhereTheyCameFrom() {
    Visitor visitor = new Visitor(server);
    Reply page = signIn(visitor);
    Reply signUp = visitor.get(link(page, "/auth/sign-up"));
    assertThat(signUp.text())
        .contains("name=\"firstName\"", "name=\"age\"", "<option value=\"SMALL\">SMALL</option>")
        .contains("<select id=\"f-news\" name=\"news\"")
        .doesNotContain("nickname", "<script");
    String email = email();

    Reply done = visitor.submit(signUp, account(email));

    assertThat(done.text()).contains("Look into your mailbox");
    Reply again = visitor.get(link(done, "/oauth2/flow/"));
    assertThat(visitor.submit(again, Provider.credentials(email)).text())
        .contains("Read your notes");
  }

  @Test
  void whatIsWrongIsToldBesideWhatWasTyped() {
    Visitor visitor = new Visitor(server);
    Reply signUp = visitor.get("/auth/sign-up");

    Reply refused =
        visitor.submit(
            signUp,
            Map.of(
                "email", "<b>@example.com",
                "password", "password",
                "firstName", "\"><script>",
                "age", "old",
                "size", "LARGE"));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text())
        .contains(
            "role=\"alert\"",
            "The password",
            "Age ",
            "<option value=\"LARGE\" selected>LARGE</option>")
        .contains("&lt;b&gt;@example.com", "&quot;&gt;&lt;script&gt;")
        .doesNotContain("value=\"password\"", "<script>");
  }

  @Test
  void whoHasForgottenThePasswordGetsAMailAndNobodyLearnsWhoHasAnAccount() {
    String email = email();
    Visitor visitor = new Visitor(server);
    visitor.submit(visitor.get("/auth/sign-up"), account(email));
    Reply page = visitor.get(link(signIn(visitor), "/auth/password/forgot"));

    Reply known = visitor.submit(page, Map.of("email", email));
    Reply unknown = visitor.submit(page, Map.of("email", "nobody@example.com"));

    assertThat(known.text()).contains("Look into your mailbox").isEqualTo(unknown.text());
    assertThat(link(known, "/oauth2/flow/")).startsWith("/oauth2/flow/");
    assertThat(subjects(email)).contains("Choose a new password");
    assertThat(subjects("nobody@example.com")).isEmpty();
  }

  private static List<String> subjects(String email) {
    return KeptMail.subjects(email, server::send);
  }

  @Test
  void aPageOfAnotherSiteSignsNobodyUpAndSendsNoMail() {
    String email = email();
    for (String path : List.of("/auth/sign-up", "/auth/password/forgot")) {
      Reply reply =
          server.send(
              "POST",
              path,
              Map.of(
                  "Content-Type",
                  "application/x-www-form-urlencoded",
                  "Sec-Fetch-Site",
                  "cross-site"),
              Visitor.form(account(email)));
      assertThat(reply.status()).isEqualTo(403);
    }
    assertThat(subjects(email)).isEmpty();
  }

  @Test
  void pagesSpeakGermanAndKeepToThemselves() {
    for (String path :
        List.of(
            "/auth/sign-up",
            "/auth/password/forgot",
            "/auth/verify-email?token=x",
            "/auth/password/reset?token=x",
            "/auth/email/confirm?token=x")) {
      Reply page = server.send("GET", path, Map.of("Accept-Language", "de-AT, en;q=0.5"), "");
      assertThat(page.text()).contains("<html lang=\"de\">").doesNotContain("You");
      assertThat(page.header("Content-Security-Policy"))
          .contains("frame-ancestors 'none'")
          .contains("form-action 'self'");
    }
  }

  @Test
  void whereNobodySignsUpNoPageSaysSo() {
    AuthSettings closed =
        SettingRecords.changed(Provider.plan().auth(), Map.of("signUp", SignUpPolicy.CLOSED));
    try (TestServer other = TestServer.start(Provider.plan().with(closed))) {
      assertThat(signIn(new Visitor(other)).text()).doesNotContain("/auth/sign-up");
      assertThat(other.get("/auth/sign-up").status()).isEqualTo(404);
      Reply forced =
          other.send(
              "POST",
              "/auth/sign-up",
              Map.of("Content-Type", "application/x-www-form-urlencoded"),
              Visitor.form(account(email())));
      assertThat(forced.status()).isEqualTo(404);
    }
  }
}
