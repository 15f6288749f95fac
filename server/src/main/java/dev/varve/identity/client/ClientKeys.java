package dev.varve.identity.client;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import dev.varve.identity.token.ForeignKey;
import dev.varve.settings.WrongSetting;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;

/// Reads the public keys of a client (RFC 7517, section 5): `{"keys": [{"kty": "EC", "crv": "P-256", ...}]}`.
final class ClientKeys {
  /// Of the JSON.
  static final int LENGTH_MAX = 20_000;

  // one that signs, one that takes over, and as much again for each algorithm
  private static final int KEYS_MAX = 10;

  private ClientKeys() {}

  /// What a key is taken for.
  @FunctionalInterface
  interface Reader<K> {
    K read(JWK key) throws ForeignKey.Unusable;
  }

  /// @param text empty for none
  /// @throws WrongSetting naming `jwks`
  static <K> List<K> read(String text, Reader<K> reader) {
    if (text.isEmpty()) {
      return List.of();
    }
    List<JWK> keys = parsed(text);
    if (keys.isEmpty() || keys.size() > KEYS_MAX) {
      throw wrong("must have 1 to %d keys".formatted(KEYS_MAX));
    }
    List<K> known = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      try {
        known.add(reader.read(keys.get(i)));
      } catch (ForeignKey.Unusable e) {
        throw wrong("has a key at %d that is not good: %s".formatted(i, e.getMessage()));
      }
    }
    return known;
  }

  /// Those at a URL. Others may read it too: keys of a kind that is not known here are passed over, and so are those that encrypt
  /// (RFC 7517, sections 4.2 and 5). One that should be secret spoils them all.
  ///
  /// @throws WrongSetting naming `jwks`
  static <K> List<K> fetched(String text, Reader<K> reader) {
    List<K> known = new ArrayList<>();
    for (JWK key : parsed(text)) {
      if (key.isPrivate()) {
        throw wrong("has a private key, which everybody can read there");
      }
      if (!KeyUse.ENCRYPTION.equals(key.getKeyUse())) {
        addUsable(known, key, reader);
      }
    }
    if (known.isEmpty() || known.size() > KEYS_MAX) {
      throw wrong("must have 1 to %d keys that are good here".formatted(KEYS_MAX));
    }
    return known;
  }

  private static <K> void addUsable(List<K> known, JWK key, Reader<K> reader) {
    try {
      known.add(reader.read(key));
    } catch (ForeignKey.Unusable e) {
      // for somebody else
    }
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
