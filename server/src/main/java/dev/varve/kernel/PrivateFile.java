package dev.varve.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/// Files that nobody but their owner may read or change, where the file system knows owners.
public final class PrivateFile {
  private static final String OWNER_ONLY = "rw-------";

  private PrivateFile() {}

  /// Replaces what a file holds: whoever looks finds the old or the new, whole, and so does the machine after its power
  /// was cut.
  ///
  /// @param path in a folder that is made where it is missing
  public static void write(Path path, byte[] content) throws IOException {
    Path folder = Objects.requireNonNull(path.toAbsolutePath().getParent());
    Files.createDirectories(folder);
    Path next = folder.resolve(path.getFileName() + ".next");
    Files.deleteIfExists(next);
    try (FileChannel file =
        FileChannel.open(
            next,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            ownerOnly(path))) {
      ByteBuffer left = ByteBuffer.wrap(content);
      while (left.hasRemaining()) {
        file.write(left);
      }
      file.force(true);
    }
    Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    if (hasOwners(path)) {
      try (FileChannel names = FileChannel.open(folder)) {
        names.force(true);
      }
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path path) {
    return hasOwners(path)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY))
        }
        : new FileAttribute<?>[0];
  }

  /// Whether the file system knows who may read a file.
  public static boolean hasOwners(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
