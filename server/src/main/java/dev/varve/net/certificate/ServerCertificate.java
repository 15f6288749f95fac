package dev.varve.net.certificate;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/// A certificate, those that vouch for it, and its private key.
///
/// @param chain the certificate itself first
record ServerCertificate(List<X509Certificate> chain, PrivateKey key) {
  ServerCertificate {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("A chain has a certificate");
    }
  }

  X509Certificate certificate() {
    return chain.getFirst();
  }

  Instant notBefore() {
    return certificate().getNotBefore().toInstant();
  }

  Instant notAfter() {
    return certificate().getNotAfter().toInstant();
  }

  /// Whether the key is the one that the certificate speaks of: what the one signs the other verifies.
  boolean keyFits() {
    PublicKey known = certificate().getPublicKey();
    String algorithm = signatureAlgorithm(known.getAlgorithm());
    byte[] text = {1, 2, 3};
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(known);
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      // a key of another kind, or of another size
      return false;
    }
  }

  private static String signatureAlgorithm(String keyAlgorithm) {
    return switch (keyAlgorithm) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> keyAlgorithm;
    };
  }
}
