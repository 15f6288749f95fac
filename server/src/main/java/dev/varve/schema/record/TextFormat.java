package dev.varve.schema.record;

import dev.varve.kernel.Surrogates;
import java.net.URI;
import java.net.URISyntaxException;

/// What UUIDs, e-mail addresses and URLs look like, told without regular expressions.
final class TextFormat {
  // RFC 5321, section 4.5.3.1, and RFC 1035, section 2.3.4
  private static final int EMAIL_LENGTH_MAX = 254;
  private static final int EMAIL_LOCAL_LENGTH_MAX = 64;
  private static final int LABEL_LENGTH_MAX = 63;
  private static final int URL_LENGTH_MAX = 2048;

  private TextFormat() {}

  static boolean isUuid(String text) {
    if (text.length() != 36) {
      return false;
    }
    for (int i = 0; i < 36; i++) {
      boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
      char c = text.charAt(i);
      if (dash ? c != '-' : !isHex(c)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isHex(char c) {
    char lower = (char) (c | 0x20);
    return (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'f');
  }

  static boolean isEmail(String text) {
    int at = text.indexOf('@');
    return at > 0
        && at <= EMAIL_LOCAL_LENGTH_MAX
        && text.length() <= EMAIL_LENGTH_MAX
        && Surrogates.paired(text)
        && isLocalPart(text, at)
        && isDomain(text, at + 1);
  }

  /// Atoms between dots, in letters of all scripts (RFC 6531); no quoted text.
  private static boolean isLocalPart(String text, int end) {
    char before = '.';
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c == '.' ? before == '.' : !isAtom(c)) {
        return false;
      }
      before = c;
    }
    return before != '.';
  }

  private static boolean isAtom(char c) {
    return c < 0x80
        ? c > ' ' && c < 0x7f && "\"(),:;<>@[\\]".indexOf(c) < 0
        : !Character.isSpaceChar(c) && !Character.isISOControl(c);
  }

  /// Two labels or more, each of letters, digits and inner hyphens.
  private static boolean isDomain(String text, int from) {
    int labels = 0;
    int start = from;
    while (start <= text.length()) {
      int dot = text.indexOf('.', start);
      int end = dot < 0 ? text.length() : dot;
      if (!isLabel(text, start, end)) {
        return false;
      }
      labels++;
      start = end + 1;
    }
    return labels >= 2;
  }

  private static boolean isLabel(String text, int start, int end) {
    if (start == end || end - start > LABEL_LENGTH_MAX) {
      return false;
    }
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      boolean inner = c == '-' && i > start && i < end - 1;
      boolean letter = Character.isLetterOrDigit(c) || (c >= 0x80 && isAtom(c));
      if (!inner && !letter) {
        return false;
      }
    }
    return true;
  }

  static boolean isUrl(String text) {
    if (text.length() > URL_LENGTH_MAX) {
      return false;
    }
    boolean http =
        text.regionMatches(true, 0, "https://", 0, 8)
            || text.regionMatches(true, 0, "http://", 0, 7);
    if (!http || !Surrogates.paired(text)) {
      return false;
    }
    try {
      return new URI(text).getHost() != null;
    } catch (URISyntaxException _) {
      return false;
    }
  }
}
