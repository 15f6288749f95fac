package dev.varve.face.auth;

import dev.varve.identity.token.SigningKeys;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;

/// `/.well-known/jwks.json`: the keys that verify access tokens, as a JWK set (RFC 7517, section 5).
final class PublishedKeys {
  private PublishedKeys() {}

  static Answer answer(SigningKeys keys, Request request) {
    return Answer.bytes(200, "application/jwk-set+json", keys.published(request.startedAt()))
        .with("Cache-Control", "public, max-age=" + SigningKeys.PUBLISHED_FOR.toSeconds());
  }
}
