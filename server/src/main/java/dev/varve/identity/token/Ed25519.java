package dev.varve.identity.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.jca.JCAContext;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.Set;

/// EdDSA on the curve Ed25519 (RFC 8037) as Java has it; that of Nimbus takes one more library.
final class Ed25519 implements JWSSigner, JWSVerifier {
  private static final String NAME = "Ed25519";

  // what stands before the key itself in its X.509 form (RFC 8410, section 4)
  private static final byte[] PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");
  private static final int KEY_BYTES = 32;

  private final JCAContext context = new JCAContext();
  private final KeyPair pair;

  Ed25519(KeyPair pair) {
    this.pair = pair;
  }

  /// One that verifies alone.
  ///
  /// @param point the key itself
  /// @throws JOSEException when it is none
  static Ed25519 verifying(byte[] point) throws JOSEException {
    if (point.length != KEY_BYTES) {
      throw new JOSEException("A key of Ed25519 has %d bytes".formatted(KEY_BYTES));
    }
    byte[] encoded = new byte[PREFIX.length + KEY_BYTES];
    System.arraycopy(PREFIX, 0, encoded, 0, PREFIX.length);
    System.arraycopy(point, 0, encoded, PREFIX.length, KEY_BYTES);
    try {
      PublicKey key = KeyFactory.getInstance(NAME).generatePublic(new X509EncodedKeySpec(encoded));
      return new Ed25519(new KeyPair(key, null));
    } catch (GeneralSecurityException e) {
      throw new JOSEException("No key of Ed25519", e);
    }
  }

  @Override
  public Base64URL sign(JWSHeader header, byte[] input) throws JOSEException {
    try {
      Signature signature = signature();
      signature.initSign(pair.getPrivate());
      signature.update(input);
      return Base64URL.encode(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new JOSEException("Signing failed", e);
    }
  }

  @Override
  public boolean verify(JWSHeader header, byte[] input, Base64URL given) throws JOSEException {
    try {
      Signature signature = signature();
      signature.initVerify(pair.getPublic());
      signature.update(input);
      return signature.verify(given.decode());
    } catch (SignatureException e) {
      // of the wrong length, or no point of the curve
      return false;
    } catch (GeneralSecurityException e) {
      throw new JOSEException("Verifying failed", e);
    }
  }

  private Signature signature() throws GeneralSecurityException {
    Provider provider = context.getProvider();
    return provider == null ? Signature.getInstance(NAME) : Signature.getInstance(NAME, provider);
  }

  @Override
  public Set<JWSAlgorithm> supportedJWSAlgorithms() {
    return Set.of(JWSAlgorithm.EdDSA);
  }

  @Override
  public JCAContext getJCAContext() {
    return context;
  }
}
