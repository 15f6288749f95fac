package dev.varve.identity.token;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// The file `secret` in the data folder, for those who set no secret in the environment: one line that nobody but its
/// owner may read.
record SecretFile(Path path) {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");
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
    if (!hasPermissions()) {
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

  /// Makes the file with a new secret.
  byte[] make(SecureRandom random) {
    byte[] text = OpaqueToken.random(random).text().getBytes(StandardCharsets.US_ASCII);
    FileAttribute<?>[] attributes =
        hasPermissions()
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
            : new FileAttribute<?>[0];
    try (FileChannel file =
        FileChannel.open(
            path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
      file.write(ByteBuffer.wrap(text));
      file.write(ByteBuffer.wrap(new byte[] {'\n'}));
      file.force(true);
      keepName();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make " + path, e);
    }
    return text;
  }

  /// What is sealed with the secret is durable, so the file must be, and its name in the folder.
  private void keepName() throws IOException {
    if (hasPermissions()) {
      try (FileChannel folder =
          FileChannel.open(Objects.requireNonNull(path.toAbsolutePath().getParent()))) {
        folder.force(true);
      }
    }
  }

  private boolean hasPermissions() {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
