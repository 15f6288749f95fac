package dev.varve.face.auth;

import static dev.varve.face.auth.People.ADA;
import static dev.varve.face.auth.People.join;
import static dev.varve.face.auth.People.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.data.PublicKeyCredentialCreationOptions;
import com.webauthn4j.data.PublicKeyCredentialRequestOptions;
import com.webauthn4j.data.client.Origin;
import com.webauthn4j.test.EmulatorUtil;
import com.webauthn4j.test.authenticator.AuthenticatorAdaptor;
import com.webauthn4j.test.authenticator.webauthn.WebAuthnAuthenticatorAdaptor;
import com.webauthn4j.test.client.ClientPlatform;
import dev.varve.identity.account.AuthSettings;
import dev.varve.identity.passkey.PasskeySettings;
import dev.varve.kernel.Json;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Passkeys of pages under a name, and of authenticators that others have written.
class PasskeyOriginTest {
  private static final PasskeySettings EXAMPLE =
      new PasskeySettings(
          "example.com",
          "Example Shop",
          List.of("https://shop.example.com", "https://example.org"),
          "https://shop.example.com/account");

  private static TestServer server(PasskeySettings passkeys, String origin) {
    AuthSettings auth =
        SettingRecords.changed(TestServer.CHEAP, Map.of("passkeys", passkeys, "origin", origin));
    return TestServer.start(People.plan().with(auth));
  }

  @Test
  void pagesOfOtherNamesUsePasskeysOfOneDomain() {
    try (TestServer server = server(EXAMPLE, "https://shop.example.com")) {
      String access = text(join(server, ADA), "accessToken");
      Map<String, Object> options = Passkeyed.creation(server, access);
      assertThat(options.get("rp")).asString().contains("example.com", "Example Shop");
      SoftwareKey key = new SoftwareKey("https://shop.example.com");
      Passkeyed.enrolled(server, access, key);
      for (String origin : List.of("https://shop.example.com", "https://example.org")) {
        key.origin = origin;
        assertThat(Passkeyed.signIn(server, key).status()).as(origin).isEqualTo(200);
      }
      for (String origin :
          List.of(
              "https://example.com",
              "http://shop.example.com",
              "https://shop.example.com:8443",
              "https://shop.example.com.evil.example",
              Passkeyed.origin(server))) {
        key.origin = origin;
        assertThat(Passkeyed.signIn(server, key).status()).as(origin).isEqualTo(401);
      }
      assertThat(server.get("/.well-known/webauthn").text())
          .isEqualTo("{\"origins\":[\"https://example.org\"]}");
      assertThat(server.get("/.well-known/passkey-endpoints").text())
          .contains("\"enroll\":\"https://shop.example.com/account\"")
          .contains("\"manage\":\"https://shop.example.com/account\"");
    }
  }

  @Test
  void nothingIsToldOfPagesThatAreNot() {
    try (TestServer server = server(PasskeySettings.DEFAULT, "")) {
      assertThat(server.get("/.well-known/webauthn").status()).isEqualTo(404);
      assertThat(server.get("/.well-known/passkey-endpoints").status()).isEqualTo(404);
    }
  }

  @Test
  void anAddressOfNumbersHasNoPasskeysAndSaysSo() {
    try (TestServer server = server(PasskeySettings.DEFAULT, "https://192.0.2.7")) {
      Reply refused = People.post(server, "/auth/sign-in/passkey/options", Map.of());
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.text()).contains("set auth.origin or auth.passkeys.rpId");
      String access = text(join(server, ADA), "accessToken");
      assertThat(Passkeyed.options(server, access, Map.of()).status()).isEqualTo(403);
      assertThat(Passkeyed.list(server, access).text()).isEqualTo("{\"items\":[]}");
    }
  }

  static Stream<Arguments> authenticators() {
    return Stream.of(
        Arguments.of("packed", new WebAuthnAuthenticatorAdaptor(EmulatorUtil.PACKED_AUTHENTICATOR)),
        Arguments.of("tpm", new WebAuthnAuthenticatorAdaptor(EmulatorUtil.TPM_AUTHENTICATOR)),
        Arguments.of(
            "android-key",
            new WebAuthnAuthenticatorAdaptor(EmulatorUtil.ANDROID_KEY_AUTHENTICATOR)),
        Arguments.of(
            "none", new WebAuthnAuthenticatorAdaptor(EmulatorUtil.NONE_ATTESTATION_AUTHENTICATOR)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("authenticators")
  void authenticatorsOfEveryMakeAreTaken(String name, AuthenticatorAdaptor authenticator) {
    ObjectConverter converter = new ObjectConverter();
    try (TestServer server = server(EXAMPLE, "https://shop.example.com")) {
      String access = text(join(server, ADA), "accessToken");
      ClientPlatform browser =
          new ClientPlatform(new Origin("https://shop.example.com"), authenticator);
      Object made =
          browser.create(
              converter
                  .getJsonMapper()
                  .readValue(
                      People.text(Passkeyed.creation(server, access)),
                      PublicKeyCredentialCreationOptions.class));
      Reply added =
          Passkeyed.add(
              server, access, members(converter.getJsonMapper().writeValueAsString(made)));
      assertThat(added.status()).as(added.text()).isEqualTo(201);

      Object used = use(browser, converter, Passkeyed.signInOptions(server));
      String json = converter.getJsonMapper().writeValueAsString(used);
      Reply signedIn = Passkeyed.signIn(server, members(json));
      assertThat(signedIn.status()).as(signedIn.text()).isEqualTo(200);
    }
  }

  private static Object use(
      ClientPlatform browser, ObjectConverter converter, Map<String, Object> options) {
    return browser.get(
        converter
            .getJsonMapper()
            .readValue(People.text(options), PublicKeyCredentialRequestOptions.class));
  }

  private static Map<String, Object> members(String json) {
    return People.members(Objects.requireNonNull(Json.read(json.getBytes(StandardCharsets.UTF_8))));
  }
}
