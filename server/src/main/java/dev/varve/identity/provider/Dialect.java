package dev.varve.identity.provider;

import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.token.Tokens;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/// How a provider speaks: where browsers are sent, and what is made of the code with which they come back.
sealed interface Dialect permits OpenIdDialect, GitHubDialect, DiscordDialect {
  /// Where a browser is sent.
  URI authorization(Trip trip) throws ProviderFailed;

  /// Who may have sent a browser back (RFC 9207).
  ///
  /// @param issuer as the answer names it, if it does
  void requireIssuer(Optional<String> issuer) throws ProviderFailed;

  /// Where tokens are given.
  CodeExchange exchange() throws ProviderFailed;

  /// @param tokens that came with it
  record Came(Somebody somebody, Tokens tokens) {}

  /// Who it is.
  ///
  /// @param answer all parameters with which the browser came back
  Came somebody(Trip trip, AuthorizationCode code, Map<String, String> answer)
      throws ProviderFailed;
}
