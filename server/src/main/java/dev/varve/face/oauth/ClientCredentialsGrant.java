package dev.varve.face.oauth;

import dev.varve.identity.client.Client;
import dev.varve.identity.token.AccessTokens.Given;
import dev.varve.schema.Scopes;
import java.util.LinkedHashSet;
import java.util.Set;

/// A token with which a client acts for itself (RFC 6749, section 4.4).
final class ClientCredentialsGrant {
  private ClientCredentialsGrant() {}

  /// @throws OAuthError invalid_scope
  static Granted grant(TokenRequest request) {
    Client client = request.client();
    Set<String> asked = request.scopes();
    Set<String> scopes = new LinkedHashSet<>(asked.isEmpty() ? client.scopes() : asked);
    // who somebody is, and what they may, takes somebody
    scopes.removeAll(Scopes.OWN);
    if (!client.scopes().containsAll(scopes) || scopes.isEmpty()) {
      throw new OAuthError(
          OAuthError.INVALID_SCOPE, "The client may have none of these scopes for itself");
    }
    return new Granted.ForItself(Given.ofItself(client.id(), scopes, request.resource()));
  }
}
