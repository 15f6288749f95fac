package dev.varve.store.follow;

import dev.varve.store.log.Head;
import dev.varve.store.log.LogPlace;
import dev.varve.store.sql.SqlValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What this node knows to be the end of a log in a shared database: of all that it has answered, or shown, the last unit. In memory,
/// and of a node that serves in a file of its data folder too, so that it still knows after a restart.
///
/// The file is one line, written over in place before anybody is answered: `1 LOG SERVER EPOCH POSITION MICROS HASH CRC32`. It is left to
/// the operating system when that comes to the disk, so after a crash of the machine it may say less.
public final class EndNote implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EndNote.class);
  private static final String FILE = "varve.end";
  private static final String FORM = "1";
  private static final int WORDS = 8;
  // longer than any, so that each covers the one before whole
  private static final int BYTES = 512;
  private static final String NOWHERE = "-";

  private final String log;
  private final @Nullable FileChannel file;
  private volatile Optional<Known> known;
  private boolean failed;

  /// An end that is known.
  ///
  /// @param epoch that the log was in
  /// @param server on which it was found; empty where that was not told
  public record Known(long epoch, Head end, String server) {}

  private EndNote(String log, @Nullable FileChannel file, Optional<Known> known) {
    this.log = log;
    this.file = file;
    this.known = known;
  }

  /// One of a process that does not serve for long, or has its data to itself.
  public static EndNote inMemory() {
    return new EndNote("", null, Optional.empty());
  }

  /// One that is kept in a folder, which this process holds.
  ///
  /// @param log the name of the log; what was noted of another one is not read
  public static EndNote in(Path folder, String log) {
    try {
      FileChannel file =
          FileChannel.open(
              folder.resolve(FILE),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      return new EndNote(log, file, read(file, log));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot use the data folder " + folder, e);
    }
  }

  private static Optional<Known> read(FileChannel file, String log) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    while (bytes.hasRemaining() && file.read(bytes, bytes.position()) > 0) {}
    String line = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip();
    List<String> words = List.of(line.split(" "));
    if (words.size() != WORDS || !words.getFirst().equals(FORM) || !isWhole(line, words)) {
      return Optional.empty();
    }
    if (!words.get(1).equals(log)) {
      return Optional.empty();
    }
    return Optional.of(
        new Known(
            Long.parseLong(words.get(3)),
            new Head(
                Long.parseLong(words.get(4)),
                SqlValues.instant(Long.parseLong(words.get(5))),
                HexFormat.of().parseHex(words.get(6))),
            words.get(2).equals(NOWHERE) ? "" : words.get(2)));
  }

  private static boolean isWhole(String line, List<String> words) {
    return sum(line.substring(0, line.lastIndexOf(' '))).equals(words.getLast());
  }

  /// The end that was noted last; nothing where none was.
  public Optional<Known> known() {
    return known;
  }

  /// From now on this is the end that is known.
  synchronized void note(Known next) {
    if (known.isPresent() && known.get().equals(next)) {
      return;
    }
    known = Optional.of(next);
    if (file != null && file.isOpen()) {
      write(file, next);
    }
  }

  /// The end that is known was found in another epoch, or on another server.
  synchronized void move(long epoch, String server) {
    known.ifPresent(before -> note(new Known(epoch, before.end(), server)));
  }

  private void write(FileChannel to, Known next) {
    try {
      to.write(ByteBuffer.wrap(line(next)), 0);
      failed = false;
    } catch (IOException e) {
      if (!failed) {
        LOG.warn("The end of the log cannot be noted in the data folder; it is known in memory", e);
      }
      failed = true;
    }
  }

  private byte[] line(Known next) {
    String text =
        String.join(
            " ",
            FORM,
            log,
            next.server().isEmpty() ? NOWHERE : next.server(),
            Long.toString(Math.max(next.epoch(), LogPlace.FIRST_EPOCH)),
            Long.toString(next.end().position()),
            Long.toString(SqlValues.micros(next.end().at())),
            HexFormat.of().formatHex(next.end().hash()));
    String line = text + " " + sum(text);
    return (line + " ".repeat(BYTES - 1 - line.length()) + "\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static String sum(String text) {
    CRC32 sum = new CRC32();
    sum.update(text.getBytes(StandardCharsets.US_ASCII));
    return Long.toHexString(sum.getValue());
  }

  @Override
  public void close() {
    if (file == null) {
      return;
    }
    try {
      file.close();
    } catch (IOException e) {
      LOG.debug("Closing the note of the end of the log failed", e);
    }
  }
}
