package dev.varve.identity.account;

import dev.varve.identity.passkey.PasskeySettings;
import dev.varve.identity.token.AccessTokenSettings;
import dev.varve.identity.token.AccessTokens;
import dev.varve.identity.token.JwtSettings;
import dev.varve.identity.token.SigningAlgorithm;
import dev.varve.identity.token.SigningKeys;
import dev.varve.settings.Setting;
import java.time.Duration;
import java.util.function.Supplier;

/// Accounts and access; section `auth` of `varve.yaml`.
public record AuthSettings(
    @Setting(
            standard = "",
            says =
                "The issuer that access tokens name, a URL. Empty takes the address under which the server is reached.")
        String issuer,
    @Setting(standard = "", says = "The audience that access tokens name. Empty takes the issuer.")
        String audience,
    @Setting(
            standard = "",
            says =
                "Where links in mails lead, such as https://shop.example.com. Empty leaves links out of mails, which carry the token alone; varve dev takes its own address.")
        String origin,
    @Setting(
            standard = "OPEN",
            says =
                "Who may sign up: OPEN is everybody, INVITED who has an invitation of an administrator, CLOSED nobody.")
        SignUpPolicy signUp,
    @Setting(
            standard = "REQUIRED",
            says =
                "Whether an account waits for its e-mail address: REQUIRED makes it when the address is confirmed, OPTIONAL at once.")
        VerificationPolicy verification,
    SessionSettings session,
    AccessTokenSettings accessToken,
    JwtSettings jwt,
    PasswordSettings password,
    PasskeySettings passkeys) {
  public static final AuthSettings DEFAULT =
      new AuthSettings(
          "",
          "",
          "",
          SignUpPolicy.OPEN,
          VerificationPolicy.REQUIRED,
          new SessionSettings(Duration.ofDays(30), Duration.ofDays(90)),
          new AccessTokenSettings(Duration.ofMinutes(15)),
          new JwtSettings(SigningAlgorithm.RS256, 90),
          new PasswordSettings(19_456, 2, 1, 64),
          PasskeySettings.DEFAULT);

  public AuthSettings {
    if (!origin.isEmpty() && !origin.matches("https?://[^/?#@\\s]+")) {
      throw new IllegalArgumentException(
          "auth.origin must be a scheme and a host, such as https://shop.example.com; it is '%s'"
              .formatted(origin));
    }
  }

  /// The issuer that tokens name.
  ///
  /// @param address where the settings name none: a URL
  public String issuerAt(String address) {
    return issuer.isEmpty() ? address : issuer;
  }

  /// Whom access tokens are for.
  public String audienceAt(String address) {
    return audience.isEmpty() ? issuerAt(address) : audience;
  }

  /// Issues access tokens as these settings say.
  ///
  /// @param address the issuer where the settings name none: a URL
  /// @param ids makes the ids of tokens
  public AccessTokens accessTokens(SigningKeys keys, String address, Supplier<String> ids) {
    return new AccessTokens(
        keys, issuerAt(address), audienceAt(address), accessToken.lifetime(), ids);
  }
}
