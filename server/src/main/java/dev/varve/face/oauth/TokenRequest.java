package dev.varve.face.oauth;

import dev.varve.identity.account.RequestSource;
import dev.varve.identity.client.Client;
import dev.varve.identity.token.Audiences;
import dev.varve.identity.token.TokenBinding;
import dev.varve.net.http.QueryString;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A request for tokens, once it is known which client sends it.
///
/// @param resource whom the access token is to be for (RFC 8707); nothing stands for this server
/// @param binding what the client has shown, to which its tokens are bound
record TokenRequest(
    QueryString form,
    Client client,
    Optional<String> resource,
    TokenBinding binding,
    RequestSource source) {
  /// @param audiences whom access tokens may be for
  /// @throws OAuthError invalid_target
  static TokenRequest of(
      QueryString form,
      Client client,
      Audiences audiences,
      TokenBinding binding,
      RequestSource source) {
    return new TokenRequest(form, client, OAuthForm.resource(form, audiences), binding, source);
  }

  /// Whether its token is to be for more than what was asked for first.
  boolean isWider(Optional<String> first, Audiences audiences) {
    return resource.isPresent()
        && first.isPresent()
        && !audiences.isWithin(resource.get(), first.get());
  }

  Optional<String> value(String name) {
    return OAuthForm.value(form, name);
  }

  /// @throws OAuthError invalid_request when it is missing
  String require(String name) {
    return OAuthForm.require(form, name);
  }

  /// Those that are asked for; none when all are.
  Set<String> scopes() {
    Set<String> scopes = new LinkedHashSet<>();
    value("scope").ifPresent(text -> scopes.addAll(List.of(text.split(" ", -1))));
    scopes.remove("");
    return scopes;
  }
}
