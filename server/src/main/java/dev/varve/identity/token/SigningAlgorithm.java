package dev.varve.identity.token;

import com.nimbusds.jose.JWSAlgorithm;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;

/// How access tokens are signed (RFC 7518, section 3.1; RFC 8037).
@SuppressWarnings("ImmutableEnumChecker") // parameter specifications do not change
public enum SigningAlgorithm {
  /// RSA of 2048 bits with SHA-256: what OpenID Connect asks of everybody, and the fastest to verify.
  RS256("RSA", new RSAKeyGenParameterSpec(2_048, RSAKeyGenParameterSpec.F4), JWSAlgorithm.RS256),
  /// ECDSA on the curve P-256 with SHA-256.
  ES256("EC", new ECGenParameterSpec("secp256r1"), JWSAlgorithm.ES256),
  /// Ed25519.
  EdDSA("Ed25519", NamedParameterSpec.ED25519, JWSAlgorithm.EdDSA),
  /// HMAC with SHA-256: who can verify can sign as well.
  HS256("HmacSHA256", new NamedParameterSpec("none"), JWSAlgorithm.HS256);

  private final String keyType;
  private final AlgorithmParameterSpec parameters;
  private final JWSAlgorithm jws;

  SigningAlgorithm(String keyType, AlgorithmParameterSpec parameters, JWSAlgorithm jws) {
    this.keyType = keyType;
    this.parameters = parameters;
    this.jws = jws;
  }

  JWSAlgorithm jws() {
    return jws;
  }

  /// Whether signer and verifier share one secret, so that nothing can be published.
  public boolean shared() {
    return this == HS256;
  }

  KeyPair newKeys(SecureRandom random) {
    try {
      KeyPairGenerator generator = NativeCode.OF_THIS_MACHINE.generator(keyType);
      generator.initialize(parameters, random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java makes no keys for " + this, e);
    }
  }

  /// @param publicKey X.509
  /// @param privateKey PKCS #8
  KeyPair keys(byte[] publicKey, byte[] privateKey) {
    try {
      KeyFactory factory = KeyFactory.getInstance(keyType);
      return new KeyPair(
          factory.generatePublic(new X509EncodedKeySpec(publicKey)),
          factory.generatePrivate(new PKCS8EncodedKeySpec(privateKey)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("A stored key is not one for " + this, e);
    }
  }
}
