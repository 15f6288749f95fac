package dev.varve.http;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.RequestException;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.webserver.http.RoutingRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/// The body of one request on its connection: read within bounds, or left, and what that means for the
/// connection afterwards.
final class Exchange {
  /// What a client may still send after it was refused. Taking it lets the client see the refusal, where a plain
  /// close would reset the connection under it.
  static final int LINGER_BYTES_MAX = 4 * 1024 * 1024;

  private final RoutingRequest request;
  private final Deadlines.Deadline deadline;
  private final int bodyBytesMax;
  private final boolean hasBody;
  private @Nullable InputStream body;
  private boolean read;
  private boolean broken;

  Exchange(RoutingRequest request, Deadlines.Deadline deadline, int bodyBytesMax) {
    this.request = request;
    this.deadline = deadline;
    this.bodyBytesMax = bodyBytesMax;
    this.hasBody = request.content().hasEntity();
    if (!hasBody) {
      deadline.received();
    }
  }

  /// @throws Problem TOO_LARGE or MALFORMED_REQUEST
  byte[] readBody() {
    if (!hasBody) {
      return new byte[0];
    }
    if (request.headers().contentLength().orElse(0) > bodyBytesMax) {
      throw tooLarge();
    }
    try {
      byte[] bytes = body().readNBytes(bodyBytesMax + 1);
      if (bytes.length > bodyBytesMax) {
        throw tooLarge();
      }
      read = true;
      deadline.received();
      return bytes;
    } catch (RequestException e) {
      broken = true;
      throw new Problem(
          ErrorCode.MALFORMED_REQUEST, "The body is not well-formed HTTP: " + e.getMessage());
    } catch (IOException e) {
      broken = true;
      throw new UncheckedIOException(e);
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
    if (!hasBody || read) {
      return false;
    }
    ServerRequestHeaders headers = request.headers();
    return broken
        || headers.contains(HeaderNames.TRANSFER_ENCODING)
        || headers.containsToken(HeaderValues.EXPECT_100)
        || headers.contentLength().orElse(0) > bodyBytesMax;
  }

  /// Takes what the client still sends of a body that nobody wanted.
  void discardBody() {
    if (!hasBody || read || broken || clientWaitsToSend()) {
      return;
    }
    deadline.receiving();
    try {
      body().skip(LINGER_BYTES_MAX);
    } catch (IOException | RequestException e) {
      broken = true;
    }
  }

  private boolean clientWaitsToSend() {
    return request.headers().containsToken(HeaderValues.EXPECT_100) && !request.continueSent();
  }
}
