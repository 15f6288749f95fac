package dev.varve.net.certificate;

import dev.varve.settings.WrongSetting;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/// A private key in PEM (RFC 7468), in one of the three forms that tools write: PKCS#8, PKCS#1 (RSA) and SEC 1 (EC).
final class PemKey {
  private PemKey() {}

  /// @param file for messages
  /// @param certified the other half, which tells of what kind the key is
  /// @throws GeneralSecurityException when it is of another kind
  static PrivateKey read(String setting, String file, byte[] pem, PublicKey certified)
      throws GeneralSecurityException {
    try {
      byte[] encoded = encoded(setting, file, pem).getEncoded();
      return KeyFactory.getInstance(certified.getAlgorithm())
          .generatePrivate(new PKCS8EncodedKeySpec(encoded));
    } catch (IOException e) {
      throw new WrongSetting(
          setting,
          "names %s, which holds no private key that can be read: %s"
              .formatted(file, e.getMessage()));
    }
  }

  private static PrivateKeyInfo encoded(String setting, String file, byte[] pem)
      throws IOException {
    try (PEMParser parser =
        new PEMParser(new StringReader(new String(pem, StandardCharsets.ISO_8859_1)))) {
      Object part = parser.readObject();
      while (part != null) {
        switch (part) {
          case PrivateKeyInfo key -> {
            return key;
          }
          case PEMKeyPair pair -> {
            return pair.getPrivateKeyInfo();
          }
          case PKCS8EncryptedPrivateKeyInfo _, PEMEncryptedKeyPair _ ->
              throw new WrongSetting(
                  setting,
                  "names %s, a key that has a password: take it off with `openssl pkey -in KEY -out NEW`, or use a PKCS#12 file"
                      .formatted(file));
          // parameters of a curve stand before its key
          default -> part = parser.readObject();
        }
      }
    }
    throw new WrongSetting(
        setting,
        "names %s, which holds no private key: it must be a PEM file with -----BEGIN PRIVATE KEY-----"
            .formatted(file));
  }
}
