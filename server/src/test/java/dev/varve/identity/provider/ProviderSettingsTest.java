package dev.varve.identity.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.identity.account.AuthSettings;
import dev.varve.identity.token.Seal;
import dev.varve.settings.SettingRecords;
import dev.varve.settings.WrongSetting;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which providers may be declared.
class ProviderSettingsTest {
  private static Seal unsealed() {
    throw new AssertionError("nothing is sealed");
  }

  private static ProviderSettings of(Preset preset, String issuer, boolean trustsEmail) {
    return new ProviderSettings(
        "staff",
        preset,
        issuer,
        "client",
        "STAFF_SECRET",
        "Staff",
        List.of(),
        trustsEmail,
        true,
        "TEAM",
        "KEY",
        false);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://login.example.com",
        "http://127.0.0.1.example.com",
        "https:///realm",
        "https://user@login.example.com",
        "https://login.example.com?realm=staff",
        "https://login.example.com#staff",
        "login.example.com",
        "//login.example.com",
        "javascript:alert(1)",
        "https://login example.com"
      })
  void anIssuerIsAWholeUrlOverHttps(String issuer) {
    assertThatThrownBy(() -> of(Preset.OPENID, issuer, false))
        .isInstanceOf(WrongSetting.class)
        .hasMessageStartingWith("issuer is '" + issuer + "'. Write it as the provider does");
  }

  @Test
  void aProviderOnThisMachineMayDoWithoutTls() {
    assertThat(of(Preset.OPENID, "http://localhost:8081/realms/staff", true).base())
        .hasToString("http://localhost:8081/realms/staff");
  }

  @ParameterizedTest
  @CsvSource({
    "GOOGLE, ''",
    "APPLE, ''",
    "DISCORD, ''",
    "GITHUB, ''",
    "GITLAB, ''",
    "MICROSOFT, ''",
    "MICROSOFT, https://login.microsoftonline.com/common/v2.0",
    "MICROSOFT, https://login.microsoftonline.com/organizations/v2.0",
    "MICROSOFT, https://login.microsoftonline.com/consumers/v2.0"
  })
  void nobodyIsTrustedWithAddressesThatAnybodyCanHave(Preset preset, String issuer) {
    assertThatThrownBy(() -> of(preset, issuer, true))
        .isInstanceOf(WrongSetting.class)
        .hasMessageStartingWith("trustsEmail is true, and there anybody can have any address");
  }

  @Test
  void anOrganisationOfOnesOwnMayBeTrusted() {
    String tenant = "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0";
    assertThat(of(Preset.MICROSOFT, tenant, true).trustsEmail()).isTrue();
    assertThat(of(Preset.GITHUB, "https://github.example.com", true).trustsEmail()).isTrue();
  }

  @Test
  void whatIsMissingIsNamed() {
    assertThatThrownBy(() -> of(Preset.OPENID, "", false))
        .hasMessageStartingWith("issuer is missing");
    assertThatThrownBy(() ->
            new ProviderSettings(
                "apple", Preset.APPLE, "", "c", "S", "", List.of(), false, true, "", "KEY", false))
        .hasMessageStartingWith("team is missing, and Apple wants it");
    assertThatThrownBy(() ->
            new ProviderSettings(
                "google", Preset.GOOGLE, "", "c", "", "", List.of(), false, true, "", "", false))
        .hasMessageStartingWith("secret is missing");
    assertThatThrownBy(() ->
            new ProviderSettings(
                "google",
                Preset.GOOGLE,
                "",
                "c",
                "VARVE_X",
                "",
                List.of(),
                false,
                true,
                "",
                "",
                false))
        .hasMessageStartingWith("secret is 'VARVE_X'");
  }

  @Test
  void aSecretComesFromTheEnvironment() {
    Map<String, ProviderSettings> settings =
        Map.of("staff", of(Preset.OPENID, "https://login.example.com", false));
    assertThatThrownBy(() ->
            IdentityProviders.of(
                settings, Map.of(), Clock.systemUTC(), ProviderSettingsTest::unsealed))
        .isInstanceOf(WrongSetting.class)
        .hasMessageContaining(
            "auth.providers[staff].secret names the environment variable STAFF_SECRET");
    assertThat(
            IdentityProviders.of(
                    settings,
                    Map.of("STAFF_SECRET", "x"),
                    Clock.systemUTC(),
                    ProviderSettingsTest::unsealed)
                .all())
        .hasSize(1);
  }

  @Test
  void theKeyOfAppleMustBeOne() {
    Map<String, ProviderSettings> settings =
        Map.of("staff", of(Preset.APPLE, "https://appleid.apple.com", false));
    assertThatThrownBy(() ->
            IdentityProviders.of(
                settings,
                Map.of("STAFF_SECRET", "no key"),
                Clock.systemUTC(),
                ProviderSettingsTest::unsealed))
        .isInstanceOf(WrongSetting.class)
        .hasMessageContaining("which holds no private key of Apple's");
  }

  @Test
  void oneThatIsNotEnabledIsNone() {
    ProviderSettings off =
        new ProviderSettings(
            "google", Preset.GOOGLE, "", "c", "S", "", List.of(), false, false, "", "", false);
    assertThat(
            IdentityProviders.of(
                    Map.of("google", off),
                    Map.of(),
                    Clock.systemUTC(),
                    ProviderSettingsTest::unsealed)
                .isEmpty())
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "https://shop.example.com, true",
    "https://shop.example.com:8443, true",
    "http://localhost:3000, true",
    "http://127.0.0.1, true",
    "http://[::1]:3000, true",
    "com.example.app:, true",
    "http://shop.example.com, false",
    "http://127.0.0.1.example.com, false",
    "http://localhost.example.com:80, false",
    "http://192.168.1.5:3000, false",
    "shop.example.com, false"
  })
  void aBrowserGoesBackOverHttpsOrOnThisMachine(String origin, boolean good) {
    Map<String, Object> origins = Map.of("returnOrigins", List.of(origin));
    if (good) {
      assertThat(SettingRecords.changed(AuthSettings.DEFAULT, origins).returnOrigins())
          .containsExactly(origin);
    } else {
      assertThatThrownBy(() -> SettingRecords.changed(AuthSettings.DEFAULT, origins))
          .hasStackTraceContaining("http is for this machine alone");
    }
  }
}
