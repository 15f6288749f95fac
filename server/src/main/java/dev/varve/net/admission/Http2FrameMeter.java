package dev.varve.net.admission;

import io.helidon.http.http2.Http2ErrorCode;
import io.helidon.http.http2.Http2Exception;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Follows the frames of HTTP/2 (RFC 9113, section 4.1) in the bytes that a client sends, and counts them.
///
/// A frame that opens a request is free here: the request itself is counted where it is let in, and Helidon bounds how
/// many there are. What does nothing but keep the reader busy is not: WINDOW_UPDATE, PING, SETTINGS, PRIORITY,
/// RST_STREAM, CONTINUATION, frames of no known type, and DATA of a few bytes.
///
/// A connection that does not begin with the preface ends with the first byte that is another one (section 3.4); Helidon
/// waits until there are as many bytes as the preface has.
public final class Http2FrameMeter {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER_BYTES = 9;
  private static final int TYPE_AT = 3;
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  // handed over at once; they are handled in a fraction of the time that a reader has in one turn
  private static final int FRAMES_AT_ONCE = 16;
  private static final byte[] NOTHING = {};

  private final InputBudget budget;
  private final byte[] header = new byte[HEADER_BYTES];
  private int prefaceBytes;
  private int headerBytes;
  // of the frame whose header was read last
  private int bytesToSkip;
  private byte[] read = NOTHING;
  private int handedOver;

  public Http2FrameMeter(InputBudget budget) {
    this.budget = budget;
  }

  /// The next bytes, with few frames in them; none at the end.
  ///
  /// @param connection gives what was sent, none at the end
  /// @throws Http2Exception PROTOCOL when there is no preface; ENHANCE_YOUR_CALM when the client sends more small frames
  ///     than it may and does not stop. Helidon tells the client and closes the connection
  public byte @Nullable [] next(Supplier<byte @Nullable []> connection) {
    if (handedOver == read.length) {
      byte[] bytes = connection.get();
      if (bytes == null) {
        return null;
      }
      read = bytes;
      handedOver = 0;
    }
    int from = handedOver;
    handedOver = count(from);
    return from == 0 && handedOver == read.length
        ? read
        : Arrays.copyOfRange(read, from, handedOver);
  }

  /// @return where the bytes end whose frames have been counted
  private int count(int from) {
    int at = from;
    int frames = 0;
    while (at < read.length && frames < FRAMES_AT_ONCE) {
      if (prefaceBytes < PREFACE.length) {
        preface(read[at]);
        at++;
      } else if (bytesToSkip > 0) {
        int skipped = Math.min(bytesToSkip, read.length - at);
        bytesToSkip -= skipped;
        at += skipped;
      } else {
        frames += header(read[at]) ? 1 : 0;
        at++;
      }
    }
    return at;
  }

  private void preface(byte next) {
    if (next != PREFACE[prefaceBytes]) {
      throw new Http2Exception(Http2ErrorCode.PROTOCOL, "The connection preface is not HTTP/2's");
    }
    prefaceBytes++;
  }

  /// @return whether it was the last byte of a header
  private boolean header(byte next) {
    header[headerBytes] = next;
    headerBytes++;
    if (headerBytes < HEADER_BYTES) {
      return false;
    }
    headerBytes = 0;
    bytesToSkip = (header[0] & 0xff) << 16 | (header[1] & 0xff) << 8 | (header[2] & 0xff);
    if (!mayGoOn(header[TYPE_AT])) {
      throw new Http2Exception(
          Http2ErrorCode.ENHANCE_YOUR_CALM,
          "Too many frames that carry nothing: at most %d a second in the long run"
              .formatted(InputBudget.PIECES_PER_SECOND));
    }
    return true;
  }

  private boolean mayGoOn(int type) {
    return switch (type) {
      case HEADERS -> true;
      case DATA -> budget.count(bytesToSkip);
      default -> budget.spend();
    };
  }
}
