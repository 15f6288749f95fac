package dev.varve.identity.token;

import com.nimbusds.jose.jwk.JWK;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The keys of a server with the times at which they sign and verify.
///
/// @param keys oldest first
record KeyRing(List<Held> keys) {
  // a clock that is set back must not make good tokens bad
  private static final Duration SPARE = Duration.ofMinutes(5);

  /// A key with its times.
  ///
  /// @param retiresAt when nothing that it signed can be alive any more
  record Held(SigningKey key, Instant createdAt, Instant signsFrom, Instant retiresAt) {
    boolean verifiesAt(Instant at) {
      return at.isBefore(retiresAt);
    }
  }

  /// @param stored oldest first
  static KeyRing of(List<StoredKey> stored, Seal seal) throws Seal.Broken {
    List<Held> keys = new ArrayList<>();
    for (int i = 0; i < stored.size(); i++) {
      StoredKey one = stored.get(i);
      Instant retiresAt = i + 1 < stored.size() ? retiresAt(stored.get(i + 1)) : Instant.MAX;
      keys.add(new Held(one.open(seal), one.createdAt(), one.signsFrom(), retiresAt));
    }
    return new KeyRing(List.copyOf(keys));
  }

  List<String> ids() {
    return keys.stream().map(held -> held.key().id()).toList();
  }

  Optional<Held> newest() {
    return keys.isEmpty() ? Optional.empty() : Optional.of(keys.getLast());
  }

  /// The newest key that is to sign by now, or, should the clock have been set back, the oldest.
  Held signingAt(Instant at) {
    for (Held held : keys.reversed()) {
      if (!held.signsFrom().isAfter(at)) {
        return held;
      }
    }
    return keys.getFirst();
  }

  /// The key whose tokens of this type have this header, byte for byte, if it verifies at that moment.
  @Nullable SigningKey verifying(TokenType type, String headerText, Instant at) {
    for (Held held : keys) {
      if (held.key().headerText(type).equals(headerText)) {
        return held.verifiesAt(at) ? held.key() : null;
      }
    }
    return null;
  }

  /// The public halves of all keys that verify (RFC 7517), as plain JSON values.
  List<Object> published(Instant at) {
    List<Object> published = new ArrayList<>();
    for (Held held : keys) {
      if (held.verifiesAt(at)) {
        held.key()
            .published()
            .map(JWK::toJSONObject)
            .map(LinkedHashMap::new)
            .ifPresent(published::add);
      }
    }
    return published;
  }

  /// When nothing that was signed before the successor took over can be alive any more.
  static Instant retiresAt(StoredKey successor) {
    return successor.signsFrom().plus(SigningKeys.TOKEN_LIFETIME_MAX).plus(SPARE);
  }
}
