package dev.varve.face.file;

/// Tells names that bundlers make from the content of a file, such as `app.3f9ab2c1.js` and `index-BkX9dQz1.css`: what
/// lies under such a name never changes, since other content gets another name.
///
/// A name that is taken for one wrongly would be kept by browsers for a year, and one that is missed is only asked for
/// again. So a hash must look like nothing that people write: `report-20240131.pdf` and `jquery-validate.js` have none.
final class HashedName {
  private static final int HEX_LENGTH_MIN = 8;
  private static final int HEX_LENGTH_MAX = 64;
  // of esbuild (base 32) and of Rollup and Vite (base 64)
  private static final int SHORT_LENGTH = 8;

  private HashedName() {}

  static boolean is(String name) {
    int extension = name.lastIndexOf('.');
    if (extension <= 0) {
      return false;
    }
    int end = endOfHash(name, extension);
    int start = Math.max(name.lastIndexOf('.', end - 1), name.lastIndexOf('-', end - 1)) + 1;
    return start > 1 && isHash(name.substring(start, end));
  }

  /// Before `.js`, and before `.js.map`.
  private static int endOfHash(String name, int extension) {
    int before = name.lastIndexOf('.', extension - 1);
    return before > 0 && extension - before <= 4 && name.endsWith(".map") ? before : extension;
  }

  private static boolean isHash(String text) {
    return (text.length() >= HEX_LENGTH_MIN && text.length() <= HEX_LENGTH_MAX && isHex(text))
        || (text.length() == SHORT_LENGTH && (isBase32(text) || isBase64(text)));
  }

  private static boolean isHex(String text) {
    return text.chars().allMatch(c -> isDigit(c) || (c >= 'a' && c <= 'f')) && isMixed(text);
  }

  private static boolean isBase32(String text) {
    return text.chars().allMatch(c -> (c >= '2' && c <= '7') || isCapital(c)) && isMixed(text);
  }

  /// Small letters, capitals and digits, and not only digits at the end, as in `Summer24`.
  private static boolean isBase64(String text) {
    return text.chars().allMatch(c -> isDigit(c) || isCapital(c) || isSmall(c) || c == '_')
        && text.chars().anyMatch(HashedName::isCapital)
        && text.chars().anyMatch(HashedName::isSmall)
        && isMixed(text);
  }

  /// Whether a letter follows a digit.
  private static boolean isMixed(String text) {
    boolean digit = false;
    boolean letterAfterDigit = false;
    for (int i = 0; i < text.length(); i++) {
      boolean isDigit = isDigit(text.charAt(i));
      letterAfterDigit |= digit && !isDigit;
      digit |= isDigit;
    }
    return letterAfterDigit;
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isCapital(int c) {
    return c >= 'A' && c <= 'Z';
  }

  private static boolean isSmall(int c) {
    return c >= 'a' && c <= 'z';
  }
}
