package dev.varve.identity.passkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.settings.WrongSetting;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// For whom passkeys are made, as settings and the address of the server say.
class RelyingPartyTest {
  private static PasskeySettings settings(String id, String... origins) {
    return new PasskeySettings(id, "", List.of(origins), "");
  }

  @ParameterizedTest
  @CsvSource({
    "https://shop.example.com, shop.example.com, https://shop.example.com",
    "https://Shop.Example.com, shop.example.com, https://shop.example.com",
    "https://shop.example.com:8443, shop.example.com, https://shop.example.com:8443",
    "http://localhost:8080, localhost, http://localhost:8080",
    "http://127.0.0.1:8080, localhost, http://localhost:8080",
    "http://[::1]:8080, localhost, http://localhost:8080",
  })
  void theAddressOfTheServerNamesIt(String address, String id, String origin) {
    RelyingParty party = RelyingParty.of(PasskeySettings.DEFAULT, address).orElseThrow();
    assertThat(party.id()).isEqualTo(id);
    assertThat(party.name()).isEqualTo(id);
    assertThat(party.origins()).containsExactly(origin);
    assertThat(party.related()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "https://192.0.2.7",
    "https://[2001:db8::7]:8443",
    "nothing",
    "https://under_score.example"
  })
  void aNumberNamesNone(String address) {
    assertThat(RelyingParty.of(PasskeySettings.DEFAULT, address)).isEmpty();
    assertThat(RelyingParty.of(settings("example.com"), address)).isPresent();
  }

  @Test
  void whatIsSaidOfPagesBeyondTheDomainIsThoseAlone() {
    RelyingParty party =
        RelyingParty.of(
                settings(
                    "example.com",
                    "https://example.com",
                    "https://shop.example.com",
                    "https://example.org",
                    "https://notexample.com",
                    "android:apk-key-hash:" + "A".repeat(43)),
                "https://shop.example.com")
            .orElseThrow();
    assertThat(party.related()).containsExactly("https://example.org", "https://notexample.com");
    assertThat(party.origins()).hasSize(5);
  }

  @ParameterizedTest
  @CsvSource({
    "https://shop.example.com/",
    "https://shop.example.com/path",
    "http://shop.example.com",
    "https://Shop.example.com",
    "https://user@shop.example.com",
    "shop.example.com",
    "android:apk-key-hash:short",
    "*",
  })
  void anOriginIsASchemeAndAHost(String origin) {
    assertThatThrownBy(() -> settings("", "https://shop.example.com", origin))
        .isInstanceOf(WrongSetting.class)
        .hasMessageContaining("origins[1]")
        .hasMessageContaining(origin)
        .hasMessageContaining("such as https://shop.example.com");
  }

  @ParameterizedTest
  @CsvSource({"https://example.com", "Example.com", "192.0.2.7", "example.com.", "-a.example"})
  void anIdIsADomain(String id) {
    assertThatThrownBy(() -> settings(id))
        .isInstanceOf(WrongSetting.class)
        .hasMessageContaining("rpId is '" + id + "', and must be a domain in small letters");
  }

  @Test
  void aPageIsAWholeUrlAndANameIsShort() {
    assertThatThrownBy(() -> new PasskeySettings("", "", List.of(), "/account"))
        .hasMessageContaining("page is '/account', and must be a whole URL");
    assertThatThrownBy(() -> new PasskeySettings("", "x".repeat(65), List.of(), ""))
        .hasMessageContaining("rpName must have at most 64 characters");
    assertThat(
            RelyingParty.of(
                    new PasskeySettings("", "Example Shop", List.of(), ""), "https://example.com")
                .orElseThrow()
                .name())
        .isEqualTo("Example Shop");
  }
}
