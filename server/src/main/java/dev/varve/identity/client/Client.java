package dev.varve.identity.client;

import dev.varve.identity.token.ForeignKey;
import dev.varve.identity.token.OpaqueToken;
import java.security.MessageDigest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// An application that signs people in with Varve.
///
/// @param id its `client_id`
/// @param title what people are told it is called
/// @param redirectUris where browsers are sent back to it
/// @param logoutUris where they may be sent when somebody has signed out
/// @param scopes what it may ask for
/// @param secrets the SHA-256 of each secret that is good; none of a public client
/// @param asks whether people are asked before it is let in
/// @param keys with which it signs assertions
/// @param pushes whether it must push its requests (RFC 9126)
/// @param binds whether its access tokens must be bound to a key (RFC 9449)
public record Client(
    String id,
    String title,
    List<String> redirectUris,
    List<String> logoutUris,
    Set<String> scopes,
    Set<GrantType> grants,
    List<byte[]> secrets,
    boolean asks,
    List<ForeignKey> keys,
    boolean pushes,
    boolean binds) {
  static final int SECRET_LENGTH_MIN = 32;

  public Client {
    redirectUris = List.copyOf(redirectUris);
    logoutUris = List.copyOf(logoutUris);
    scopes = Set.copyOf(scopes);
    grants = Set.copyOf(grants);
    secrets = List.copyOf(secrets);
    keys = List.copyOf(keys);
  }

  static Client of(ClientSettings settings, List<String> secrets) {
    return new Client(
        settings.id(),
        settings.title(),
        settings.redirectUris(),
        settings.logoutUris(),
        new LinkedHashSet<>(settings.scopes()),
        settings.grants().stream()
            .map(value -> GrantType.of(value).orElseThrow())
            .collect(Collectors.toSet()),
        secrets.stream().map(OpaqueToken::sha256).toList(),
        settings.consent() == ConsentPolicy.ASK,
        ClientKeys.read(settings.jwks()),
        settings.pushedRequests(),
        settings.boundTokens());
  }

  /// Whether it can keep a secret (RFC 6749, section 2.1).
  public boolean confidential() {
    return !secrets.isEmpty() || !keys.isEmpty();
  }

  /// Whether a secret is one of its own; takes as long for each that is not.
  public boolean hasSecret(String secret) {
    byte[] hash = OpaqueToken.sha256(secret);
    boolean found = false;
    for (byte[] known : secrets) {
      found |= MessageDigest.isEqual(known, hash);
    }
    return found;
  }

  public boolean mayBeSentTo(String redirectUri) {
    return redirectUris.stream().anyMatch(known -> RedirectUri.matches(known, redirectUri));
  }

  public boolean mayBeSentAfterLogout(String uri) {
    return logoutUris.stream().anyMatch(known -> RedirectUri.matches(known, uri));
  }
}
