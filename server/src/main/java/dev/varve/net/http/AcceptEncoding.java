package dev.varve.net.http;

import org.jspecify.annotations.Nullable;

/// What the header `Accept-Encoding` says of the content codings that this server has (RFC 9110, section 12.5.3).
///
/// @param gzip how much gzip is wanted, in thousandths; 0 when it must not be sent
/// @param identity how much the plain form is wanted
public record AcceptEncoding(int gzip, int identity) {
  private static final int MOST = 1_000;
  private static final int UNNAMED = -1;
  private static final AcceptEncoding PLAIN = new AcceptEncoding(0, MOST);

  /// @param header absent when the request says nothing of it: any coding would do then, and the plain form is what all
  ///     understand
  public static AcceptEncoding of(@Nullable String header) {
    return header == null || header.isEmpty() ? PLAIN : parse(header);
  }

  private static AcceptEncoding parse(String header) {
    int gzip = UNNAMED;
    int identity = UNNAMED;
    int any = UNNAMED;
    int start = 0;
    while (start < header.length()) {
      int comma = header.indexOf(',', start);
      int end = comma < 0 ? header.length() : comma;
      int semicolon = header.indexOf(';', start);
      int nameEnd = semicolon < 0 || semicolon > end ? end : semicolon;
      if (is("gzip", header, start, nameEnd) || is("x-gzip", header, start, nameEnd)) {
        gzip = weight(header, nameEnd, end);
      } else if (is("identity", header, start, nameEnd)) {
        identity = weight(header, nameEnd, end);
      } else if (is("*", header, start, nameEnd)) {
        any = weight(header, nameEnd, end);
      }
      start = end + 1;
    }
    // what is neither named nor matched by * is not wanted, but for the plain form, which takes
    // part unless it is refused
    return new AcceptEncoding(
        gzip == UNNAMED ? Math.max(any, 0) : gzip, identity == UNNAMED ? any : identity);
  }

  private static boolean is(String coding, String header, int from, int to) {
    int start = from;
    int end = to;
    while (start < end && isSpace(header.charAt(start))) {
      start++;
    }
    while (end > start && isSpace(header.charAt(end - 1))) {
      end--;
    }
    return end - start == coding.length()
        && header.regionMatches(true, start, coding, 0, coding.length());
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }

  /// The weight behind a coding, such as `;q=0.5` (RFC 9110, section 12.4.2). One that cannot be read is none.
  private static int weight(String header, int from, int to) {
    String text = header.substring(from, to).replace(" ", "").replace("\t", "");
    if (text.isEmpty()) {
      return MOST;
    }
    if (!text.regionMatches(true, 0, ";q=", 0, 3) || text.length() < 4 || text.length() > 8) {
      return 0;
    }
    return thousandths(text.substring(3));
  }

  private static int thousandths(String weight) {
    int value = 0;
    int unit = MOST;
    for (int i = 0; i < weight.length(); i++) {
      char c = weight.charAt(i);
      if (i == 1 ? c != '.' : c < '0' || c > '9') {
        return 0;
      }
      if (i != 1) {
        value += (c - '0') * unit;
        unit /= 10;
      }
    }
    return value > MOST ? 0 : value;
  }

  /// Whether gzip may be sent at all.
  public boolean takesGzip() {
    return gzip > 0;
  }

  /// Whether gzip is to be sent where there is a choice. A plain form that nobody names is second to a coding that is
  /// named.
  public boolean prefersGzip() {
    return gzip > 0 && gzip >= identity;
  }
}
