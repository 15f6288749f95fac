package dev.varve.net.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Percent-encoding (RFC 3986, section 2.1) of UTF-8, read strictly.
///
/// Printable ASCII that the RFC would have encoded, such as `[` and `'`, is taken as it stands: people type
/// `total[gte]=100` by hand, and no other reading of it exists.
public final class PercentEncoding {
  private PercentEncoding() {}

  /// Text that is not percent-encoded UTF-8.
  public static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    private Malformed(String reason) {
      super(reason, null, false, false);
    }

    public String reason() {
      return String.valueOf(getMessage());
    }
  }

  /// A segment of a path.
  public static String decode(String raw) throws Malformed {
    return decode(raw, false);
  }

  /// A name or a value in a query, in which `+` is a space.
  static String decodeForm(String raw) throws Malformed {
    return decode(raw, true);
  }

  private static String decode(String raw, boolean plusIsSpace) throws Malformed {
    if (isPlain(raw, plusIsSpace)) {
      return raw;
    }
    byte[] bytes = new byte[raw.length()];
    int length = 0;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        bytes[length++] = octet(raw, i);
        i += 2;
      } else {
        bytes[length++] = (byte) (c == '+' && plusIsSpace ? ' ' : c);
      }
    }
    return utf8(bytes, length);
  }

  private static boolean isPlain(String raw, boolean plusIsSpace) throws Malformed {
    boolean plain = true;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c <= ' ' || c > '~') {
        throw new Malformed(
            "A space, a control character or a letter outside ASCII must be percent-encoded as UTF-8.");
      }
      plain &= c != '%' && !(c == '+' && plusIsSpace);
    }
    return plain;
  }

  private static byte octet(String raw, int percent) throws Malformed {
    int high = percent + 1 < raw.length() ? Character.digit(raw.charAt(percent + 1), 16) : -1;
    int low = percent + 2 < raw.length() ? Character.digit(raw.charAt(percent + 2), 16) : -1;
    if (high < 0 || low < 0) {
      String shown = raw.substring(percent, Math.min(percent + 3, raw.length()));
      throw new Malformed(
          "Malformed percent-encoding '" + shown + "': write a percent sign itself as %25.");
    }
    return (byte) (high << 4 | low);
  }

  private static String utf8(byte[] bytes, int length) throws Malformed {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes, 0, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new Malformed("The percent-encoded bytes are not UTF-8.");
    }
  }
}
