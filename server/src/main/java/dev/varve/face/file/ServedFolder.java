package dev.varve.face.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// Finds files in one folder, and nothing outside of it.
///
/// Names are compared as the file system has them, so that another spelling of a name (in capitals, or a short one of
/// Windows) leads nowhere; links are followed as long as they stay inside, and lead to what could be asked for directly.
final class ServedFolder {
  static final String INDEX = "index.html";

  private final Path folder;
  private final boolean atRoot;

  /// @param atRoot whether it is served at `/`
  ServedFolder(Path folder, boolean atRoot) {
    this.folder = folder;
    this.atRoot = atRoot;
  }

  /// A file as it was when it was looked at.
  ///
  /// @param path where it lies, with all links followed
  /// @param key what tells it from another file in its place, where the system has such a thing
  record Sighting(Path path, long size, FileTime modified, @Nullable Object key) {
    /// Whether it seems to be the same file with the same content.
    boolean isSame(Sighting other) {
      return path.equals(other.path)
          && size == other.size
          && modified.equals(other.modified)
          && Objects.equals(key, other.key);
    }

    /// What lies there now.
    Sighting again() throws IOException {
      return of(
          path, Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    }

    private static Sighting of(Path path, BasicFileAttributes attributes) {
      return new Sighting(
          path, attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
    }
  }

  /// The file that a path leads to; for a path that ends in a slash, the index of that folder.
  ///
  /// @param names the segments of the path, decoded, below the folder
  Optional<Sighting> file(List<String> names) {
    List<String> path = isFolder(names) ? with(INDEX, names) : names;
    if (!PublicName.areServed(path, atRoot)) {
      return Optional.empty();
    }
    try {
      Path root = folder.toRealPath();
      Path wanted = root;
      for (String name : path) {
        wanted = wanted.resolve(name);
      }
      return wanted.toRealPath(LinkOption.NOFOLLOW_LINKS).equals(wanted)
          ? file(root, wanted.toRealPath())
          : Optional.empty();
    } catch (IOException | InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static boolean isFolder(List<String> names) {
    return names.isEmpty() || names.getLast().isEmpty();
  }

  private static List<String> with(String last, List<String> names) {
    List<String> path =
        new ArrayList<>(names.isEmpty() ? names : names.subList(0, names.size() - 1));
    path.add(last);
    return path;
  }

  private Optional<Sighting> file(Path root, Path real) throws IOException {
    if (!real.startsWith(root) || !PublicName.areServed(names(root.relativize(real)), atRoot)) {
      return Optional.empty();
    }
    BasicFileAttributes attributes =
        Files.readAttributes(real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    return attributes.isRegularFile()
        ? Optional.of(Sighting.of(real, attributes))
        : Optional.empty();
  }

  private static List<String> names(Path relative) {
    return StreamSupport.stream(relative.spliterator(), false).map(Path::toString).toList();
  }

  /// Whether a path without a slash at its end names a folder that has an index.
  boolean hasIndex(List<String> names) {
    if (isFolder(names)) {
      return false;
    }
    List<String> path = new ArrayList<>(names);
    path.add("");
    return file(path).isPresent();
  }
}
