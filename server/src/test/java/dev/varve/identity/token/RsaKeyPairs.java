package dev.varve.identity.token;

import com.nimbusds.jose.jwk.RSAKey;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.RSAPublicKey;

/// Keys of RSA for tests, made as those of Varve are: the code of Java takes a second for one where nothing is compiled for long.
public final class RsaKeyPairs {
  private RsaKeyPairs() {}

  /// Of 2,048 bits.
  public static KeyPair make() {
    return SigningAlgorithm.RS256.newKeys(new SecureRandom());
  }

  /// The same as a JSON Web Key with its private part.
  public static RSAKey make(String id) {
    KeyPair pair = make();
    return new RSAKey.Builder((RSAPublicKey) pair.getPublic())
        .privateKey(pair.getPrivate())
        .keyID(id)
        .build();
  }
}
