package dev.varve.kernel;

/// Text that is Unicode: UTF-16 without halves of surrogate pairs, which UTF-8 has no bytes for.
public final class Surrogates {
  private Surrogates() {}

  /// Whether all surrogates in `text` stand in pairs.
  public static boolean paired(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        boolean pair =
            i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
        if (!pair) {
          return false;
        }
        i++;
      }
    }
    return true;
  }
}
