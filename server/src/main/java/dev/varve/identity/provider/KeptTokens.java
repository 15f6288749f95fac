package dev.varve.identity.provider;

import dev.varve.identity.token.Seal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;

/// Seals the tokens of a provider, each for one identity: in the place of another's they open nothing.
record KeptTokens(Supplier<Seal> seal) {
  String close(Somebody somebody, ProviderTokens tokens) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(seal.get().close(tokens.json(), covered(somebody)));
  }

  /// Nothing where they were sealed for another, or with another secret.
  Optional<ProviderTokens> open(Somebody somebody, String sealed) {
    try {
      byte[] plain = seal.get().open(Base64.getUrlDecoder().decode(sealed), covered(somebody));
      return Optional.of(ProviderTokens.read(plain));
    } catch (Seal.Broken | ProviderFailed | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static byte[] covered(Somebody somebody) {
    return String.join("\n", somebody.provider(), somebody.issuer(), somebody.subject())
        .getBytes(StandardCharsets.UTF_8);
  }
}
