package dev.varve.identity.provider;

import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import java.time.Instant;
import java.util.Optional;

/// How this server proves to a provider that it is the client that is registered there.
sealed interface ProviderSecret {
  /// What is sent with a request for tokens; nothing of a public client.
  ///
  /// @param post whether the provider takes it in the form and not in a header
  Optional<ClientAuthentication> proof(boolean post, Instant at);

  /// A public client: PKCE alone.
  record None() implements ProviderSecret {
    @Override
    public Optional<ClientAuthentication> proof(boolean post, Instant at) {
      return Optional.empty();
    }
  }

  /// A text that both know.
  record Shared(ClientID client, Secret secret) implements ProviderSecret {
    @Override
    public Optional<ClientAuthentication> proof(boolean post, Instant at) {
      return Optional.of(
          post ? new ClientSecretPost(client, secret) : new ClientSecretBasic(client, secret));
    }
  }

  /// A text that is signed anew each time.
  record Signed(ClientID client, AppleSecret key) implements ProviderSecret {
    @Override
    public Optional<ClientAuthentication> proof(boolean post, Instant at) {
      return Optional.of(new ClientSecretPost(client, new Secret(key.signed(client, at))));
    }
  }
}
