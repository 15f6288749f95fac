package dev.varve.schema;

import com.google.re2j.Pattern;
import java.math.BigDecimal;
import java.util.Optional;

/// What a value of a field has to satisfy beyond its type.
///
/// @param lengthMin least number of characters (code points), or of elements of a list
/// @param lengthMax greatest number of the same
/// @param pattern matched against the whole text, in time linear in its length (RE2)
public record Constraints(
    Optional<Integer> lengthMin,
    Optional<Integer> lengthMax,
    Optional<BigDecimal> rangeMin,
    Optional<BigDecimal> rangeMax,
    Optional<Pattern> pattern) {
  public static final Constraints NONE =
      new Constraints(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
