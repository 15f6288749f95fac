package dev.varve.face.oauth;

import static dev.varve.face.oauth.Provider.bearer;
import static dev.varve.face.oauth.Provider.code;
import static dev.varve.face.oauth.Provider.codeForm;
import static dev.varve.face.oauth.Provider.json;
import static dev.varve.face.oauth.Provider.request;
import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Provider.token;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.identity.account.AuthSettings;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a client of the Model Context Protocol does (authorization, 2026-07-28), from a refusal to a token for the resource.
class McpClientTest {
  private static final String BACK = "http://localhost/callback";
  private static final String BACK_WITH_PORT = "http://localhost:33418/callback";
  private static final Pattern METADATA = Pattern.compile("resource_metadata=\"([^\"]*)\"");

  private static DocumentHost host;
  private static TestServer server;

  @BeforeAll
  static void start() {
    host = DocumentHost.start();
    server = TestServer.start(Provider.plan().with(ClientDocumentTest.settings(host)));
  }

  @AfterAll
  static void stop() {
    server.close();
    host.close();
  }

  private static Reply get(String url) {
    return server.get(URI.create(url).getPath());
  }

  private static String metadata(Reply refused) {
    Matcher matcher = METADATA.matcher(refused.header("WWW-Authenticate"));
    assertThat(matcher.find()).as(refused.header("WWW-Authenticate")).isTrue();
    return matcher.group(1);
  }

  private static Map<String, String> with(Map<String, String> some, String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(some);
    more.put(name, value);
    return more;
  }

  private static Reply tokens(String id, String scope, String resource, String email) {
    Map<String, String> asked = with(request(id, BACK_WITH_PORT, scope), "resource", resource);
    String code = code(new Visitor(server), asked, email);
    return token(server, with(codeForm(id, BACK_WITH_PORT, code), "resource", resource));
  }

  private static Reply refreshed(String id, Reply tokens, Map<String, String> more) {
    Map<String, String> form = new LinkedHashMap<>(more);
    form.put("grant_type", "refresh_token");
    form.put("client_id", id);
    form.put("refresh_token", text(tokens, "refresh_token"));
    return token(server, form);
  }

  private static String client() {
    return host.gives(
        "/mcp-client.json",
        BACK,
        "Assistant",
        "\"application_type\": \"native\", \"grant_types\": [\"authorization_code\", \"refresh_token\"], \"token_endpoint_auth_method\": \"none\"");
  }

  @Test
  void fromARefusalToATokenForTheResource() {
    Reply refused = server.get("/api/notes");
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.header("WWW-Authenticate"))
        .startsWith("Bearer ")
        .contains("scope=\"notes:read notes:write\"");
    Map<String, Object> resource = json(get(metadata(refused)));
    assertThat(resource).containsEntry("bearer_methods_supported", List.of("header"));
    assertThat(resource.get("scopes_supported")).isEqualTo(List.of("notes:read", "notes:write"));
    String issuer =
        String.valueOf(
            ((List<?>) Objects.requireNonNull(resource.get("authorization_servers"))).getFirst());
    Map<String, Object> provider = json(get(issuer + "/.well-known/oauth-authorization-server"));
    assertThat(provider)
        .containsEntry("issuer", issuer)
        .containsEntry("client_id_metadata_document_supported", true)
        .containsEntry("authorization_response_iss_parameter_supported", true)
        .containsEntry("code_challenge_methods_supported", List.of("S256"));
    assertThat(json(get(issuer + "/.well-known/openid-configuration")))
        .containsEntry("code_challenge_methods_supported", List.of("S256"));

    String id = client();
    String wanted = String.valueOf(resource.get("resource"));
    // programs write a slash behind it
    Reply tokens = tokens(id, "notes:read", wanted + "/", Provider.somebody(server));
    assertThat(tokens.status()).as(tokens.text()).isEqualTo(200);
    String access = text(tokens, "access_token");
    assertThat(Provider.claims(access)).containsEntry("aud", wanted);
    assertThat(server.send("GET", "/api/notes", bearer(access), "").status()).isEqualTo(200);

    Reply lacking = server.send("POST", "/api/notes", bearer(access), "{\"text\": \"x\"}");
    assertThat(lacking.status()).isEqualTo(403);
    // with what it has already: whoever asks for the rest alone would lose that
    assertThat(lacking.header("WWW-Authenticate"))
        .contains("error=\"insufficient_scope\"", "scope=\"notes:read notes:write\"");
    assertThat(metadata(lacking)).isEqualTo(metadata(refused));

