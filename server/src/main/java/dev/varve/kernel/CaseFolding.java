package dev.varve.kernel;

import java.text.Normalizer;

/// The full case folding of Unicode (CaseFolding.txt, statuses C and F), made from what Java knows of case: a letter
/// folds to the lower case of its upper case, but for the exceptions below.
///
/// See https://www.unicode.org/Public/UCD/latest/ucd/CaseFolding.txt
final class CaseFolding {
  private static final int DOTLESS_I = 'ı';

  private CaseFolding() {}

  /// The text in the form of canonical caseless matching (The Unicode Standard, D145), composed (NFC).
  static String fold(String text) {
    String decomposed = Normalizer.normalize(text, Normalizer.Form.NFD);
    StringBuilder folded = new StringBuilder(decomposed.length() + 8);
    decomposed.codePoints().forEach(c -> append(c, folded));
    return Normalizer.normalize(folded, Normalizer.Form.NFC);
  }

  /// Appends what a character of decomposed text folds to.
  static void append(int c, StringBuilder folded) {
    String letters = letters(c);
    if (letters.isEmpty()) {
      folded.appendCodePoint(single(c));
    } else {
      folded.append(letters);
    }
  }

  private static int single(int c) {
    if (c == DOTLESS_I) {
      // its upper case is I, but it is no i
      return c;
    }
    int upper = Character.toUpperCase(c);
    return isCherokee(upper) ? upper : Character.toLowerCase(upper);
  }

  /// Cherokee had capitals alone when its folding was fixed for all time.
  private static boolean isCherokee(int upper) {
    return upper >= 0x13A0 && upper <= 0x13F5;
  }

  /// The several letters that a character without canonical decomposition folds to; empty for all others.
  private static String letters(int c) {
    return switch (c) {
      case 'ß', 'ẞ' -> "ss";
      case 'ŉ' -> "ʼn";
      case 'և' -> "եւ";
      case 'ẚ' -> "aʾ";
      case 'ﬀ' -> "ff";
      case 'ﬁ' -> "fi";
      case 'ﬂ' -> "fl";
      case 'ﬃ' -> "ffi";
      case 'ﬄ' -> "ffl";
      case 'ﬅ', 'ﬆ' -> "st";
      case 'ﬓ' -> "մն";
      case 'ﬔ' -> "մե";
      case 'ﬕ' -> "մի";
      case 'ﬖ' -> "վն";
      case 'ﬗ' -> "մխ";
      default -> "";
    };
  }
}
