package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.identity.account.SingleUse;
import dev.varve.identity.client.Client;
import dev.varve.identity.client.GrantType;
import dev.varve.identity.token.IdTokens;
import dev.varve.net.http.Answer;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import java.util.Set;

/// `POST /oauth2/token`: a client gets tokens for a code, for the refresh token that came with the last, or for itself (RFC 6749,
/// sections 4.1.3, 6 and 4.4). Each of these grants has its class.
///
/// ```
/// {"access_token": "...", "token_type": "Bearer", "expires_in": 900, "refresh_token": "...", "scope": "openid orders:read",
///  "id_token": "..."}
/// ```
final class TokenEndpoint {
  static final String PATH = "/oauth2/token";

  private final ClientProof proof;
  private final Set<String> resources;
  private final CodeGrant codes;
  private final RefreshGrant refreshes;
  private final TokenAnswers answers;

  /// @param resources whom access tokens may be for
  TokenEndpoint(
      AccountContext context,
      ClientProof proof,
      SingleUse singleUse,
      IdTokens idTokens,
      Set<String> resources) {
    this.proof = proof;
    this.resources = resources;
    this.codes = new CodeGrant(context, singleUse, new ApplicationSessions(context));
    this.refreshes = new RefreshGrant(context);
    this.answers = new TokenAnswers(context, idTokens);
  }

  Answer post(Request request) {
    QueryString form = OAuthForm.of(request);
    Client client = proof.prove(request, form);
    GrantType type = type(form, client);
    TokenRequest asked = TokenRequest.of(form, client, resources, AccountContext.source(request));
    return answers.of(
        switch (type) {
          case AUTHORIZATION_CODE -> codes.grant(asked);
          case REFRESH_TOKEN -> refreshes.grant(asked);
          case CLIENT_CREDENTIALS -> ClientCredentialsGrant.grant(asked);
        });
  }

  private static GrantType type(QueryString form, Client client) {
    GrantType type =
        GrantType.of(OAuthForm.require(form, "grant_type"))
            .orElseThrow(() ->
                new OAuthError(
                    OAuthError.UNSUPPORTED_GRANT_TYPE, "grant_type is none of this server"));
    if (!client.grants().contains(type)) {
      throw new OAuthError(
          OAuthError.UNAUTHORIZED_CLIENT, "The client is not registered for this grant_type");
    }
    return type;
  }
}
