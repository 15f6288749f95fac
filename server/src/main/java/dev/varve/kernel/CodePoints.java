package dev.varve.kernel;

/// The order of texts by code point, which is the order of their UTF-8 bytes and so that of the database.
///
/// `String.compareTo` compares UTF-16 units and puts U+10000 and above before U+E000 to U+FFFF.
public final class CodePoints {
  private CodePoints() {}

  /// Negative, zero or positive as `a` comes before, with or after `b`.
  public static int compare(String a, String b) {
    int shared = Math.min(a.length(), b.length());
    for (int i = 0; i < shared; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        return compareUnits(x, y);
      }
    }
    return a.length() - b.length();
  }

  private static int compareUnits(char x, char y) {
    boolean supplementary = Character.isSurrogate(x);
    if (supplementary == Character.isSurrogate(y)) {
      return x - y;
    }
    return supplementary ? 1 : -1;
  }
}