    Reply next = refreshed(id, tokens, Map.of());
    assertThat(Provider.claims(text(next, "access_token"))).containsEntry("aud", wanted);
  }

  @Test
  void aTokenForAPathIsGoodThereAndNowhereElse() {
    String id = client();
    Map<String, Object> told = json(server.get("/.well-known/oauth-protected-resource/api/notes"));
    String notes = String.valueOf(told.get("resource"));
    assertThat(notes).endsWith("/api/notes");
    Reply tokens = tokens(id, "openid notes:read notes:write", notes, Provider.somebody(server));
    String access = text(tokens, "access_token");
    assertThat(Provider.claims(access)).containsEntry("aud", notes);
    assertThat(server.send("GET", "/api/notes", bearer(access), "").status()).isEqualTo(200);
    assertThat(server.send("GET", "/api/notes/x", bearer(access), "").status()).isEqualTo(404);
    for (String elsewhere :
        List.of("/api/reports", "/api/notes2", "/api", "/oauth2/userinfo", "/api/%6eotes2")) {
      assertThat(server.send("GET", elsewhere, bearer(access), "").status())
          .as(elsewhere)
          .isIn(401, 404);
    }
    assertThat(server.send("GET", "/api/reports", bearer(access), "").header("WWW-Authenticate"))
        .contains("invalid_token");
  }

  @Test
  void laterTokensAreForNoMoreThanTheFirst() {
    String id = client();
    String notes = text(server.get("/.well-known/oauth-protected-resource/api/notes"), "resource");
    Reply tokens = tokens(id, "notes:read", notes, Provider.somebody(server));
    String issuer = notes.substring(0, notes.length() - "/api/notes".length());
    assertThat(refreshed(id, tokens, Map.of("resource", issuer)).text()).contains("invalid_target");
    assertThat(refreshed(id, tokens, Map.of("resource", notes + "2")).text())
        .contains("invalid_target");
    Reply next = refreshed(id, tokens, Map.of());
    assertThat(Provider.claims(text(next, "access_token"))).containsEntry("aud", notes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://other.example/",
        "http://127.0.0.1:0.evil.example/",
        "ISSUER/../api",
        "ISSUER/a%2fb",
        "ISSUER//api",
        "ISSUER/api?x=1",
        "ISSUER/api#x",
        "nonsense"
      })
  void whatIsNoResourceOfThisServerIsRefused(String pattern) {
    String issuer = text(server.get("/.well-known/openid-configuration"), "issuer");
    String resource = pattern.replace("ISSUER", issuer);
    Reply back =
        Provider.authorize(
            new Visitor(server),
            with(request(client(), BACK_WITH_PORT, "notes:read"), "resource", resource));
    assertThat(back.status()).isEqualTo(400);
    assertThat(back.text()).contains("error=invalid_target");
  }

  @Test
  void anIssuerWithAPathIsFoundInEveryForm() {
    TestServer.Plan plan = Provider.plan();
    AuthSettings auth =
        SettingRecords.changed(plan.auth(), Map.of("issuer", "https://shop.example/tenant"));
    try (TestServer tenant = TestServer.start(plan.with(auth))) {
      for (String path :
          List.of(
              "/.well-known/oauth-authorization-server/tenant",
              "/.well-known/openid-configuration/tenant",
              "/tenant/.well-known/openid-configuration")) {
        assertThat(json(tenant.get(path)))
            .as(path)
            .containsEntry("issuer", "https://shop.example/tenant")
            .containsEntry("code_challenge_methods_supported", List.of("S256"));
      }
      json(tenant.get(Metadata.OPENID))
          .forEach((name, value) -> {
            if (name.endsWith("_endpoint") || name.endsWith("_uri")) {
              assertThat(String.valueOf(value)).as(name).startsWith("https://shop.example/tenant/");
              // as a proxy sends it on that takes the path of the issuer away
              String path = String.valueOf(value).substring("https://shop.example/tenant".length());
              assertThat(tenant.send("OPTIONS", path, Map.of(), "").header("Allow"))
                  .as(name)
                  .isNotEmpty();
            }
          });
      String location = metadata(tenant.get("/api/notes"));
      assertThat(location)
          .isEqualTo("https://shop.example/.well-known/oauth-protected-resource/tenant");
      assertThat(json(tenant.get(URI.create(location).getPath())))
          .containsEntry("resource", "https://shop.example/tenant");
    }
  }

  @Test
  void thereIsNoMetadataOfWhatIsNoResource() {
    assertThat(server.get("/.well-known/oauth-protected-resource").status()).isEqualTo(200);
    assertThat(server.get("/.well-known/oauth-protected-resource/a/b").status()).isEqualTo(200);
    assertThat(server.get("/.well-known/oauth-protected-resource/a//b").status()).isEqualTo(404);
    assertThat(server.get("/.well-known/oauth-protected-resource/a%20b").status()).isEqualTo(404);
    try (TestServer bare = TestServer.start(Provider.SCHEMA)) {
      assertThat(bare.get("/.well-known/oauth-protected-resource").status()).isEqualTo(404);
      assertThat(bare.get("/api/notes").header("WWW-Authenticate"))
          .doesNotContain("resource_metadata");
    }
  }
}
