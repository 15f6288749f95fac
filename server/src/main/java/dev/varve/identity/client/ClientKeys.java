package dev.varve.identity.client;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import dev.varve.identity.token.ForeignKey;
import dev.varve.settings.WrongSetting;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;

/// Reads the public keys of a client (RFC 7517, section 5): `{"keys": [{"kty": "EC", "crv": "P-256", ...}]}`.
final class ClientKeys {
  private static final int LENGTH_MAX = 20_000;
  // one that signs, one that takes over, and as much again for each algorithm
  private static final int KEYS_MAX = 10;

  private ClientKeys() {}

  /// @param text empty for none
  /// @throws WrongSetting naming `jwks`
  static List<ForeignKey> read(String text) {
    if (text.isEmpty()) {
      return List.of();
    }
    List<JWK> keys = parsed(text);
    if (keys.isEmpty() || keys.size() > KEYS_MAX) {
      throw wrong("must have 1 to %d keys".formatted(KEYS_MAX));
    }
    List<ForeignKey> known = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      try {
        known.add(ForeignKey.known(keys.get(i)));
      } catch (ForeignKey.Unusable e) {
        throw wrong("has a key at %d that is not good: %s".formatted(i, e.getMessage()));
      }
    }
    return known;
  }

  private static List<JWK> parsed(String text) {
    if (text.length() > LENGTH_MAX) {
      throw wrong("has more than %,d characters".formatted(LENGTH_MAX));
    }
    try {
      return JWKSet.parse(text).getKeys();
    } catch (ParseException e) {
      throw wrong("is no set of keys. Write it as JSON: {\"keys\": [...]} (RFC 7517)");
    }
  }

  private static WrongSetting wrong(String message) {
    return new WrongSetting("jwks", message);
  }
}
