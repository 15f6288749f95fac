package dev.varve.lane.expression;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as CEL writes them: `24h`, `1h30m`, `1.5s`, `-10ms`.
final class Durations {
  private static final Pattern WHOLE =
      Pattern.compile("(-?)((?:[0-9]{1,18}(?:\\.[0-9]{1,9})?(?:h|ms|us|ns|m|s))+)");
  private static final Pattern PART = Pattern.compile("([0-9.]+)(h|ms|us|ns|m|s)");
  private static final Map<String, BigDecimal> MICROS =
      Map.of(
          "h", new BigDecimal("3600000000"),
          "m", new BigDecimal("60000000"),
          "s", new BigDecimal("1000000"),
          "ms", new BigDecimal("1000"),
          "us", BigDecimal.ONE,
          "ns", new BigDecimal("0.001"));
  // ten thousand years: any two instants that Varve keeps lie nearer to each other
  private static final BigDecimal MICROS_MAX = new BigDecimal("315576000000000000");

  private Durations() {}

  /// In microseconds; what is finer is cut off. Empty when the text is no duration, or too long a one.
  static Optional<Long> micros(String text) {
    Matcher whole = WHOLE.matcher(text);
    if (!whole.matches()) {
      return Optional.empty();
    }
    BigDecimal sum = BigDecimal.ZERO;
    Matcher part = PART.matcher(whole.group(2));
    while (part.find()) {
      BigDecimal unit = MICROS.getOrDefault(part.group(2), BigDecimal.ZERO);
      sum = sum.add(new BigDecimal(part.group(1)).multiply(unit));
    }
    if (sum.compareTo(MICROS_MAX) > 0) {
      return Optional.empty();
    }
    long micros = sum.setScale(0, RoundingMode.DOWN).longValueExact();
    return Optional.of(whole.group(1).isEmpty() ? micros : -micros);
  }
}
