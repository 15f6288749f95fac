package dev.varve.identity.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.identity.token.SigningAlgorithm;
import dev.varve.settings.SettingRecords;
import dev.varve.settings.WrongSetting;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which applications may be declared, and where their answers may go.
class ClientSettingsTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  private static ClientSettings client(
      String title, List<String> redirectUris, List<String> grants, String secret) {
    return new ClientSettings(
        "app",
        title,
        redirectUris,
        List.of(),
        List.of("openid"),
        grants,
        secret,
        ConsentPolicy.ASK);
  }

  private static ClientSettings at(String redirectUri) {
    return client("App", List.of(redirectUri), List.of("authorization_code"), "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://app.example/callback",
        "https://app.example:8443/callback?tenant=1",
        "http://127.0.0.1/callback",
        "http://127.0.0.1:8080/callback",
        "http://[::1]/callback",
        "http://localhost:3000/callback",
        "com.example.app:/callback"
      })
  void anAnswerMayGoTo(String uri) {
    assertThat(at(uri).redirectUris()).containsExactly(uri);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/callback",
        "//app.example/callback",
        "app.example/callback",
        "http://app.example/callback",
        "http://127.0.0.1.app.example/callback",
        "http://0.0.0.0/callback",
        "https://good.example@evil.example/callback",
        "https://app.example/callback#fragment",
        "https://app.example/call back",
        "https://app.example\\callback",
        "https://app.example/callback?code=1",
        "https://app.example/callback?x=1&state=2",
        "https://app.example/callback?%63ode=1",
        "https://app.example/callback?x=1&%69%73s=https://evil.example",
        "https://app.example/callback?error_description=x",
        "https://äpp.example/callback",
        "https:///callback",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "app:/callback",
        "mailto:ada@example.com"
      })
  void noAnswerMayGoTo(String uri) {
    assertThatThrownBy(() -> at(uri))
        .isInstanceOf(WrongSetting.class)
        .hasMessageContaining("redirectUris[0]");
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1/cb, http://127.0.0.1:1234/cb, true",
    "http://127.0.0.1:80/cb, http://127.0.0.1:1234/cb, true",
    "http://[::1]/cb, http://[::1]:1234/cb, true",
    "http://localhost/cb, http://localhost:1234/cb, true",
    "http://127.0.0.1/cb, http://localhost:1234/cb, false",
    "http://127.0.0.1/cb, http://127.0.0.1:1234/other, false",
    "http://127.0.0.1/cb, http://127.0.0.1:1234/cb?x=1, false",
    "http://127.0.0.1/cb, http://127.0.0.1:1234@evil.example/cb, false",
    "https://app.example/cb, https://app.example:1234/cb, false",
    "https://app.example/cb, https://app.example/cb, true",
    "https://app.example/cb, https://app.example/cb/, false",
    "https://app.example/cb, https://APP.example/cb, false",
    "com.example.app:/cb, com.example.app:/cb, true",
    "com.example.app:/cb, com.example.app:/other, false"
  })
  void whatIsAskedForIsWhatWasRegistered(String registered, String asked, boolean matches) {
    assertThat(RedirectUri.matches(registered, asked)).isEqualTo(matches);
  }

  @Test
  void aClientWithoutAPlaceForAnswersAsksForItselfAlone() {
    assertThatThrownBy(() -> client("App", List.of(), List.of("authorization_code"), ""))
        .hasMessageContaining("redirectUris");
    assertThat(client("App", List.of(), List.of("client_credentials"), "APP_SECRET").grants())
        .containsExactly("client_credentials");
    assertThatThrownBy(() -> client("App", List.of(), List.of("client_credentials"), ""))
        .hasMessageContaining("secret");
    assertThatThrownBy(() -> client("App", List.of(), List.of("password"), ""))
        .hasMessageContaining("grants[0]");
    assertThatThrownBy(
            () -> client(" ", List.of("https://a.example/"), List.of("authorization_code"), ""))
        .hasMessageContaining("title");
  }

  @Test
  void aSecretComesFromTheEnvironment() {
    ClientSettings settings = client("App", List.of(), List.of("client_credentials"), "APP_SECRET");
    assertThat(settings.client(Map.of("APP_SECRET", SECRET)).hasSecret(SECRET, Instant.EPOCH))
        .isTrue();
    assertThat(settings.client(Map.of("APP_SECRET", SECRET)).hasSecret(SECRET + "x", Instant.EPOCH))
        .isFalse();
    assertThatThrownBy(() -> settings.client(Map.of())).hasMessageContaining("is not set");
    assertThatThrownBy(() -> settings.client(Map.of("APP_SECRET", "short")))
        .hasMessageContaining("fewer than 32")
        .hasMessageNotContaining("short");
    assertThatThrownBy(
            () -> client("App", List.of(), List.of("client_credentials"), "VARVE_APP_SECRET"))
        .hasMessageContaining("VARVE_");
  }

  @Test
  void scopesAreThoseOfTheSchemaAndVarvesOwn() {
    OAuthSettings settings =
        new OAuthSettings(
            Map.of(
                "app",
                new ClientSettings(
                    "app",
                    "App",
                    List.of("https://a.example/"),
                    List.of(),
                    List.of("openid", "notes:raed"),
                    List.of("authorization_code"),
                    "",
                    ConsentPolicy.ASK)),
            Map.of());
    Clients clients = Clients.of(settings, SigningAlgorithm.RS256, Map.of());
    assertThatThrownBy(() -> Clients.of(settings, SigningAlgorithm.HS256, Map.of()))
        .hasMessageContaining("auth.jwt.algorithm");
    assertThatThrownBy(() -> clients.requireScopes(Set.of("notes:read")))
        .hasMessageContaining("oauth.clients[app].scopes")
        .hasMessageContaining("notes:raed")
        .hasMessageContaining("notes:read");
  }

  private static ClientSettings with(String name, Object value) {
    return SettingRecords.changed(at("https://app.example/callback"), Map.of(name, value));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nonsense                                                             | is no set of keys
          {"keys": []}                                                         | must have 1 to 10 keys
          {"keys": [{"kty": "oct", "k": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}  | it is a private key
          {"keys": [{"kty": "EC", "crv": "P-256", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM", "alg": "ES512"}]} | alg must be one of ES256, PS256, EdDSA, RS256
          {"keys": [{"kty": "EC", "crv": "P-256", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM", "d": "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"}]} | it is a private key
          {"keys": [{"kty": "RSA", "n": "ANo9", "e": "AQAB"}]}                 | an RSA key has 2,048 to 4,096 bits
          """)
  void aKeyThatIsNotGoodIsTold(String jwks, String told) {
    assertThatThrownBy(() -> with("jwks", jwks))
        .isInstanceOf(WrongSetting.class)
        .hasMessageContaining("jwks")
        .hasMessageContaining(told);
  }

  @Test
  void aClientWithKeysCanKeepASecret() {
    String jwks =
        """
        {"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "1", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}
        """;
    assertThat(with("jwks", jwks).client(Map.of()).confidential()).isTrue();
    assertThat(at("https://app.example/callback").client(Map.of()).confidential()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://app.example/ended",
        "https://good.example@evil.example/ended",
        "https://app.example/ended#x",
        "com.example.app:/ended",
        "/ended"
      })
  void whereAClientIsToldIsAServer(String uri) {
    assertThatThrownBy(() -> with("backchannelLogoutUri", uri))
        .isInstanceOf(WrongSetting.class)
        .hasMessageContaining("backchannelLogoutUri");
  }
}
