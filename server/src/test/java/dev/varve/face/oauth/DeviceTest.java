package dev.varve.face.oauth;

import static dev.varve.face.oauth.Provider.PAGE;
import static dev.varve.face.oauth.Provider.bearer;
import static dev.varve.face.oauth.Provider.code;
import static dev.varve.face.oauth.Provider.credentials;
import static dev.varve.face.oauth.Provider.json;
import static dev.varve.face.oauth.Provider.request;
import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Provider.token;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.identity.client.ClientSettings;
import dev.varve.identity.client.ConsentPolicy;
import dev.varve.kernel.AtOnce;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A device without a browser is let in by somebody who has one (RFC 8628), under the rules of RFC 10027.
class DeviceTest {
  private static final String GRANT = "urn:ietf:params:oauth:grant-type:device_code";
  private static final String TV = "living-room";
  // its client asks nobody elsewhere
  private static final String SIGN = "sign";

  private SteppedClock clock;
  private TestServer server;
  private String email;

  @BeforeEach
  void start() {
    clock = SteppedClock.ticking();
    ClientSettings page = Objects.requireNonNull(Provider.clients().clients().get("notes-page"));
    ClientSettings television =
        SettingRecords.changed(
            page,
            Map.of(
                "id",
                TV,
                "title",
                "Living <b>room</b>",
                "redirectUris",
                List.of(),
                "grants",
                List.of(GRANT, "refresh_token")));
    ClientSettings sign =
        SettingRecords.changed(television, Map.of("id", SIGN, "consent", ConsentPolicy.NEVER));
    server = TestServer.start(Bank.plan(clock, television, sign));
    email = Provider.somebody(server);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Reply ask(Map<String, String> form) {
    return server.send(
        "POST",
        DeviceRequests.PATH,
        Map.of(
            "Content-Type",
            "application/x-www-form-urlencoded",
            "User-Agent",
            "Television <i>9</i>"),
        Visitor.form(form));
  }

  private Reply asking() {
    Reply reply = ask(Map.of("client_id", TV, "scope", "openid notes:read unknown"));
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    return reply;
  }

  private Reply poll(Reply asked) {
    return token(server, form(asked));
  }

  private static Map<String, String> form(Reply asked) {
    return Map.of("grant_type", GRANT, "client_id", TV, "device_code", text(asked, "device_code"));
  }

  private String error(Reply asked) {
    Reply reply = poll(asked);
    assertThat(reply.status()).as(reply.text()).isEqualTo(400);
    return text(reply, "error");
  }

  private static Reply type(Visitor visitor, String code) {
    return visitor.submit(visitor.get(DevicePage.PATH), Map.of("code", code));
  }

  /// What is asked of somebody who has typed the code, and signed in where they had not.
  private Reply consent(Visitor visitor, Reply asked) {
    Reply next = type(visitor, text(asked, "user_code"));
    return next.text().contains("<h1>Sign in</h1>")
        ? visitor.submit(next, credentials(email))
        : next;
  }

  @Test
  void somebodyLetsADeviceIn() {
    Reply asked = asking();
    assertThat(json(asked))
        .containsEntry("verification_uri", Bank.ISSUER + DevicePage.PATH)
        .containsEntry(
            "verification_uri_complete",
            Bank.ISSUER + DevicePage.PATH + "?user_code=" + text(asked, "user_code"))
        .containsEntry("expires_in", 600L)
        .containsEntry("interval", 5L);
    assertThat(text(asked, "user_code")).matches("[B-Z&&[^EIOUY]]{4}-[B-Z&&[^EIOUY]]{4}");
    assertThat(asked.header("Cache-Control")).isEqualTo("no-store");
    assertThat(error(asked)).isEqualTo("authorization_pending");

    Visitor visitor = new Visitor(server);
    Reply consent = consent(visitor, asked);
    assertThat(consent.text())
        .contains("Let Living &lt;b&gt;room&lt;/b&gt; in?")
        .contains("<li>Read your notes</li>")
        .contains(text(asked, "user_code"))
        .contains("Television &lt;i&gt;9&lt;/i&gt;")
        .contains("<button class=\"\" name=\"decision\" value=\"deny\">");
    assertThat(consent.header("Content-Security-Policy"))
        .contains("form-action 'self';")
        .contains("frame-ancestors 'none'");
    assertThat(visitor.submit(consent, Map.of("decision", "allow")).text())
        .contains("The device goes on in a moment");

    clock.move(Duration.ofSeconds(6));
    Reply tokens = poll(asked);
    assertThat(tokens.status()).as(tokens.text()).isEqualTo(200);
    assertThat(json(tokens))
        .containsEntry("scope", "notes:read openid")
        .containsKeys("access_token", "refresh_token", "id_token");
    assertThat(server.send("GET", "/api/notes", bearer(text(tokens, "access_token")), "").status())
        .isEqualTo(200);
    assertThat(error(asked)).as("once").isEqualTo("invalid_grant");
    assertThat(visitor.submit(consent, Map.of("decision", "deny")).text())
        .as("answered once")
        .contains("You have answered here already");
  }

  @Test
  void whoRefusesIsHeard() {
    Reply asked = asking();
    Visitor visitor = new Visitor(server);
    Reply consent = consent(visitor, asked);
    assertThat(visitor.submit(consent, Map.of("decision", "deny")).text())
        .contains("The device was not let in");
    assertThat(error(asked)).isEqualTo("access_denied");
  }

  @Test
  void whoAsksTooOftenWaitsLonger() {
    Reply asked = asking();
    assertThat(error(asked)).isEqualTo("authorization_pending");
    assertThat(error(asked)).isEqualTo("slow_down");
    clock.move(Duration.ofSeconds(6));
    assertThat(error(asked)).as("ten seconds by now").isEqualTo("slow_down");
    clock.move(Duration.ofSeconds(16));
    assertThat(error(asked)).isEqualTo("authorization_pending");
  }

  @Test
  void aCodeExpires() {
    Reply asked = asking();
    Visitor visitor = new Visitor(server);
    Reply consent = consent(visitor, asked);
    clock.move(Duration.ofMinutes(10));
    assertThat(error(asked)).isEqualTo("expired_token");
    assertThat(visitor.submit(consent, Map.of("decision", "allow")).text())
        .contains("<h1>Too late</h1>");
    assertThat(error(asked)).isEqualTo("expired_token");
    assertThat(server.column("SELECT client FROM varve_consent")).isEmpty();
    assertThat(server.column("SELECT kind FROM security_events"))
        .as("nothing was let in")
        .doesNotContain("APPLICATION_LET_IN");
    assertThat(type(new Visitor(server), text(asked, "user_code")).status()).isEqualTo(400);
  }

  @Test
  void aCodeIsOfTheBrowserThatCameWithItFirst() {
    Reply asked = asking();
    Visitor first = new Visitor(server);
    Reply consent = consent(first, asked);
    Reply other = type(new Visitor(server), text(asked, "user_code"));
    assertThat(other.status()).isEqualTo(400);
    assertThat(other.text()).contains("No device waits with this code");
    assertThat(type(first, text(asked, "user_code")).text())
        .as("again in the same browser")
        .contains("Let Living");
    assertThat(first.submit(consent, Map.of("decision", "allow")).text())
        .contains("The device goes on");
  }

  @Test
  void aLinkFillsTheCodeInAndDoesNothingElse() {
    Reply asked = asking();
    Visitor visitor = new Visitor(server);
    code(visitor, request("notes-page", PAGE, "openid notes:read"), email);
    Reply page = visitor.get(DevicePage.PATH + "?user_code=" + text(asked, "user_code"));
    assertThat(page.text())
        .contains("value=\"" + text(asked, "user_code") + "\"")
        .contains("Does the device before you show this code?");
    assertThat(page.header("Content-Security-Policy")).contains("frame-ancestors 'none'");
    assertThat(error(asked)).isEqualTo("authorization_pending");
    Reply consent =
        visitor.submit(page, Map.of("code", text(asked, "user_code").toLowerCase(Locale.ROOT)));
    assertThat(consent.text())
        .as("somebody is asked, whatever they allowed")
        .contains("Let Living");
    Reply odd = visitor.get(DevicePage.PATH + "?user_code=%22%3E%3Cscript%3E");
    assertThat(odd.text()).doesNotContain("<script>");
  }

  @Test
  void codesAreNotGuessed() {
    Reply asked = asking();
    Visitor visitor = new Visitor(server);
    for (int i = 0; i < 20; i++) {
      assertThat(type(visitor, "BBBB-BBBB").status()).isEqualTo(400);
    }
    Reply locked = type(visitor, text(asked, "user_code"));
    assertThat(locked.status()).as("right, and too late").isEqualTo(429);
    assertThat(locked.header("Retry-After")).isNotEmpty();
    clock.move(Duration.ofSeconds(31));
    assertThat(consent(visitor, asked).text()).contains("Let Living");
  }

  @Test
  void whatWasAllowedAndTakenBackIsWorthNothingWhateverTheClient() {
    Reply asked = ask(Map.of("client_id", SIGN, "scope", "openid notes:read"));
    Visitor visitor = new Visitor(server);
    assertThat(visitor.submit(consent(visitor, asked), Map.of("decision", "allow")).text())
        .contains("The device goes on");
    Map<String, String> own = bearer(Provider.signIn(server, email));
    assertThat(server.send("DELETE", "/auth/applications/" + SIGN, own, "").status())
        .isEqualTo(204);
    Map<String, String> form = new LinkedHashMap<>(form(asked));
    form.put("client_id", SIGN);
    assertThat(text(token(server, form), "error")).isEqualTo("invalid_grant");
  }

  @Test
  void aTokenIsForThePartThatTheDeviceAsksFor() {
    for (String resource : List.of("/api/notes", "/api/reports")) {
      Reply asked =
          ask(
              Map.of(
                  "client_id",
                  TV,
                  "scope",
                  "openid notes:read",
                  "resource",
                  Bank.ISSUER + "/api/notes"));
      Visitor visitor = new Visitor(server);
      visitor.submit(consent(visitor, asked), Map.of("decision", "allow"));
      Map<String, String> form = new LinkedHashMap<>(form(asked));
      form.put("resource", Bank.ISSUER + resource + "/1");
      Reply tokens = token(server, form);
      if (resource.equals("/api/notes")) {
        assertThat(Provider.claims(text(tokens, "access_token")))
            .containsEntry("aud", Bank.ISSUER + "/api/notes/1");
      } else {
        assertThat(text(tokens, "error")).isEqualTo("invalid_target");
      }
    }
  }

  @Test
  void nobodyGetsWhatIsNotTheirs() {
    Reply asked = asking();
    Map<String, String> other = new LinkedHashMap<>(form(asked));
    other.put("client_id", "notes-page");
    assertThat(text(token(server, other), "error")).isEqualTo("unauthorized_client");
    assertThat(text(ask(Map.of("client_id", "notes-page")), "error"))
        .isEqualTo("unauthorized_client");
    assertThat(text(ask(Map.of("client_id", "nobody")), "error")).isEqualTo("invalid_client");
    assertThat(text(ask(Map.of("client_id", TV, "scope", "api")), "error"))
        .isEqualTo("invalid_scope");
    assertThat(
            text(
                ask(Map.of("client_id", TV, "scope", "openid", "resource", "https://o.example/")),
                "error"))
        .isEqualTo("invalid_target");
    assertThat(
            text(
                token(server, Map.of("grant_type", GRANT, "client_id", TV, "device_code", "x")),
                "error"))
        .isEqualTo("invalid_grant");
  }

  @Test
  void whoMayNotSignInAnyMoreLetsNothingIn() {
    Reply asked = asking();
    Visitor visitor = new Visitor(server);
    visitor.submit(consent(visitor, asked), Map.of("decision", "allow"));
    server.administration().setDisabled(email, true);
    assertThat(error(asked)).isEqualTo("invalid_grant");
  }

  @Test
  void oneGetsTokensForADeviceCode() throws Exception {
    Reply asked = asking();
    Visitor visitor = new Visitor(server);
    visitor.submit(consent(visitor, asked), Map.of("decision", "allow"));
    List<Integer> statuses = AtOnce.times(20, () -> poll(asked).status());
    assertThat(statuses).containsOnlyOnce(200).filteredOn(status -> status == 400).hasSize(19);
  }

  @Test
  void aClientHasSoManyWaitingAndOthersAreNotInItsWay() throws SQLException {
    asking();
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          """
          WITH RECURSIVE more (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more WHERE n < 4999)
          INSERT INTO varve_device (hash, user_hash, client, request, created_at, expires_at)
          SELECT CAST(CAST(n AS TEXT) AS BLOB), CAST(CAST(n AS TEXT) AS BLOB), client, request, created_at, expires_at
          FROM varve_device, more
          """);
    }
    Reply full = ask(Map.of("client_id", TV, "scope", "openid"));
    assertThat(full.status()).isEqualTo(429);
    assertThat(full.header("Retry-After")).isEqualTo("60");
    assertThat(json(full))
        .containsEntry("error", "temporarily_unavailable")
        .containsEntry(
            "error_description",
            "5,000 devices of the client wait to be let in, and no more: each waits for 10 minutes at most");
    assertThat(ask(Map.of("client_id", SIGN, "scope", "openid")).status()).isEqualTo(200);

    clock.move(Duration.ofMinutes(10));
    assertThat(ask(Map.of("client_id", TV, "scope", "openid")).status()).isEqualTo(200);
    clock.move(Duration.ofMinutes(11));
    assertThat(ask(Map.of("client_id", TV, "scope", "openid")).status()).isEqualTo(200);
    assertThat(server.column("SELECT COUNT(*) FROM varve_device"))
        .as("expired ones are removed")
        .containsExactly("4983");
  }
}
