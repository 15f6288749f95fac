package dev.varve.store.sql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The folder that holds the data of an application, held by one process at a time.
public final class DataFolder implements AutoCloseable {
  private static final String DATABASE = "varve.db";
  private static final String LOCK = "varve.lock";
  private static final String HANGUPS = "takes HUP";

  // what is locked of the file, far from what is written there
  private static final long HOLD = Long.MAX_VALUE - 2;
  private static final long LOOK = Long.MAX_VALUE - 1;

  // locks belong to a process: within it this takes the place of the one for a look
  private static final Object LOOKING = new Object();

  private final Path folder;
  private final @Nullable FileChannel channel;

  private DataFolder(Path folder, @Nullable FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /// Another process holds the folder.
  public static final class InUse extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InUse(Path folder, String holder) {
      super(
          "The data in %s is in use by another Varve process%s: stop that one first"
              .formatted(folder, holder));
    }
  }

  /// Takes the folder for this process, making it where it is missing.
  ///
  /// @throws InUse when another process has it
  public static DataFolder hold(Path folder) {
    try {
      Files.createDirectories(folder);
      Path file = folder.resolve(LOCK);
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (lock(channel) == null) {
        channel.close();
        throw new InUse(folder, holder(file));
      }
      channel.truncate(0);
      write(channel, Long.toString(ProcessHandle.current().pid()));
      return new DataFolder(folder, channel);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot use the data folder " + folder, e);
    }
  }

  /// The folder beside whoever holds it, made where it is missing: for data that are not in it.
  public static DataFolder beside(Path folder) {
    try {
      Files.createDirectories(folder);
      return new DataFolder(folder, null);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot use the data folder " + folder, e);
    }
  }

  /// Takes the folder if nobody holds it, one process at a time: so that one that only looks is not taken for one that holds it.
  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    synchronized (LOOKING) {
      try (FileLock _ = channel.lock(LOOK, 1, false)) {
        return channel.tryLock(HOLD, 1, false);
      } catch (OverlappingFileLockException e) {
        // this very process holds it already
        return null;
      }
    }
  }

  private static boolean isHeld(FileChannel channel) throws IOException {
    synchronized (LOOKING) {
      try (FileLock _ = channel.lock(LOOK, 1, false);
          FileLock free = channel.tryLock(HOLD, 1, false)) {
        return free == null;
      } catch (OverlappingFileLockException e) {
        return true;
      }
    }
  }

  private static void write(FileChannel channel, String text) throws IOException {
    channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
  }

  private static String holder(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.US_ASCII)
        .lines()
        .findFirst()
        .map(pid -> " (process " + pid + ")")
        .orElse("");
  }

  /// The process that has a folder.
  ///
  /// @param takesHangups whether SIGHUP makes it read its settings again; others end with it
  public record Holder(long pid, boolean takesHangups) {}

  /// Which other process holds a folder, if one does.
  public static Optional<Holder> holderOf(Path folder) {
    Path file = folder.resolve(LOCK);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (!isHeld(channel)) {
        return Optional.empty();
      }
      List<String> lines = Files.readAllLines(file, StandardCharsets.US_ASCII);
      return lines.isEmpty()
          ? Optional.empty()
          : Optional.of(new Holder(Long.parseLong(lines.getFirst()), lines.contains(HANGUPS)));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look at the data folder " + folder, e);
    }
  }

  /// Notes that this process takes SIGHUP, for as long as it holds the folder.
  public void takesHangups() {
    if (channel == null) {
      throw new IllegalStateException("The folder is not held");
    }
    try {
      write(channel, "\n" + HANGUPS + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot use the data folder " + folder, e);
    }
  }

  /// The database file in a data folder.
  public static Path database(Path folder) {
    return folder.resolve(DATABASE);
  }

  public Path database() {
    return database(folder);
  }

  public Path folder() {
    return folder;
  }

  @Override
  public void close() {
    if (channel == null) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot let go of the data folder " + folder, e);
    }
  }
}
