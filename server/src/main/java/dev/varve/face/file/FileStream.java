package dev.varve.face.file;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.http.ByteRange;
import dev.varve.net.http.ClientGone;
import dev.varve.net.http.Outlet;
import dev.varve.net.http.Streaming;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/// A file, or a part of it, on its way: one piece of it is in memory at a time.
final class FileStream implements Streaming {
  private static final int PIECE_BYTES = 64 * 1024;
  // each holds a piece and an open file
  private static final int AT_A_TIME_MAX = 512;
  private static final Semaphore PERMITS = new Semaphore(AT_A_TIME_MAX);

  private final FileChannel channel;
  private final ServedFolder.Sighting file;
  private final ByteRange part;
  private final AtomicBoolean closed = new AtomicBoolean();

  private FileStream(FileChannel channel, ServedFolder.Sighting file, ByteRange part) {
    this.channel = channel;
    this.file = file;
    this.part = part;
  }

  /// @throws Problem OVERLOADED when too many are under way, NOT_FOUND when the file has just gone
  static FileStream open(ServedFolder.Sighting file, ByteRange part) {
    if (!PERMITS.tryAcquire()) {
      throw new Problem(
          ErrorCode.OVERLOADED, "Too many files are sent at a time. Try again in a moment");
    }
    try {
      FileChannel channel =
          FileChannel.open(file.path(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
      return new FileStream(channel, file, part);
    } catch (IOException e) {
      PERMITS.release();
      throw Problem.notFound("The file cannot be read. It may have been moved a moment ago");
    }
  }

  /// A body of which only the headers are sent.
  static Streaming headersAlone() {
    return new Streaming() {
      @Override
      public void send(Outlet outlet) {
        throw new IllegalStateException("The headers alone were to be sent");
      }

      @Override
      public void stop() {}

      @Override
      public void close() {}
    };
  }

  @Override
  public void send(Outlet outlet) {
    long end = part.start() + part.length();
    long at = part.start();
    while (at < end) {
      byte[] piece = piece(at, (int) Math.min(PIECE_BYTES, end - at));
      at += piece.length;
      if (at == end) {
        requireUnchanged();
      }
      outlet.send(piece);
    }
  }

  private byte[] piece(long at, int length) {
    ByteBuffer piece = ByteBuffer.allocate(length);
    try {
      while (piece.hasRemaining()) {
        if (channel.read(piece, at + piece.position()) < 0) {
          throw broken(new IOException("The file is shorter than it was"));
        }
      }
    } catch (IOException e) {
      throw broken(e);
    }
    return piece.array();
  }

  /// What was sent would be neither the old content nor the new.
  private void requireUnchanged() {
    try {
      if (!file.again().isSame(file)) {
        throw broken(new IOException("The file changed"));
      }
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /// Without the last piece the client knows that it has not got the file.
  private ClientGone broken(IOException reason) {
    return new ClientGone("%s cannot be sent to its end".formatted(file.path()), reason);
  }

  /// A file comes to an end by itself; until then the server waits as for any request.
  @Override
  public void stop() {}

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    PERMITS.release();
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
