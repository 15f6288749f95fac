package dev.varve.identity.token;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Keeps what the database holds from whoever has the database alone: AES-256-GCM under a key derived from a secret
/// (HKDF with SHA-256, RFC 5869). The secret comes from the environment, or else from a file in the data folder.
public final class Seal {
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final SecretKey key;
  private final SecureRandom random;

  /// What is sealed: each has a key of its own, so that nothing sealed for one can be put in the place of another.
  public enum Purpose {
    SIGNING_KEYS("varve signing keys v1"),
    FACTORS("varve second factors v1"),
    PROVIDER_TOKENS("varve provider tokens v1"),
    MAILS("varve mails v1");

    private final String info;

    Purpose(String info) {
      this.info = info;
    }
  }

  private Seal(byte[] key, SecureRandom random) {
    this.random = random;
    this.key = new SecretKeySpec(key, "AES");
  }

  /// Something was sealed with another secret, or altered since.
  public static final class Broken extends Exception {
    private static final long serialVersionUID = 1L;

    private Broken(@Nullable GeneralSecurityException cause) {
      super("The seal does not fit", cause);
    }
  }

  /// The seal of signing keys under the secret of the environment or of the folder, where there is one.
  public static Optional<Seal> find(Secrets secrets, Path folder, SecureRandom random) {
    return find(Purpose.SIGNING_KEYS, secrets, folder, random);
  }

  private static Optional<Seal> find(
      Purpose purpose, Secrets secrets, Path folder, SecureRandom random) {
    return CommonKey.find(purpose.info, secrets, folder).map(key -> new Seal(key, random));
  }

  /// The seal for a purpose, after making a secret in the folder where there is none.
  public static Seal findOrMake(
      Purpose purpose, Secrets secrets, Path folder, SecureRandom random) {
    return new Seal(CommonKey.findOrMake(purpose.info, secrets, folder, random), random);
  }

  /// @param covered what has to be there unaltered when the seal is broken
  public byte[] close(byte[] plain, byte[] covered) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, covered).doFinal(plain);
      return ByteBuffer.allocate(nonce.length + sealed.length).put(nonce).put(sealed).array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Sealing failed", e);
    }
  }

  public byte[] open(byte[] sealed, byte[] covered) throws Broken {
    if (sealed.length < NONCE_BYTES + TAG_BITS / Byte.SIZE) {
      throw new Broken(null);
    }
    byte[] nonce = Arrays.copyOf(sealed, NONCE_BYTES);
    try {
      return cipher(Cipher.DECRYPT_MODE, nonce, covered)
          .doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
    } catch (GeneralSecurityException e) {
      throw new Broken(e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, byte[] covered) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce), random);
    cipher.updateAAD(covered);
    return cipher;
  }
}
