package dev.varve.face.gateway.upstream;

import dev.varve.face.gateway.upstream.UpstreamFailure.Kind;
import dev.varve.net.http.HeaderLine;
import java.util.ArrayList;
import java.util.List;

/// The body of an answer, as far as it has come. Belongs to one thread.
sealed interface AnswerBody {
  /// What there is, at most `length` bytes; -1 at the end.
  int read(byte[] into, int offset, int length) throws UpstreamFailure;

  /// Whether all of it was read, so that another answer may follow.
  boolean complete();

  /// The fields behind it, once it is complete.
  default List<HeaderLine> trailers() {
    return List.of();
  }

  static AnswerBody of(Framing framing, Connection connection) {
    return switch (framing) {
      case Framing.Nothing() -> new OfLength(connection, 0);
      case Framing.Length(long bytes) -> new OfLength(connection, bytes);
      case Framing.Chunks() -> new InChunks(connection);
      case Framing.UntilClosed() -> new UntilClosed(connection);
    };
  }

  /// One of a known length.
  final class OfLength implements AnswerBody {
    private final Connection connection;
    private long left;

    private OfLength(Connection connection, long bytes) {
      this.connection = connection;
      this.left = bytes;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws UpstreamFailure {
      if (left == 0) {
        return -1;
      }
      int read = connection.read(into, offset, (int) Math.min(length, left));
      if (read < 0) {
        throw new UpstreamFailure(
            Kind.BROKEN, false, "closed the connection before the end of its answer");
      }
      left -= read;
      return read;
    }

    @Override
    public boolean complete() {
      return left == 0;
    }
  }

  /// One that ends with the connection.
  final class UntilClosed implements AnswerBody {
    private final Connection connection;

    private UntilClosed(Connection connection) {
      this.connection = connection;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws UpstreamFailure {
      return connection.read(into, offset, length);
    }

    @Override
    public boolean complete() {
      return false;
    }
  }

  /// One in chunks (RFC 9112, section 7.1). Extensions are read past.
  final class InChunks implements AnswerBody {
    // a length, and extensions that nobody uses
    private static final int LINE_BYTES_MAX = 1_024;
    private static final int TRAILER_BYTES_MAX = 16 * 1024;
    private static final int SIZE_DIGITS_MAX = 15;

    private final Connection connection;
    private long left;
    private boolean begun;
    private boolean ended;
    private final List<HeaderLine> trailers = new ArrayList<>();

    private InChunks(Connection connection) {
      this.connection = connection;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws UpstreamFailure {
      if (ended) {
        return -1;
      }
      if (left == 0) {
        nextChunk();
        if (ended) {
          return -1;
        }
      }
      int read = connection.read(into, offset, (int) Math.min(length, left));
      if (read < 0) {
        throw broken();
      }
      left -= read;
      return read;
    }

    private void nextChunk() throws UpstreamFailure {
      if (begun) {
        requireLineEnd();
      }
      begun = true;
      left = size();
      if (left == 0) {
        readTrailers();
        ended = true;
      }
    }

    private long size() throws UpstreamFailure {
      long size = 0;
      int digits = 0;
      int next = next();
      while (Character.digit(next, 16) >= 0 && next < 0x80) {
        size = size * 16 + Character.digit(next, 16);
        if (++digits > SIZE_DIGITS_MAX) {
          throw malformed();
        }
        next = next();
      }
      if (digits == 0) {
        throw malformed();
      }
      skipExtensions(next);
      return size;
    }

    private void skipExtensions(int first) throws UpstreamFailure {
      int next = first;
      if (next != '\r' && next != ';' && next != ' ' && next != '\t') {
        throw malformed();
      }
      for (int i = 0; next != '\r'; i++) {
        if (i > LINE_BYTES_MAX || !ResponseHead.isTextChar((char) next)) {
          throw malformed();
        }
        next = next();
      }
      if (next() != '\n') {
        throw malformed();
      }
    }

    private void requireLineEnd() throws UpstreamFailure {
      if (next() != '\r' || next() != '\n') {
        throw malformed();
      }
    }

    private void readTrailers() throws UpstreamFailure {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < TRAILER_BYTES_MAX; i++) {
        int next = next();
        if (next == '\r') {
          if (next() != '\n') {
            throw malformed();
          }
          if (line.isEmpty()) {
            return;
          }
          trailers.add(ResponseHead.line(line.toString()));
          line.setLength(0);
        } else if (ResponseHead.isTextChar((char) next)) {
          line.append((char) next);
        } else {
          throw malformed();
        }
      }
      throw malformed();
    }

    private int next() throws UpstreamFailure {
      int next = connection.read();
      if (next < 0) {
        throw broken();
      }
      return next;
    }

    private static UpstreamFailure broken() {
      return new UpstreamFailure(
          Kind.BROKEN, false, "closed the connection before the end of its answer");
    }

    private static UpstreamFailure malformed() {
      return ResponseHead.malformed("a body whose chunks are malformed");
    }

    @Override
    public List<HeaderLine> trailers() {
      return trailers;
    }

    @Override
    public boolean complete() {
      return ended;
    }
  }
}
