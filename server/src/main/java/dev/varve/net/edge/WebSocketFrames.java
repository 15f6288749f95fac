package dev.varve.net.edge;

import dev.varve.kernel.Allowance;
import io.helidon.common.buffers.DataReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Frames of the WebSocket protocol (RFC 6455, section 5), as a client sends them and as a server does.
public final class WebSocketFrames {
  public static final int CONTINUATION = 0;
  public static final int TEXT = 1;
  public static final int BINARY = 2;
  public static final int CLOSE = 8;
  public static final int PING = 9;
  public static final int PONG = 10;

  private static final int CONTROL_BYTES_MAX = 125;
  private static final int LENGTH_16_BITS = 126;
  private static final int LENGTH_64_BITS = 127;

  private WebSocketFrames() {}

  /// @param last whether the message ends with it
  public record Frame(boolean last, int opcode, byte[] payload) {
    public boolean control() {
      return opcode >= CLOSE;
    }
  }

  /// The client breaks the protocol or a bound.
  ///
  /// @see <a href="https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1">RFC 6455, section 7.4.1</a>
  public static final class Violation extends Exception {
    private static final long serialVersionUID = 1L;
    public static final int PROTOCOL = 1002;
    public static final int UNSUPPORTED = 1003;
    static final int NOT_TEXT = 1007;
    static final int POLICY = 1008;
    static final int TOO_BIG = 1009;
    public static final int TRY_AGAIN_LATER = 1013;

    private final int code;

    public Violation(int code, String message) {
      super(message, null, false, false);
      this.code = code;
    }

    public int code() {
      return code;
    }
  }

  /// Reads the next frame, waiting for it.
  ///
  /// @param payloadBytesMax a longer one is not read at all
  /// @param allowance that the frames of messages take from before they are awaited
  public static Frame read(DataReader reader, int payloadBytesMax, Allowance allowance)
      throws Violation {
    int first = reader.read() & 0xff;
    int second = reader.read() & 0xff;
    int opcode = first & 0x0f;
    boolean last = (first & 0x80) != 0;
    if ((first & 0x70) != 0) {
      throw new Violation(Violation.PROTOCOL, "A reserved bit is set");
    }
    if ((opcode > BINARY && opcode < CLOSE) || opcode > PONG) {
      throw new Violation(Violation.PROTOCOL, "There is no opcode " + opcode);
    }
    if ((second & 0x80) == 0) {
      throw new Violation(Violation.PROTOCOL, "A client masks what it sends");
    }
    long length = length(reader, second & 0x7f);
    if (opcode >= CLOSE && (!last || length > CONTROL_BYTES_MAX)) {
      throw new Violation(Violation.PROTOCOL, "A control frame is short and whole");
    }
    if (length > payloadBytesMax) {
      throw new Violation(
          Violation.TOO_BIG, "A message has at most %,d bytes".formatted(payloadBytesMax));
    }
    if (opcode < CLOSE) {
      // as bytes, on the way, and as text; a message may come in many small frames
      allowance.take(length * 3);
    }
    byte[] mask = reader.readBytes(4);
    // it would wait for a byte even when there is none to come
    byte[] payload = length == 0 ? new byte[0] : reader.readBytes((int) length);
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= mask[i & 3];
    }
    return new Frame(last, opcode, payload);
  }

  private static long length(DataReader reader, int given) throws Violation {
    return switch (given) {
      case LENGTH_16_BITS -> {
        long length = number(reader, 2);
        yield shortest(length, length >= LENGTH_16_BITS);
      }
      case LENGTH_64_BITS -> {
        long length = number(reader, 8);
        yield shortest(length, length > 0xffff);
      }
      default -> given;
    };
  }

  private static long shortest(long length, boolean isShortest) throws Violation {
    if (!isShortest) {
      throw new Violation(Violation.PROTOCOL, "A length is written in as few bytes as it needs");
    }
    return length;
  }

  private static long number(DataReader reader, int bytes) {
    long number = 0;
    for (int i = 0; i < bytes; i++) {
      number = (number << 8) | (reader.read() & 0xff);
    }
    return number;
  }

  /// A frame that is a whole message.
  public static byte[] write(int opcode, byte[] payload) {
    int lengthBytes = payload.length < LENGTH_16_BITS ? 0 : payload.length <= 0xffff ? 2 : 8;
    ByteBuffer frame = ByteBuffer.allocate(2 + lengthBytes + payload.length);
    frame.put((byte) (0x80 | opcode));
    switch (lengthBytes) {
      case 0 -> frame.put((byte) payload.length);
      case 2 -> frame.put((byte) LENGTH_16_BITS).putShort((short) payload.length);
      default -> frame.put((byte) LENGTH_64_BITS).putLong(payload.length);
    }
    return frame.put(payload).array();
  }

  /// The payload of a close frame. A reason that is too long is cut.
  public static byte[] closing(int code, String reason) {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(text.length, CONTROL_BYTES_MAX - 2);
    while (length < text.length && (text[length] & 0xc0) == 0x80) {
      length--;
    }
    return ByteBuffer.allocate(2 + length).putShort((short) code).put(text, 0, length).array();
  }

  /// The code that a close frame gives; 1000 when it gives none.
  public static int closeCode(byte[] payload) throws Violation {
    if (payload.length == 0) {
      return 1000;
    }
    int code = payload.length == 1 ? 0 : ByteBuffer.wrap(payload).getShort() & 0xffff;
    boolean known = code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
    if (!known && (code < 3000 || code > 4999)) {
      throw new Violation(Violation.PROTOCOL, "There is no close code " + code);
    }
    text(payload, 2);
    return code;
  }

  public static String text(byte[] payload, int from) throws Violation {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(payload, from, payload.length - from))
          .toString();
    } catch (CharacterCodingException e) {
      throw new Violation(Violation.NOT_TEXT, "A text is UTF-8");
    }
  }
}
