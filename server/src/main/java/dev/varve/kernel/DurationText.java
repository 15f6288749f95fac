package dev.varve.kernel;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/// Durations as people write them: a number with `s`, `m`, `h` or `d`, such as `30s`, `15m`, `1h` or `90d`.
public final class DurationText {
  // a thousand days in seconds have eight digits
  private static final int DIGITS_MAX = 8;
  private static final List<Unit> UNITS =
      List.of(
          new Unit('d', ChronoUnit.DAYS),
          new Unit('h', ChronoUnit.HOURS),
          new Unit('m', ChronoUnit.MINUTES),
          new Unit('s', ChronoUnit.SECONDS));

  private DurationText() {}

  private record Unit(char letter, ChronoUnit length) {}

  /// The duration that a text stands for; longer than nothing.
  public static Optional<Duration> parse(String text) {
    int digits = text.length() - 1;
    if (digits < 1 || digits > DIGITS_MAX || text.charAt(0) == '0') {
      return Optional.empty();
    }
    long number = 0;
    for (int i = 0; i < digits; i++) {
      char digit = text.charAt(i);
      if (digit < '0' || digit > '9') {
        return Optional.empty();
      }
      number = number * 10 + (digit - '0');
    }
    return of(number, text.charAt(digits));
  }

  private static Optional<Duration> of(long number, char letter) {
    return UNITS.stream()
        .filter(unit -> unit.letter == letter)
        .map(unit -> Duration.of(number, unit.length))
        .findFirst();
  }

  /// The text of a duration of whole seconds, in the greatest unit of which it is a multiple.
  public static String of(Duration duration) {
    long seconds = duration.toSeconds();
    return UNITS.stream()
        .filter(unit -> seconds % unit.length.getDuration().toSeconds() == 0)
        .map(unit -> seconds / unit.length.getDuration().toSeconds() + "" + unit.letter)
        .findFirst()
        .orElseThrow();
  }
}
