package dev.varve.net.http;

import dev.varve.kernel.Sha256;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;

/// The certificate that a client showed when its connection began, with the proof that it has the key.
///
/// @param vouched whether an authority that the settings name, or a proxy that they trust to look, vouches for what it says: if not, nothing
///     is known but that the client has its key
/// @param thumbprint SHA-256 in base64url, by which it is known everywhere (`x5t#S256`; RFC 8705, section 3.1)
public record ShownCertificate(X509Certificate certificate, boolean vouched, String thumbprint) {
  /// One that came with a handshake.
  public static ShownCertificate of(X509Certificate certificate, boolean vouched) {
    try {
      return new ShownCertificate(certificate, vouched, thumbprint(certificate.getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("A certificate that was read can be written", e);
    }
  }

  /// One that somebody tells of.
  ///
  /// @param encoded its DER, and nothing else
  /// @throws CertificateException when it is something else
  public static ShownCertificate read(byte[] encoded, boolean vouched) throws CertificateException {
    X509Certificate certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(encoded));
    // what stands behind it would be read by nobody, and changes the thumbprint
    if (!Arrays.equals(certificate.getEncoded(), encoded)) {
      throw new CertificateException("It is not one certificate alone");
    }
    return new ShownCertificate(certificate, vouched, thumbprint(encoded));
  }

  /// Of a certificate as DER.
  public static String thumbprint(byte[] encoded) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Sha256.of(encoded));
  }
}
