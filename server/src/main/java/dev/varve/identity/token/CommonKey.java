package dev.varve.identity.token;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Optional;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/// Keys of 256 bits that follow from the secret which all nodes have, one for each purpose (HKDF with SHA-256, RFC 5869). The secret
/// comes from the environment, or else from a file in the data folder.
public final class CommonKey {
  private static final int BYTES = 32;

  private CommonKey() {}

  /// @param purpose for which nothing else uses the key
  static Optional<byte[]> find(String purpose, Secrets secrets, Path folder) {
    return secrets
        .bytes(Secrets.AUTH)
        .or(() -> SecretFile.in(folder).read())
        .map(secret -> derive(secret, purpose));
  }

  /// The key, after making a secret in the folder where there is none.
  public static byte[] findOrMake(
      String purpose, Secrets secrets, Path folder, SecureRandom random) {
    return find(purpose, secrets, folder)
        .orElseGet(() -> derive(SecretFile.in(folder).make(random), purpose));
  }

  private static byte[] derive(byte[] secret, String purpose) {
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(
              HKDFParameterSpec.ofExtract()
                  .addIKM(secret)
                  .thenExpand(purpose.getBytes(StandardCharsets.US_ASCII), BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has HKDF", e);
    }
  }
}
