package dev.varve.face.file;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The small files of one folder that were asked for last, and what is told of the others. Files may change at any time:
/// each is looked at again, but not more often than somebody could notice.
final class FileCache {
  private static final Logger LOG = LoggerFactory.getLogger(FileCache.class);
  // of all that is kept of a folder: some single-page applications, and little of a small heap
  private static final long BYTES_MAX = 16L * 1024 * 1024;
  // spares a busy server most looks, and nobody who saves a file is faster
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final ServedFolder folder;
  private final Cache<String, FileContent> contents =
      Caffeine.newBuilder()
          .maximumWeight(BYTES_MAX)
          .weigher((String path, FileContent content) -> path.length() + content.weight())
          .build();

  FileCache(ServedFolder folder) {
    this.folder = folder;
  }

  /// The file that a path leads to.
  ///
  /// @param names its segments, as [ServedFolder#file] takes them
  Optional<FileContent> find(List<String> names) {
    String path = String.join("/", names);
    FileContent known = contents.getIfPresent(path);
    long now = System.nanoTime();
    if (known != null && known.isFresh(now, LOOK_AGAIN_NANOS)) {
      return Optional.of(known);
    }
    Optional<ServedFolder.Sighting> sighting = folder.file(names);
    if (sighting.isEmpty()) {
      contents.invalidate(path);
      return Optional.empty();
    }
    if (known != null && known.isStill(sighting.get(), now)) {
      return Optional.of(known);
    }
    return Optional.ofNullable(read(path, sighting.get(), names, now));
  }

  private @Nullable FileContent read(
      String path, ServedFolder.Sighting sighting, List<String> names, long now) {
    try {
      FileContent content = FileContent.read(sighting, packed(names), now);
      contents.put(path, content);
      return content;
    } catch (IOException e) {
      LOG.warn("{} cannot be served: {}", sighting.path(), e.toString());
      contents.invalidate(path);
      return null;
    }
  }

  /// `app.js.gz` for `app.js`.
  private Optional<ServedFolder.Sighting> packed(List<String> names) {
    if (names.isEmpty() || names.getLast().isEmpty()) {
      return Optional.empty();
    }
    List<String> beside = new ArrayList<>(names);
    beside.set(beside.size() - 1, names.getLast() + ".gz");
    return folder.file(beside);
  }
}
