package dev.varve.identity.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import dev.varve.net.http.ShownCertificate;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.util.Optional;

/// The certificate of somebody else, as a set of keys tells it (RFC 8705, section 2.2.2; RFC 7517, sections 4.7 and 4.9): by itself (`x5c`),
/// by its thumbprint (`x5t#S256`), or by its key alone, with which its owner may make one anew.
///
/// @param thumbprint of the certificate, where one alone is good
/// @param key of any that is good otherwise
/// @param mark by which it is told from others
public record ForeignCertificate(
    Optional<String> thumbprint, Optional<PublicKey> key, String mark) {
  /// @throws ForeignKey.Unusable when it is no public key, or none that is taken here
  public static ForeignCertificate of(JWK key) throws ForeignKey.Unusable {
    if (key.isPrivate() || !(key instanceof AsymmetricJWK asymmetric)) {
      throw new ForeignKey.Unusable("it is no public key: give the public one");
    }
    if (key instanceof RSAKey rsa) {
      ForeignKey.requireSize(rsa);
    }
    if (key.getX509CertChain() != null && !key.getX509CertChain().isEmpty()) {
      return exactly(ShownCertificate.thumbprint(key.getX509CertChain().getFirst().decode()));
    }
    if (key.getX509CertSHA256Thumbprint() != null) {
      return exactly(key.getX509CertSHA256Thumbprint().toString());
    }
    try {
      return new ForeignCertificate(
          Optional.empty(),
          Optional.of(asymmetric.toPublicKey()),
          key.computeThumbprint().toString());
    } catch (JOSEException e) {
      throw new ForeignKey.Unusable(
          "of such a key the certificate must stand beside it (x5c, x5t#S256)");
    }
  }

  private static ForeignCertificate exactly(String thumbprint) {
    return new ForeignCertificate(Optional.of(thumbprint), Optional.empty(), thumbprint);
  }

  /// Whether a client showed it.
  public boolean is(ShownCertificate shown) {
    return thumbprint.map(shown.thumbprint()::equals).orElseGet(() -> hasKeyOf(shown));
  }

  private boolean hasKeyOf(ShownCertificate shown) {
    byte[] own = key.orElseThrow().getEncoded();
    return MessageDigest.isEqual(own, shown.certificate().getPublicKey().getEncoded());
  }
}
