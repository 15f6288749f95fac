package dev.varve.identity.account;

import dev.varve.identity.passkey.PasskeySettings;
import dev.varve.identity.provider.ProviderSettings;
import dev.varve.identity.token.AccessTokenSettings;
import dev.varve.identity.token.AccessTokens;
import dev.varve.identity.token.JwtSettings;
import dev.varve.identity.token.SigningAlgorithm;
import dev.varve.identity.token.SigningKeys;
import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;

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
    FactorSettings factors,
    @Setting(
            standard = "false",
            says =
                "Whether a link that is mailed signs people in, in place of a password. A second factor is asked for as ever.")
        boolean mailLinks,
    SessionSettings session,
    AccessTokenSettings accessToken,
    JwtSettings jwt,
    PasswordSettings password,
    PasskeySettings passkeys,
    @Setting(
            max = 50,
            says =
                "Origins of pages to which a browser goes back that has signed in with a provider, such as https://shop.example.com, or the scheme of an installed application, such as com.example.app:. That of auth.origin is always one.")
        List<String> returnOrigins,
    @Setting(
            max = 50,
            says = "Providers that people sign in with, such as Google, each under a name.")
        Map<String, ProviderSettings> providers) {
  private static final Pattern RETURN_ORIGIN =
      Pattern.compile(
          "https://[^/?#@\\s]+|http://(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d+)?|[a-z][a-z0-9+-]*(\\.[a-z0-9+-]+)+:");

  public static final AuthSettings DEFAULT =
      new AuthSettings(
          "",
          "",
          "",
          SignUpPolicy.OPEN,
          VerificationPolicy.REQUIRED,
          FactorSettings.DEFAULT,
          false,
          new SessionSettings(Duration.ofDays(30), Duration.ofDays(90)),
          new AccessTokenSettings(Duration.ofMinutes(15)),
          new JwtSettings(SigningAlgorithm.RS256, 90),
          new PasswordSettings(19_456, 2, 1, 64),
          PasskeySettings.DEFAULT,
          List.of(),
          Map.of());

  public AuthSettings {
    returnOrigins = List.copyOf(returnOrigins);
    providers = Map.copyOf(providers);
    for (int i = 0; i < returnOrigins.size(); i++) {
      if (!RETURN_ORIGIN.matcher(returnOrigins.get(i)).matches()) {
        throw new WrongSetting(
            "returnOrigins[%d]".formatted(i),
            "is '%s'. Write https and a host, such as https://shop.example.com (http is for this machine alone), or the scheme of an installed application, such as com.example.app:"
                .formatted(returnOrigins.get(i)));
      }
    }
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
