package dev.varve.face.file;

import dev.varve.kernel.Sha256;
import dev.varve.net.http.Answer;
import dev.varve.net.http.ByteRange;
import dev.varve.net.http.Gzip;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A file as it is answered with: what is told of it, and its bytes when it is small.
final class FileContent {
  /// The largest file that is kept in memory; larger ones are read as they are sent.
  static final int KEPT_BYTES_MAX = 2 * 1024 * 1024;

  private static final int TAG_BYTES = 16;
  private static final int GZIP_MAGIC = 0x1f8b;
  private static final String IMMUTABLE = "public, max-age=31536000, immutable";
  private static final String REVALIDATE = "no-cache";
  // file systems tell times in steps: what was written just now may be written again at the same
  // time
  private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final ServedFolder.Sighting file;
  private final String mediaType;
  private final byte @Nullable [] bytes;
  private final String tag;
  private final @Nullable LazyGzip gzip;
  private final boolean settled;
  private final String cacheControl;
  private volatile long lookedAtNanos;

  private FileContent(
      ServedFolder.Sighting file,
      byte @Nullable [] bytes,
      String tag,
      @Nullable LazyGzip gzip,
      boolean settled,
      long now) {
    this.file = file;
    this.mediaType = ContentTypes.of(name(file));
    this.bytes = bytes;
    this.tag = tag;
    this.gzip = gzip;
    this.settled = settled;
    this.cacheControl = HashedName.is(name(file)) ? IMMUTABLE : REVALIDATE;
    this.lookedAtNanos = now;
  }

  /// The compressed form: found beside the file, or made when it is first asked for.
  private static final class LazyGzip {
    private final byte[] plain;
    private Optional<byte[]> form;
    private boolean made;

    private LazyGzip(byte[] plain, Optional<byte[]> beside) {
      this.plain = plain;
      this.form = beside;
      this.made = beside.isPresent();
    }

    synchronized Optional<byte[]> get() {
      if (!made) {
        form = Gzip.THOROUGH.compress(plain);
        made = true;
      }
      return form;
    }
  }

  private static String name(ServedFolder.Sighting file) {
    return String.valueOf(file.path().getFileName());
  }

  /// @param beside the file that holds the compressed form, such as `app.js.gz` for `app.js`
  static FileContent read(
      ServedFolder.Sighting file, Optional<ServedFolder.Sighting> beside, long now)
      throws IOException {
    Instant modified = file.modified().toInstant();
    boolean settled = modified.isBefore(Instant.now().minusNanos(SETTLED_NANOS));
    Optional<byte[]> packed = beside.isPresent() ? packed(file, beside.get()) : Optional.empty();
    if (file.size() > KEPT_BYTES_MAX) {
      LazyGzip gzip = packed.isEmpty() ? null : new LazyGzip(new byte[0], packed);
      return new FileContent(file, null, tag(file), gzip, settled, now);
    }
    byte[] bytes = bytes(file);
    LazyGzip gzip = new LazyGzip(bytes, packed);
    return new FileContent(file, bytes, tag(bytes), gzip, settled, now);
  }

  /// An older one is of other content.
  private static Optional<byte[]> packed(ServedFolder.Sighting file, ServedFolder.Sighting beside)
      throws IOException {
    if (beside.size() > KEPT_BYTES_MAX || beside.modified().compareTo(file.modified()) < 0) {
      return Optional.empty();
    }
    byte[] packed = bytes(beside);
    boolean gzip =
        packed.length > 2 && (((packed[0] & 0xff) << 8) | (packed[1] & 0xff)) == GZIP_MAGIC;
    return gzip ? Optional.of(packed) : Optional.empty();
  }

  private static byte[] bytes(ServedFolder.Sighting file) throws IOException {
    try (InputStream in =
        Files.newInputStream(file.path(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      byte[] bytes = in.readNBytes((int) file.size() + 1);
      if (bytes.length != file.size()) {
        throw new IOException("The file is being written");
      }
      return bytes;
    }
  }

  private static String tag(byte[] bytes) {
    return '"' + HexFormat.of().formatHex(Sha256.of(bytes), 0, TAG_BYTES) + '"';
  }

  /// Of a file that is too large to be read for it.
  private static String tag(ServedFolder.Sighting file) {
    Instant modified = file.modified().toInstant();
    return "\"%x-%x-%x\"".formatted(file.size(), modified.getEpochSecond(), modified.getNano());
  }

  ServedFolder.Sighting file() {
    return file;
  }

  String tag() {
    return tag;
  }

  Instant modified() {
    return file.modified().toInstant();
  }

  long size() {
    return file.size();
  }

  /// What it takes of memory, with the compressed form that may come.
  int weight() {
    int kept = bytes == null ? 0 : 2 * bytes.length;
    return 1_024 + (gzip == null || bytes != null ? kept : KEPT_BYTES_MAX);
  }

  boolean isFresh(long now, long nanosMax) {
    return now - lookedAtNanos < nanosMax;
  }

  /// Notes that it was looked at again.
  ///
  /// @return whether it is still what lies there
  boolean isStill(ServedFolder.Sighting sighting, long now) {
    if (!settled || !file.isSame(sighting)) {
      return false;
    }
    lookedAtNanos = now;
    return true;
  }

  /// All of it.
  ///
  /// @param headersAlone whether its bytes are not asked for
  Answer whole(boolean headersAlone) {
    byte[] kept = bytes;
    Answer answer =
        kept == null
            ? streamed(200, new ByteRange(0, size()), headersAlone)
            : Answer.bytes(200, mediaType, kept);
    LazyGzip form = gzip;
    return form == null ? answer : answer.withGzip(form::get);
  }

  Answer part(ByteRange part) {
    byte[] kept = bytes;
    Answer answer =
        kept == null ? streamed(206, part, false) : Answer.bytes(206, mediaType, part.of(kept));
    return answer.with("Content-Range", part.of(size()));
  }

  private Answer streamed(int status, ByteRange part, boolean headersAlone) {
    return Answer.streaming(
            status,
            mediaType,
            headersAlone ? FileStream.headersAlone() : FileStream.open(file, part))
        .with("Content-Length", Long.toString(part.length()));
  }

  /// How long a client may keep it: for good under a name that is made from the content, else as long as it asks each
  /// time whether it is still the same.
  String cacheControl() {
    return cacheControl;
  }
}
