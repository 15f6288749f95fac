package dev.varve.schema;

import com.google.re2j.Pattern;
import java.math.BigDecimal;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;

/// What a value of a field has to satisfy beyond its type.
///
/// @param lengthMin least number of characters (code points), or of elements of a list
/// @param lengthMax greatest number of the same
/// @param pattern matched against the whole text, in time linear in its length (RE2)
/// @param lowerCase whether it is compared and kept in lower case and composed form (NFC)
public record Constraints(
    Optional<Integer> lengthMin,
    Optional<Integer> lengthMax,
    Optional<BigDecimal> rangeMin,
    Optional<BigDecimal> rangeMax,
    Optional<Pattern> pattern,
    boolean lowerCase) {
  public static final Constraints NONE =
      new Constraints(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          false);

  /// The same, kept in lower case.
  public Constraints inLowerCase() {
    return new Constraints(lengthMin, lengthMax, rangeMin, rangeMax, pattern, true);
  }

  /// A text as it is kept.
  public String kept(String text) {
    return lowerCase
        ? Normalizer.normalize(text.toLowerCase(Locale.ROOT), Normalizer.Form.NFC)
        : text;
  }
}
