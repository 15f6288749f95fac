package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.RequestProofs;
import dev.varve.identity.account.SingleUse;
import dev.varve.identity.client.Client;
import dev.varve.identity.client.Clients;
import dev.varve.identity.client.GrantType;
import dev.varve.identity.token.Audiences;
import dev.varve.identity.token.IdTokens;
import dev.varve.identity.token.KeyProofs;
import dev.varve.identity.token.TokenBinding;
import dev.varve.net.http.Answer;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import dev.varve.net.http.ShownCertificate;
import java.util.Optional;

/// `POST /oauth2/token`: a client gets tokens for a code, for the refresh token that came with the last, for itself (RFC 6749,
/// sections 4.1.3, 6 and 4.4), or for a device (RFC 8628). Each of these grants has its class.
///
/// ```
/// {"access_token": "...", "token_type": "Bearer", "expires_in": 900, "refresh_token": "...", "scope": "openid orders:read",
///  "id_token": "..."}
/// ```
final class TokenEndpoint {
  static final String PATH = "/oauth2/token";

  private final ClientProof proof;
  private final RequestProofs keys;
  private final Audiences audiences;
  private final CodeGrant codes;
  private final DeviceGrant devices;
  private final RefreshGrant refreshes;
  private final TokenAnswers answers;

  /// @param audiences whom access tokens may be for
  TokenEndpoint(
      AccountContext context,
      Clients clients,
      ClientProof proof,
      RequestProofs keys,
      SingleUse singleUse,
      IdTokens idTokens,
      Audiences audiences) {
    this.proof = proof;
    this.keys = keys;
    this.audiences = audiences;
    ApplicationSessions sessions = new ApplicationSessions(context, clients, audiences);
    this.codes = new CodeGrant(context, singleUse, sessions);
    this.devices = new DeviceGrant(context, sessions);
    this.refreshes = new RefreshGrant(context, audiences);
    this.answers = new TokenAnswers(context, keys, idTokens);
  }

  Answer post(Request request) {
    QueryString form = OAuthForm.of(request);
    // first, so that a proof that needs another nonce costs nothing that is good once
    Optional<KeyProofs.Good> looked = keys.look(request);
    Client client = proof.prove(request, form);
    Optional<String> key = keys.use(looked);
    GrantType type = type(form, client);
    if (client.profile().binds() && key.isEmpty()) {
      throw KeyProofs.missing("The client must send the proof of a key in the header DPoP");
    }
    TokenBinding binding = new TokenBinding(key, certificate(client, request));
    TokenRequest asked =
        TokenRequest.of(form, client, audiences, binding, AccountContext.source(request));
    Granted granted =
        switch (type) {
          case AUTHORIZATION_CODE -> codes.grant(asked);
          case REFRESH_TOKEN -> refreshes.grant(asked);
          case CLIENT_CREDENTIALS -> ClientCredentialsGrant.grant(asked);
          case DEVICE_CODE -> devices.grant(asked);
        };
    return answers.of(granted, binding);
  }

  /// The certificate to which the tokens of a client are bound, of one that wants that (RFC 8705, section 3).
  private static Optional<String> certificate(Client client, Request request) {
    if (!client.profile().bindsToCertificate()) {
      return Optional.empty();
    }
    String thumbprint =
        request
            .certificate()
            .map(ShownCertificate::thumbprint)
            .orElseThrow(() ->
                new OAuthError(
                    OAuthError.INVALID_REQUEST,
                    "The tokens of the client are bound to the certificate that it shows, and none came with the connection"));
    return Optional.of(thumbprint);
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
