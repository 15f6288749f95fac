package dev.varve.account;

import dev.varve.kernel.Setting;
import java.time.Duration;

/// Accounts and access; section `auth` of `varve.yaml`.
public record AuthSettings(
    @Setting(
            standard = "",
            says =
                "The issuer that access tokens name, a URL. Empty takes the address under which the server is reached.")
        String issuer,
    @Setting(
            standard = "",
            says = "The audience that access tokens name. Empty takes the issuer.")
        String audience,
    AccessTokenSettings accessToken,
    JwtSettings jwt,
    PasswordSettings password) {
  public static final AuthSettings DEFAULT =
      new AuthSettings(
          "",
          "",
          new AccessTokenSettings(Duration.ofMinutes(15)),
          new JwtSettings(SigningAlgorithm.RS256, 90),
          new PasswordSettings(19_456, 2, 1, 64));
}
