package dev.varve.identity.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.jca.JCAContext;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.security.SignatureException;
import java.util.Set;

/// EdDSA on the curve Ed25519 (RFC 8037) as Java has it; that of Nimbus takes one more library.
final class Ed25519 implements JWSSigner, JWSVerifier {
  private static final String NAME = "Ed25519";

  private final JCAContext context = new JCAContext();
  private final KeyPair pair;

  Ed25519(KeyPair pair) {
    this.pair = pair;
  }

  @Override
  public Base64URL sign(JWSHeader header, byte[] input) throws JOSEException {
    try {
      Signature signature = Signature.getInstance(NAME);
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
      Signature signature = Signature.getInstance(NAME);
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

  @Override
  public Set<JWSAlgorithm> supportedJWSAlgorithms() {
    return Set.of(JWSAlgorithm.EdDSA);
  }

  @Override
  public JCAContext getJCAContext() {
    return context;
  }
}
