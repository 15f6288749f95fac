package dev.varve.identity.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.util.List;
import java.util.Optional;

/// The public key of somebody else, who signs with one algorithm (RFC 8725, section 3.1).
public final class ForeignKey {
  /// What a key signs with when it does not say: FAPI 2.0 Security Profile, section 5.4.1.
  private static final List<JWSAlgorithm> STRONG =
      List.of(JWSAlgorithm.ES256, JWSAlgorithm.PS256, JWSAlgorithm.EdDSA);

  /// Their names, as metadata and challenges list them.
  public static final List<String> STRONG_NAMES =
      STRONG.stream().map(JWSAlgorithm::getName).toList();

  // RFC 7518, section 3.5
  private static final int RSA_BITS_MIN = 2_048;
  // whoever sends a key decides how long it takes to verify with it
  private static final int RSA_BITS_MAX = 4_096;

  // 65,537 has 17; one as long as the key would take a hundred times as long to verify with
  private static final int RSA_EXPONENT_BITS_MAX = 32;

  private final Optional<String> id;
  private final String thumbprint;
  private final JWSAlgorithm algorithm;
  private final JWSVerifier verifier;

  private ForeignKey(
      Optional<String> id, String thumbprint, JWSAlgorithm algorithm, JWSVerifier verifier) {
    this.id = id;
    this.thumbprint = thumbprint;
    this.algorithm = algorithm;
    this.verifier = verifier;
  }

  /// Something is no public key, or none that is taken here.
  public static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    Unusable(String message) {
      super(message, null, false, false);
    }
  }

  /// A key that came with what it has signed.
  static ForeignKey strong(JWK key, JWSAlgorithm algorithm) throws Unusable {
    if (!STRONG.contains(algorithm)) {
      throw new Unusable("alg must be one of " + String.join(", ", STRONG_NAMES));
    }
    return of(key, algorithm);
  }

  /// A key that is known beforehand. RS256 is for keys that say so (`alg`).
  public static ForeignKey known(JWK key) throws Unusable {
    if (key.getAlgorithm() == null) {
      return of(key, fitting(key));
    }
    JWSAlgorithm said = JWSAlgorithm.parse(key.getAlgorithm().getName());
    if (!STRONG.contains(said) && !JWSAlgorithm.RS256.equals(said)) {
      throw new Unusable("alg must be one of %s, RS256".formatted(String.join(", ", STRONG_NAMES)));
    }
    return of(key, said);
  }

  private static JWSAlgorithm fitting(JWK key) {
    return switch (key) {
      case RSAKey _ -> JWSAlgorithm.PS256;
      case OctetKeyPair _ -> JWSAlgorithm.EdDSA;
      default -> JWSAlgorithm.ES256; // of every other kind there is no verifier with it
    };
  }

  private static ForeignKey of(JWK key, JWSAlgorithm algorithm) throws Unusable {
    if (key.isPrivate()) {
      throw new Unusable("it is a private key: give the public one");
    }
    try {
      return new ForeignKey(
          Optional.ofNullable(key.getKeyID()),
          key.computeThumbprint().toString(),
          algorithm,
          verifier(key, algorithm));
    } catch (JOSEException e) {
      throw new Unusable("it is no key for %s".formatted(algorithm.getName()));
    }
  }

  private static JWSVerifier verifier(JWK key, JWSAlgorithm algorithm)
      throws JOSEException, Unusable {
    if (key instanceof RSAKey rsa && JWSAlgorithm.Family.RSA.contains(algorithm)) {
      requireSize(rsa);
      if (rsa.getPublicExponent().decodeToBigInteger().bitLength() > RSA_EXPONENT_BITS_MAX) {
        throw new Unusable(
            "the exponent of an RSA key has at most %d bits; take 65537"
                .formatted(RSA_EXPONENT_BITS_MAX));
      }
      return new RSASSAVerifier(rsa.toRSAPublicKey());
    }
    if (key instanceof ECKey ec
        && ec.getCurve().equals(Curve.P_256)
        && algorithm.equals(JWSAlgorithm.ES256)) {
      return new ECDSAVerifier(NativeCode.OF_THIS_MACHINE.own(ec.toECPublicKey()));
    }
    if (key instanceof OctetKeyPair pair
        && pair.getCurve().equals(Curve.Ed25519)
        && algorithm.equals(JWSAlgorithm.EdDSA)) {
      return Ed25519.verifying(pair.getDecodedX());
    }
    throw new Unusable("it is no key for %s".formatted(algorithm.getName()));
  }

  static void requireSize(RSAKey key) throws Unusable {
    if (key.size() < RSA_BITS_MIN || key.size() > RSA_BITS_MAX) {
      throw new Unusable("an RSA key has %,d to %,d bits".formatted(RSA_BITS_MIN, RSA_BITS_MAX));
    }
  }

  /// Its name among the keys of whoever has it.
  Optional<String> id() {
    return id;
  }

  /// What it is known by everywhere (RFC 7638).
  public String thumbprint() {
    return thumbprint;
  }

  JWSAlgorithm algorithm() {
    return algorithm;
  }

  /// Whether it has signed a token.
  boolean verifies(SignedByOther token) {
    return verifies(token.header(), token.input(), token.signature());
  }

  private boolean verifies(JWSHeader header, byte[] input, Base64URL signature) {
    if (!JWSAlgorithm.Family.RSA.contains(algorithm)) {
      // with RSA, Java verifies as fast
      NativeCode.OF_THIS_MACHINE.take(verifier);
    }
    try {
      return verifier.verify(header, input, signature);
    } catch (JOSEException e) {
      return false; // such as a signature of the wrong length
    }
  }
}
