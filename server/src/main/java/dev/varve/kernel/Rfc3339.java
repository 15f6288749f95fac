package dev.varve.kernel;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.chrono.IsoChronology;
import org.jspecify.annotations.Nullable;

/// Dates and instants as RFC 3339 writes them, in the years 0001 to 9999, read and written without
/// regular expressions or formatters: they stand in every record.
public final class Rfc3339 {
  private static final int DATE_LENGTH = 10;
  private static final int SECONDS_LENGTH = 19;
  private static final long SECONDS_MIN = LocalDate.of(1, 1, 1).toEpochDay() * 86_400;
  private static final long SECONDS_MAX = LocalDate.of(10_000, 1, 1).toEpochDay() * 86_400 - 1;

  private static final byte[] TEMPLATE =
      "0000-00-00T00:00:00.000000Z".getBytes(StandardCharsets.ISO_8859_1);

  private Rfc3339() {}

  /// The date that `text` is (`2026-01-31`), or null.
  public static @Nullable LocalDate date(String text) {
    return text.length() == DATE_LENGTH ? leadingDate(text) : null;
  }

  /// The instant that `text` is (`2026-01-31T09:30:00.5+01:00`), truncated to microseconds, or null. A
  /// leap second is none: no clock that Varve meets has one.
  public static @Nullable Instant instant(String text) {
    if (text.length() <= SECONDS_LENGTH || (text.charAt(DATE_LENGTH) | 0x20) != 't') {
      return null;
    }
    LocalDate date = leadingDate(text);
    int second = secondOfDay(text);
    int offsetFrom = endOfFraction(text);
    int offset = offsetSeconds(text, offsetFrom);
    if (date == null || second < 0 || offsetFrom < 0 || offset == Integer.MIN_VALUE) {
      return null;
    }
    long seconds = date.toEpochDay() * 86_400 + second - offset;
    if (seconds < SECONDS_MIN || seconds > SECONDS_MAX) {
      return null;
    }
    return Instant.ofEpochSecond(seconds, microsecond(text, offsetFrom) * 1_000L);
  }

  private static @Nullable LocalDate leadingDate(String text) {
    int year = number(text, 0, 4);
    int month = number(text, 5, 7);
    int day = number(text, 8, 10);
    if (text.charAt(4) != '-' || text.charAt(7) != '-' || year < 1 || month < 1 || month > 12) {
      return null;
    }
    return day < 1 || day > daysIn(year, month) ? null : LocalDate.of(year, month, day);
  }

  private static int daysIn(int year, int month) {
    return switch (month) {
      case 2 -> IsoChronology.INSTANCE.isLeapYear(year) ? 29 : 28;
      case 4, 6, 9, 11 -> 30;
      default -> 31;
    };
  }

  private static int secondOfDay(String text) {
    int hour = number(text, 11, 13);
    int minute = number(text, 14, 16);
    int second = number(text, 17, 19);
    boolean right = text.charAt(13) == ':' && text.charAt(16) == ':' && second >= 0 && second < 60;
    return right ? minutes(hour, minute) * 60 + second : -1;
  }

  /// The minutes of a time or an offset; far below zero when it is none.
  private static int minutes(int hour, int minute) {
    boolean right = hour >= 0 && hour < 24 && minute >= 0 && minute < 60;
    return right ? hour * 60 + minute : -1_000_000;
  }

  /// Where the offset begins, or -1.
  private static int endOfFraction(String text) {
    if (text.charAt(SECONDS_LENGTH) != '.') {
      return SECONDS_LENGTH;
    }
    int end = SECONDS_LENGTH + 1;
    while (end < text.length() && digit(text, end) >= 0) {
      end++;
    }
    return end > SECONDS_LENGTH + 1 ? end : -1;
  }

  private static int microsecond(String text, int offsetFrom) {
    int micros = 0;
    for (int i = 0; i < 6; i++) {
      int at = SECONDS_LENGTH + 1 + i;
      micros = micros * 10 + (at < offsetFrom ? digit(text, at) : 0);
    }
    return micros;
  }

  /// The offset in seconds, or `Integer.MIN_VALUE`.
  private static int offsetSeconds(String text, int from) {
    if (from >= 0 && text.length() == from + 1 && (text.charAt(from) | 0x20) == 'z') {
      return 0;
    }
    if (from < 0 || text.length() != from + 6 || text.charAt(from + 3) != ':') {
      return Integer.MIN_VALUE;
    }
    int minutes = minutes(number(text, from + 1, from + 3), number(text, from + 4, from + 6));
    char sign = text.charAt(from);
    if (minutes < 0 || (sign != '+' && sign != '-')) {
      return Integer.MIN_VALUE;
    }
    return sign == '+' ? minutes * 60 : -minutes * 60;
  }

  /// The number that the digits say, or -1 when not all are digits.
  private static int number(String text, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      int digit = digit(text, i);
      if (digit < 0) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }

  private static int digit(String text, int at) {
    char c = text.charAt(at);
    return c >= '0' && c <= '9' ? c - '0' : -1;
  }

  /// `2026-01-31T09:30:00Z` in UTC; a fraction of a second has three or six digits and is left out when
  /// zero.
  ///
  /// @param instant in the years 0001 to 9999; what is finer than a microsecond is cut off
  public static String text(Instant instant) {
    LocalDateTime time = LocalDateTime.ofEpochSecond(instant.getEpochSecond(), 0, ZoneOffset.UTC);
    byte[] text = TEMPLATE.clone();
    digits(text, 0, 4, time.getYear());
    digits(text, 5, 7, time.getMonthValue());
    digits(text, 8, 10, time.getDayOfMonth());
    digits(text, 11, 13, time.getHour());
    digits(text, 14, 16, time.getMinute());
    digits(text, 17, 19, time.getSecond());
    int end = fraction(text, instant.getNano() / 1_000);
    text[end] = 'Z';
    return new String(text, 0, end + 1, StandardCharsets.ISO_8859_1);
  }

  /// Writes the fraction, if there is one, and returns where it ends.
  private static int fraction(byte[] text, int micros) {
    if (micros == 0) {
      return SECONDS_LENGTH;
    }
    boolean millis = micros % 1_000 == 0;
    int end = SECONDS_LENGTH + 1 + (millis ? 3 : 6);
    digits(text, SECONDS_LENGTH + 1, end, millis ? micros / 1_000 : micros);
    return end;
  }

  private static void digits(byte[] text, int from, int to, int number) {
    int rest = number;
    for (int i = to - 1; i >= from; i--) {
      text[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }
}
