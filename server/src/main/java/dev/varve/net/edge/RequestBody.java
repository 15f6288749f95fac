package dev.varve.net.edge;

import dev.varve.kernel.Allowance;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.admission.Deadlines;
import dev.varve.net.admission.InputBudget;
import dev.varve.net.http.ClientGone;
import dev.varve.net.http.Inlet;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.RoutingRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The body of one request on its connection: read within bounds, or left, and what that means for the
/// connection afterwards.
final class RequestBody {
  /// What a client may still send after it was refused. Taking it lets the client see the refusal, where a plain
  /// close would reset the connection under it.
  static final int LINGER_BYTES_MAX = 4 * 1024 * 1024;

  /// Slower than any network in use, and fast enough that few bytes do not keep a connection to a service for long.
  static final int PASSED_ON_BYTES_PER_SECOND = 1_024;

  private static final long NANOS_PER_PASSED_ON_BYTE =
      TimeUnit.SECONDS.toNanos(1) / PASSED_ON_BYTES_PER_SECOND;
  private static final int PIECE_BYTES = 8 * 1024;
  private static final int CHUNK_BYTES = 1024 * 1024;

  private final RoutingRequest request;
  private final Deadlines.Deadline deadline;
  private final int bodyBytesMax;
  private final MeteredConnection connection;
  private final InputBudget budget;
  private final boolean present;
  private final boolean chunked;
  private @Nullable InputStream body;
  private boolean taken;
  private boolean broken;

  RequestBody(
      RoutingRequest request,
      Deadlines.Deadline deadline,
      int bodyBytesMax,
      MeteredConnection connection) {
    this.request = request;
    this.deadline = deadline;
    this.bodyBytesMax = bodyBytesMax;
    this.connection = connection;
    this.budget = connection.budget();
    this.present = request.content().hasEntity();
    this.chunked = request.headers().contains(HeaderNames.TRANSFER_ENCODING);
    if (!present) {
      deadline.received();
    }
  }

  /// Whether there is one; it may be empty.
  boolean isPresent() {
    return present;
  }

  /// @throws Problem TOO_LARGE or MALFORMED_REQUEST
  byte[] read() {
    if (!present) {
      return new byte[0];
    }
    if (request.headers().contentLength().orElse(0) > bodyBytesMax) {
      throw tooLarge();
    }
    // one byte more than announced, so that the end of the body is read as well
    byte[] bytes =
        request.headers().contentLength().isPresent()
            ? readBody((int) request.headers().contentLength().getAsLong() + 1)
            : readChunks();
    if (bytes.length > bodyBytesMax) {
      throw tooLarge();
    }
    taken = true;
    deadline.received();
    return bytes;
  }

  /// The listener gives a chunk when it has all of it, however long that takes, and a chunk may be as long as a body.
  private byte[] readChunks() {
    int reserved = Math.min(bodyBytesMax, CHUNK_BYTES);
    Allowance.current().take(reserved);
    byte[] bytes = readBody(bodyBytesMax + 1);
    Allowance.current().giveBack(reserved);
    return bytes;
  }

  private byte[] readBody(int lengthMax) {
    try {
      return read(body(), lengthMax);
    } catch (DataReader.InsufficientDataAvailableException e) {
      throw new CloseConnectionException("closed before the end of the body", e);
    } catch (CloseConnectionException | Problem gone) {
      throw gone;
    } catch (IOException | RuntimeException e) {
      // Helidon throws what its parser happens to throw, such as a NumberFormatException for a
      // chunk's length
      broken = true;
      throw new Problem(ErrorCode.MALFORMED_REQUEST, "The body is not well-formed HTTP");
    }
  }

