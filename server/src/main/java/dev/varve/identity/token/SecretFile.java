package dev.varve.identity.token;

import dev.varve.kernel.PrivateFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// The file `secret` in the data folder, for those who set no secret in the environment: one line that nobody but its
/// owner may read.
record SecretFile(Path path) {
  private static final int BYTES_MAX = 4_096;

  static SecretFile in(Path folder) {
    return new SecretFile(folder.resolve("secret"));
  }

  /// What the file holds, if it is there.
  ///
  /// @throws UnusableSecret when others may read it, or when it is empty
  Optional<byte[]> read() {
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    try {
      requireOwnerOnly();
      return Optional.of(content());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + path, e);
    }
  }

  private byte[] content() throws IOException {
    if (Files.size(path) > BYTES_MAX) {
      throw new UnusableSecret("%s is no secret of Varve: it is too large".formatted(path));
    }
    String text = Files.readString(path, StandardCharsets.US_ASCII).strip();
    if (text.isEmpty()) {
      throw new UnusableSecret(
          "%s is empty: bring it back from a backup, or remove it".formatted(path));
    }
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private void requireOwnerOnly() throws IOException {
    if (!PrivateFile.hasOwners(path)) {
      return;
    }
    Set<PosixFilePermission> others = EnumSet.copyOf(Files.getPosixFilePermissions(path));
    others.removeIf(permission -> permission.name().startsWith("OWNER"));
    if (!others.isEmpty()) {
      throw new UnusableSecret(
          "%s can be read or changed by others than its owner. If nobody has, take that away: chmod 600 %s"
              .formatted(path, path));
    }
  }

  /// Makes the file with a new secret. What is sealed with it is durable, and so is the file.
  byte[] make(SecureRandom random) {
    String secret = OpaqueToken.random(random).text();
    try {
      PrivateFile.write(path, (secret + "\n").getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make " + path, e);
    }
    return secret.getBytes(StandardCharsets.US_ASCII);
  }
}
