package dev.varve.schema.record;

import com.google.re2j.Pattern;
import dev.varve.schema.Constraints;
import dev.varve.schema.Field;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Holds values against the constraints of their field. Each method tells what is broken, or null.
final class ConstraintCheck {
  // more of them are records of their own
  private static final int ELEMENTS_MAX = 1_000;

  private ConstraintCheck() {}

  /// The whole value of a field, a list with all its elements.
  static @Nullable String whole(Field field, Object value) {
    if (!(field.list() && value instanceof List<?> elements)) {
      return single(field, value);
    }
    String broken = list(field.constraints(), elements.size());
    for (int i = 0; i < elements.size() && broken == null; i++) {
      Object element = elements.get(i);
      broken = element == null ? null : single(field, element);
    }
    return broken;
  }

  /// The size of a list.
  static @Nullable String list(Constraints constraints, int size) {
    int max = Math.min(constraints.lengthMax().orElse(ELEMENTS_MAX), ELEMENTS_MAX);
    if (size > max) {
      return "must have at most %s (it has %d)".formatted(Count.of(max, "element"), size);
    }
    int min = constraints.lengthMin().orElse(0);
    return size < min
        ? "must have at least %s (it has %d)".formatted(Count.of(min, "element"), size)
        : null;
  }

  /// A single value, or one element of a list, to which range and pattern apply.
  static @Nullable String single(Field field, Object value) {
    Constraints constraints = field.constraints();
    return switch (value) {
      case String text -> text(constraints, text, field.list());
      case Number number -> range(constraints, number);
      default -> null;
    };
  }

  private static @Nullable String text(Constraints constraints, String text, boolean inList) {
    String broken = inList ? null : length(constraints, text);
    return broken == null ? pattern(constraints.pattern(), text) : broken;
  }

  private static @Nullable String length(Constraints constraints, String text) {
    if (constraints.lengthMin().isEmpty() && constraints.lengthMax().isEmpty()) {
      return null;
    }
    int length = text.codePointCount(0, text.length());
    int max = constraints.lengthMax().orElse(Integer.MAX_VALUE);
    if (length > max) {
      return "must be at most %s long (it has %d)".formatted(Count.of(max, "character"), length);
    }
    int min = constraints.lengthMin().orElse(0);
    return length < min
        ? "must be at least %s long (it has %d)".formatted(Count.of(min, "character"), length)
        : null;
  }

  private static @Nullable String pattern(Optional<Pattern> pattern, String text) {
    return pattern.isEmpty() || pattern.get().matches(text)
        ? null
        : "must match the pattern " + pattern.get().pattern();
  }

  private static @Nullable String range(Constraints constraints, Number number) {
    Optional<BigDecimal> min = constraints.rangeMin();
    if (min.isPresent() && compare(number, min.get()) < 0) {
      return "must be at least " + min.get().toPlainString();
    }
    Optional<BigDecimal> max = constraints.rangeMax();
    return max.isPresent() && compare(number, max.get()) > 0
        ? "must be at most " + max.get().toPlainString()
        : null;
  }

  /// A Float is compared as one, so that 0.1 is not beyond a bound of 0.1.
  private static int compare(Number number, BigDecimal bound) {
    return switch (number) {
      case Long whole -> BigDecimal.valueOf(whole).compareTo(bound);
      case BigDecimal decimal -> decimal.compareTo(bound);
      default -> Double.compare(number.doubleValue(), bound.doubleValue());
    };
  }
}
