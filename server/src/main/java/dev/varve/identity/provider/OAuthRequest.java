package dev.varve.identity.provider;

import com.nimbusds.oauth2.sdk.AuthorizationRequest;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.token.Tokens;
import java.net.URI;

/// What is asked of providers that speak OAuth 2.0 and no OpenID Connect.
final class OAuthRequest {
  private OAuthRequest() {}

  /// Where a browser is sent (RFC 6749, section 4.1.1).
  static URI to(ProviderSettings settings, String endpoint, Trip trip) {
    return new AuthorizationRequest.Builder(ResponseType.CODE, new ClientID(settings.clientId()))
        .endpointURI(URI.create(endpoint))
        .redirectionURI(trip.redirectUri())
        .scope(Scope.parse(settings.askedScopes()))
        .state(new State(trip.state()))
        .codeChallenge(trip.verifier(), CodeChallengeMethod.S256)
        .build()
        .toURI();
  }

  /// The tokens of a reply. GitHub answers with 200 when there are none.
  static Tokens tokens(HTTPResponse reply) throws ProviderFailed {
    try {
      TokenResponse response = TokenResponse.parse(reply);
      if (response.indicatesSuccess()) {
        return response.toSuccessResponse().getTokens();
      }
      throw ProviderFailed.wrong(
          "it gives no tokens for the code: %s"
              .formatted(response.toErrorResponse().getErrorObject().getCode()));
    } catch (ParseException e) {
      throw ProviderFailed.wrong("it gives no tokens for the code");
    }
  }
}