  /// What comes slowly is held for long: each piece is taken from the allowance before it is read.
  private byte[] read(InputStream in, int lengthMax) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    while (read.size() < lengthMax) {
      int wanted = Math.min(PIECE_BYTES, lengthMax - read.size());
      Allowance.current().take(PIECE_BYTES * 2L);
      byte[] piece = new byte[wanted];
      int length = readPiece(in, piece);
      read.write(piece, 0, length);
      if (length < wanted) {
        break;
      }
    }
    return read.toByteArray();
  }

  /// As many bytes as there is room for, or all that are left. The listener gives one chunk at a time.
  private int readPiece(InputStream in, byte[] piece) throws IOException {
    int filled = 0;
    while (filled < piece.length) {
      int length = next(in, piece, filled, piece.length - filled);
      if (length < 0) {
        break;
      }
      filled += length;
      if (!mayGoOn(length)) {
        throw tooManyChunks();
      }
    }
    return filled;
  }

  /// The listener reads a chunk whole before it gives any of it, so there is a bound on that.
  private int next(InputStream in, byte[] into, int offset, int length) throws IOException {
    connection.pullAtMost((long) bodyBytesMax + LINGER_BYTES_MAX);
    try {
      return in.read(into, offset, length);
    } finally {
      connection.pullFreely();
    }
  }

  private boolean mayGoOn(int length) {
    return !chunked || budget.count(length);
  }

  private Problem tooManyChunks() {
    broken = true;
    return new Problem(
        ErrorCode.TOO_MANY_REQUESTS,
        "The body comes in too many chunks of fewer than %d bytes. Send larger ones"
            .formatted(InputBudget.SMALL_BYTES));
  }

  /// The body as it comes.
  Inlet inlet() {
    return new Pieces();
  }

  /// A body that is passed on. Its length has no bound, but a client must keep sending: whoever has sent nothing for as long
  /// as a request may take to arrive is closed, and whoever sends less than [#PASSED_ON_BYTES_PER_SECOND] in the long run.
  private final class Pieces implements Inlet {
    private long patienceNanos = deadline.receiveNanos();

    @Override
    public long length() {
      return chunked ? UNKNOWN : request.headers().contentLength().orElse(UNKNOWN);
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      if (taken || !present) {
        return -1;
      }
      long startNanos = System.nanoTime();
      deadline.receivingPiece(patienceNanos);
      int read = readPassedOn(into, offset, length);
      deadline.receivedPiece();
      if (read < 0) {
        taken = true;
        deadline.received();
        return -1;
      }
      if (!mayGoOn(read)) {
        throw tooManyChunks();
      }
      long earned = read * NANOS_PER_PASSED_ON_BYTE;
      long spent = System.nanoTime() - startNanos;
      patienceNanos = Math.min(deadline.receiveNanos(), patienceNanos - spent + earned);
      return read;
    }

    private int readPassedOn(byte[] into, int offset, int length) {
      try {
        return next(body(), into, offset, length);
      } catch (DataReader.InsufficientDataAvailableException e) {
        throw gone(e);
      } catch (Problem problem) {
        throw problem;
      } catch (IOException | RuntimeException e) {
        broken = true;
        if (e instanceof CloseConnectionException || e instanceof UncheckedIOException) {
          throw gone(e);
        }
        throw new Problem(ErrorCode.MALFORMED_REQUEST, "The body is not well-formed HTTP");
      }
    }

    private ClientGone gone(Exception e) {
      broken = true;
      return new ClientGone("The client has gone before the end of its body", e);
    }
  }

  private InputStream body() {
    InputStream stream = body;
    if (stream == null) {
      stream = request.content().inputStream();
      body = stream;
    }
    return stream;
  }

  private Problem tooLarge() {
    return new Problem(
        ErrorCode.TOO_LARGE,
        "The body is larger than %,d bytes. Send less at a time, or raise the setting http.bodyBytesMax"
            .formatted(bodyBytesMax));
  }

  /// Whether what is left of the body makes the connection unfit for another request.
  boolean spoilsConnection() {
    if (!present || taken) {
      return false;
    }
    ServerRequestHeaders headers = request.headers();
    return broken
        || chunked
        || clientWaitsToSend()
        || headers.contentLength().orElse(0) > bodyBytesMax;
  }

  /// Takes what the client still sends of a body that nobody wanted.
  void discard() {
    if (!present || taken || broken || clientWaitsToSend()) {
      return;
    }
    deadline.receiving();
    try {
      discard(body());
    } catch (IOException | RuntimeException e) {
      throw new CloseConnectionException("closed before the end of the body", e);
    }
  }

  private void discard(InputStream in) throws IOException {
    byte[] piece = new byte[PIECE_BYTES];
    int left = LINGER_BYTES_MAX;
    while (left > 0) {
      int length = next(in, piece, 0, Math.min(left, piece.length));
      if (length < 0 || !mayGoOn(length)) {
        return;
      }
      left -= length;
    }
  }

  private boolean clientWaitsToSend() {
    return request.headers().containsToken(HeaderValues.EXPECT_100) && !request.continueSent();
  }
}
