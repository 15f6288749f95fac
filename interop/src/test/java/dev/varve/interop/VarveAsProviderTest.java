package dev.varve.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.oauth2.OAuth2Auth;
import io.vertx.ext.auth.oauth2.OAuth2AuthorizationURL;
import io.vertx.ext.auth.oauth2.OAuth2FlowType;
import io.vertx.ext.auth.oauth2.OAuth2Options;
import io.vertx.ext.auth.oauth2.Oauth2Credentials;
import io.vertx.ext.auth.oauth2.providers.OpenIDConnectAuth;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.resource.introspection.BadOpaqueTokenException;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;
import org.springframework.security.oauth2.server.resource.introspection.SpringOpaqueTokenIntrospector;
import tools.jackson.databind.json.JsonMapper;

/// Applications and services that others wrote, which are told an issuer and find out the rest: Spring Security as a client and as a
/// resource server, and Vert.x as a client.
class VarveAsProviderTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final String EMAIL = "ada@example.com";
  private static final String PASSWORD = "correct horse battery";
  private static final String VERIFIER = "a-text-of-43-characters-that-the-program-keeps";
  private static final String BACK = "http://127.0.0.1/callback";
  // far beyond what a machine takes that does ten other things
  private static final long PATIENCE_SECONDS = 120;

  private static RunningVarve varve;
  private static SpringShop shop;
  private static String shopUrl = "";

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    int port = FreePorts.next();
    int shopPort = FreePorts.next();
    shopUrl = "http://127.0.0.1:" + shopPort;
    Files.writeString(
        folder.resolve("schema.graphql"),
        """
        type User @model @account
          @auth(rules: [{allow: owner, ownerField: "id", operations: [READ]}]) {
          name: String!
        }
        """);
    Files.writeString(
        folder.resolve("varve.yaml"),
        """
        http: {host: 127.0.0.1, port: %d}
        auth:
          verification: OPTIONAL
          origin: http://127.0.0.1:%d
          password: {memoryKibibytes: 7168, iterations: 1}
        oauth:
          clients:
            shop:
              title: Shop
              redirectUris: ["%s", "%s"]
              scopes: [openid, email, profile, offline_access, api]
              secret: SHOP_SECRET
        """
            .formatted(port, port, SpringShop.redirectUri(shopPort), BACK));
    varve = RunningVarve.start(folder, port, Map.of("SHOP_SECRET", SECRET));
    varve.signUp(EMAIL, PASSWORD);
    shop = new SpringShop(shopPort, varve.url, SECRET);
  }

  @AfterAll
  static void stop() {
    if (shop != null) {
      shop.close();
    }
    varve.close();
  }

  /// Signs in, and lets the application in where that is asked.
  private static Browser.Page signIn(Browser browser, String address, String end) {
    Browser.Page page = browser.go(address, end);
    assertThat(page.text()).contains("<h1>Sign in</h1>");
    Browser.Page next = browser.submit(page, Map.of("email", EMAIL, "password", PASSWORD), end);
    return next.text().contains("Let Shop in?")
        ? browser.submit(next, Map.of("decision", "allow"), end)
        : next;
  }

  private static Map<?, ?> home() {
    Browser.Page home = signIn(new Browser(), shopUrl + "/", "http://nowhere.invalid");
    assertThat(home.status()).as("%s %s", home.url(), home.text()).isEqualTo(200);
    return new JsonMapper().readValue(home.text(), Map.class);
  }

  @Test
  void springSignsSomebodyIn() {
    Map<?, ?> home = home();
    assertThat(home.get("email")).isEqualTo(EMAIL);
    assertThat(home.get("name")).isEqualTo("Ada");
    assertThat(String.valueOf(home.get("subject"))).isNotEmpty();
  }

  @Test
  void springVerifiesAccessTokensByTheIssuerAlone() {
    Map<?, ?> home = home();
    NimbusJwtDecoder decoder =
        NimbusJwtDecoder.withIssuerLocation(varve.url).validateType(false).build();
    decoder.setJwtValidator(
        JwtValidators.createAtJwtValidator()
            .issuer(varve.url)
            .audience(varve.url)
            .clientId(SpringShop.CLIENT)
            .build());
    Jwt token = decoder.decode(String.valueOf(home.get("accessToken")));
    assertThat(token.getSubject()).isEqualTo(home.get("subject"));
    assertThat(Objects.requireNonNull(token.getClaimAsString("scope")).split(" ", -1))
        .containsExactlyInAnyOrder("openid", "email", "profile", "offline_access");
    String[] parts = String.valueOf(home.get("accessToken")).split("\\.", -1);
    assertThatThrownBy(() -> decoder.decode(parts[0] + "." + parts[1] + "." + reversed(parts[2])))
        .isInstanceOf(JwtException.class);
  }

  private static String reversed(String text) {
    return new StringBuilder(text).reverse().toString();
  }

  @Test
  void springAsksWhetherATokenIsGood() {
    Map<?, ?> home = home();
    OpaqueTokenIntrospector introspector =
        SpringOpaqueTokenIntrospector.withIntrospectionUri(varve.url + "/oauth2/introspect")
            .clientId(SpringShop.CLIENT)
            .clientSecret(SECRET)
            .build();
    OAuth2AuthenticatedPrincipal principal =
        introspector.introspect(String.valueOf(home.get("accessToken")));
    assertThat(principal.<String>getAttribute("sub")).isEqualTo(home.get("subject"));
    assertThat(principal.<String>getAttribute("client_id")).isEqualTo(SpringShop.CLIENT);
    assertThatThrownBy(() -> introspector.introspect("a-token-that-nobody-made"))
        .isInstanceOf(BadOpaqueTokenException.class);
  }

  @Test
  void vertxSignsSomebodyInAndGoesOnWithNewTokens() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      OAuth2Auth auth =
          OpenIDConnectAuth.discover(
                  vertx,
                  new OAuth2Options()
                      .setSite(varve.url)
                      .setClientId(SpringShop.CLIENT)
                      .setClientSecret(SECRET))
              .await(PATIENCE_SECONDS, TimeUnit.SECONDS);
      String address =
          auth.authorizeURL(
              new OAuth2AuthorizationURL()
                  .setRedirectUri(BACK)
                  .setScopes(List.of("openid", "email", "offline_access"))
                  .setState("a-state")
                  .setCodeChallenge(challenge())
                  .setCodeChallengeMethod("S256"));
      Map<String, String> brought = signIn(new Browser(), address, BACK).brought();
      assertThat(brought).containsEntry("state", "a-state").containsEntry("iss", varve.url);
      User user =
          auth.authenticate(
                  new Oauth2Credentials()
                      .setFlow(OAuth2FlowType.AUTH_CODE)
                      .setCode(brought.get("code"))
                      .setRedirectUri(BACK)
                      .setCodeVerifier(VERIFIER))
              .await(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(auth.userInfo(user).await(PATIENCE_SECONDS, TimeUnit.SECONDS).getString("email"))
          .isEqualTo(EMAIL);
      String before = user.principal().getString("access_token");
      User refreshed = auth.refresh(user).await(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(refreshed.principal().getString("access_token")).isNotEqualTo(before);
    } finally {
      vertx.close().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }

  private static String challenge() throws Exception {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(
            MessageDigest.getInstance("SHA-256")
                .digest(VERIFIER.getBytes(StandardCharsets.US_ASCII)));
  }
}
