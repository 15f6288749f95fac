package dev.varve.kernel;

import java.text.Normalizer;

/// What two texts may differ in and still be the same: each turns a text into the form in which it is compared.
///
/// Folding is idempotent, and what is the same by one is the same by each that comes after it.
public enum Folding {
  /// In nothing: texts are compared as they are.
  EXACT,
  /// In case, by the full case folding of Unicode (section 3.13, D144), and in how characters with marks are composed:
  /// `STRASSE` is `Straße`. The Turkish dotless `ı` stays a letter of its own.
  CASE,
  /// In case and in accents: `CAFE` is `café`. Letters with a stroke (`ø`, `ł`) have no accent.
  ACCENTS;

  /// The form in which `text` is compared, in NFC unless it is compared as it is.
  public String fold(String text) {
    return switch (this) {
      case EXACT -> text;
      case CASE -> isAscii(text) ? lowerAscii(text) : CaseFolding.fold(text);
      case ACCENTS -> isAscii(text) ? lowerAscii(text) : withoutAccents(CaseFolding.fold(text));
    };
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private static String lowerAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        return text.toLowerCase(java.util.Locale.ROOT);
      }
    }
    return text;
  }

  private static String withoutAccents(String folded) {
    String decomposed = Normalizer.normalize(folded, Normalizer.Form.NFD);
    StringBuilder bare = new StringBuilder(decomposed.length());
    decomposed.codePoints().filter(c -> !isAccent(c)).forEach(bare::appendCodePoint);
    return Normalizer.normalize(bare, Normalizer.Form.NFC);
  }

  /// A mark over, under or in a letter of an alphabet. In other scripts such marks are vowels or make another letter,
  /// without which it would be another word.
  private static boolean isAccent(int c) {
    return Character.getType(c) == Character.NON_SPACING_MARK
        && switch (Character.UnicodeScript.of(c)) {
          case INHERITED -> !isVoicingMark(c);
          case LATIN, GREEK, CYRILLIC, HEBREW, ARABIC, SYRIAC -> true;
          default -> false;
        };
  }

  /// In Japanese `が` (ga) is no accented `か` (ka).
  private static boolean isVoicingMark(int c) {
    return c == 0x3099 || c == 0x309A;
  }
}
