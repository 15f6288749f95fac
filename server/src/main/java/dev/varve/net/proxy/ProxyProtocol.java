package dev.varve.net.proxy;

import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.CloseConnectionException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/// What a proxy says at the beginning of a connection of whom it speaks for: the PROXY protocol, versions 1 and 2.
///
/// Helidon reads it too, before it watches over the connection: whoever says nothing would hold it for ever.
///
/// @see <a href="https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt">The PROXY protocol</a>
final class ProxyProtocol {
  // section 2.1: the longest line, with its end
  private static final int LINE_BYTES_MAX = 107;
  private static final int FIELDS = 6;

  // section 2.2
  private static final byte[] SIGNATURE = {
    0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A
  };
  private static final int VERSION = 2;
  private static final int LOCAL = 0;
  private static final int PROXY = 1;
  private static final int IPV4 = 1;
  private static final int IPV6 = 2;
  private static final int IPV4_BYTES = 4;
  private static final int IPV6_BYTES = 16;
  private static final int PORTS_BYTES = 4;

  // addresses take 216 bytes at most; what else a proxy may tell, such as a client's certificate,
  // fits
  private static final int REST_BYTES_MAX = 16_384;

  private final DataReader in;

  private ProxyProtocol(DataReader in) {
    this.in = in;
  }

  /// Reads the header, and nothing behind it.
  ///
  /// @return the address of the client; nothing when the proxy asks for itself, or names nobody
  /// @throws CloseConnectionException when there is no such header
  static Optional<String> client(DataReader in) {
    try {
      return new ProxyProtocol(in).client();
    } catch (DataReader.InsufficientDataAvailableException e) {
      throw new CloseConnectionException("closed before the PROXY protocol was through", e);
    }
  }

  private Optional<String> client() {
    byte first = next();
    return first == SIGNATURE[0] ? binary() : line((char) first);
  }

  private byte next() {
    in.ensureAvailable();
    return in.read();
  }

  /// `PROXY TCP4 192.0.2.7 192.0.2.1 4711 443`, or `PROXY UNKNOWN` with whatever behind it.
  private Optional<String> line(char first) {
    if (first != 'P') {
      throw noHeader();
    }
    StringBuilder line = new StringBuilder().append(first);
    while (line.length() < LINE_BYTES_MAX && line.charAt(line.length() - 1) != '\n') {
      line.append((char) Byte.toUnsignedInt(next()));
    }
    String text = line.toString();
    if (!text.startsWith("PROXY ") || !text.endsWith("\r\n")) {
      throw noHeader();
    }
    String[] fields = text.substring(0, text.length() - 2).split(" ", -1);
    return switch (fields[1]) {
      case "UNKNOWN" -> Optional.empty();
      case "TCP4", "TCP6" -> Optional.of(literal(fields));
      default -> throw noHeader();
    };
  }

  private static String literal(String[] fields) {
    if (fields.length != FIELDS) {
      throw noHeader();
    }
    try {
      return InetAddress.ofLiteral(fields[2]).getHostAddress();
    } catch (IllegalArgumentException _) {
      throw noHeader();
    }
  }

  private Optional<String> binary() {
    // its first byte has been read
    for (int i = 1; i < SIGNATURE.length; i++) {
      if (next() != SIGNATURE[i]) {
        throw noHeader();
      }
    }
    int versionAndCommand = next();
    int family = Byte.toUnsignedInt(next()) >> 4;
    int length = Byte.toUnsignedInt(next()) << 8 | Byte.toUnsignedInt(next());
    if (versionAndCommand >> 4 != VERSION || length > REST_BYTES_MAX) {
      throw noHeader();
    }
    byte[] rest = new byte[length];
    for (int i = 0; i < length; i++) {
      rest[i] = next();
    }
    return switch (versionAndCommand & 0xF) {
      case LOCAL -> Optional.empty();
      case PROXY -> address(family, rest);
      default -> throw noHeader();
    };
  }

  private static Optional<String> address(int family, byte[] rest) {
    return switch (family) {
      case IPV4 -> Optional.of(address(rest, IPV4_BYTES));
      case IPV6 -> Optional.of(address(rest, IPV6_BYTES));
      // unknown, or a path
      default -> Optional.empty();
    };
  }

  /// The source; the destination and two ports are behind it.
  private static String address(byte[] rest, int bytes) {
    if (rest.length < 2 * bytes + PORTS_BYTES) {
      throw noHeader();
    }
    byte[] source = new byte[bytes];
    System.arraycopy(rest, 0, source, 0, bytes);
    try {
      return InetAddress.getByAddress(source).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("An address has %d bytes".formatted(bytes), e);
    }
  }

  private static CloseConnectionException noHeader() {
    return new CloseConnectionException("no header of the PROXY protocol");
  }
}
