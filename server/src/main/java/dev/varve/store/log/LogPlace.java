package dev.varve.store.log;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A position of the log as callers name it: `4711`, and `2:4711` once the log has lost its end and gone on, from when on a number
/// alone may mean two things.
///
/// @param epoch in which the log had that position; [#NOW] for whichever it is in
public record LogPlace(long epoch, long position) {
  /// Of positions that were just read.
  public static final long NOW = 0;

  /// In which every log begins. A number without an epoch is of this one.
  public static final long FIRST_EPOCH = 1;

  /// What such a text looks like, as a regular expression. Any so long fits 64 bits.
  public static final String FORM = "(?:([1-9][0-9]{0,8}):)?([0-9]{1,18})";

  private static final Pattern PATTERN = Pattern.compile(FORM);

  /// The position as the log has it now.
  public static LogPlace now(long position) {
    return new LogPlace(NOW, position);
  }

  /// What `4711` or `2:4711` names.
  public static Optional<LogPlace> of(String text) {
    Matcher matcher = PATTERN.matcher(text);
    return matcher.matches()
        ? Optional.of(new LogPlace(epoch(matcher.group(1)), Long.parseLong(matcher.group(2))))
        : Optional.empty();
  }

  private static long epoch(@Nullable String digits) {
    return digits == null ? FIRST_EPOCH : Long.parseLong(digits);
  }

  public String text() {
    return text(epoch, Long.toString(position));
  }

  /// A number that belongs to an epoch. In the first one it stands alone.
  public static String text(long epoch, String number) {
    return epoch <= FIRST_EPOCH ? number : epoch + ":" + number;
  }
}
