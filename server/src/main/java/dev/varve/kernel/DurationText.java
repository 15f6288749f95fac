package dev.varve.kernel;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/// Durations as people write them: a number with `ms`, `s`, `m`, `h` or `d`, such as `300ms`, `30s`, `15m`, `1h` or `90d`.
public final class DurationText {
  // a thousand days in seconds have eight digits
  private static final int DIGITS_MAX = 8;
  private static final List<Unit> UNITS =
      List.of(
          new Unit("d", ChronoUnit.DAYS),
          new Unit("h", ChronoUnit.HOURS),
          new Unit("m", ChronoUnit.MINUTES),
          new Unit("s", ChronoUnit.SECONDS),
          new Unit("ms", ChronoUnit.MILLIS));

  private DurationText() {}

  private record Unit(String letters, ChronoUnit length) {}

  /// The duration that a text stands for; longer than nothing.
  public static Optional<Duration> parse(String text) {
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    if (digits == 0 || digits > DIGITS_MAX || text.charAt(0) == '0') {
      return Optional.empty();
    }
    return of(Long.parseLong(text.substring(0, digits)), text.substring(digits));
  }

  private static Optional<Duration> of(long number, String letters) {
    return UNITS.stream()
        .filter(unit -> unit.letters.equals(letters))
        .map(unit -> Duration.of(number, unit.length))
        .findFirst();
  }

  /// The text of a duration of whole milliseconds, in the greatest unit of which it is a multiple.
  public static String of(Duration duration) {
    long millis = duration.toMillis();
    return UNITS.stream()
        .filter(unit -> millis % unit.length.getDuration().toMillis() == 0)
        .map(unit -> millis / unit.length.getDuration().toMillis() + unit.letters)
        .findFirst()
        .orElseThrow();
  }
}
