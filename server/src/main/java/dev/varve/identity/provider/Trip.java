package dev.varve.identity.provider;

import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.Nonce;
import dev.varve.identity.token.OpaqueToken;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/// One way of a browser to a provider and back. What proves that the answer belongs to it follows from the state and from the cookie
/// of the browser: nobody else can make it, and it is kept nowhere.
///
/// @param redirectUri where the provider sends the browser back, one for each provider (RFC 9700, section 4.4)
/// @param state names the trip, once
/// @param browser the cookie of the browser
/// @param again whether the provider is to ask who it is, even if it knows
public record Trip(URI redirectUri, String state, String browser, boolean again) {
  /// Of PKCE (RFC 7636, section 4.1).
  CodeVerifier verifier() {
    return new CodeVerifier(derived("verifier"));
  }

  Nonce nonce() {
    return new Nonce(derived("nonce"));
  }

  private String derived(String purpose) {
    return OpaqueToken.derived(
            browser.getBytes(StandardCharsets.UTF_8), "provider %s %s".formatted(purpose, state))
        .text();
  }

  /// Neither is for logs.
  @Override
  public String toString() {
    return "Trip[...]";
  }
}
