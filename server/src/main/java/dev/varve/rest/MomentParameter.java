package dev.varve.rest;

import dev.varve.access.Moment;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Rfc3339;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `asOf=2026-03-01T00:00:00Z` or `asOf=position:1234`.
final class MomentParameter {
  static final String NAME = "asOf";

  private static final String POSITION = "position:";

  private MomentParameter() {}

  static Moment take(Parameters parameters) {
    Optional<String> text = parameters.take(NAME);
    if (text.isEmpty()) {
      return Moment.NOW;
    }
    Moment moment =
        text.get().startsWith(POSITION)
            ? position(text.get().substring(POSITION.length()))
            : instant(text.get());
    if (moment == null) {
      parameters.errors().add(ErrorCode.INVALID_INSTANT, NAME, wanted(text.get()));
      return Moment.NOW;
    }
    return moment;
  }

  private static @Nullable Moment position(String digits) {
    if (digits.isEmpty()
        || digits.length() > 18
        || !digits.chars().allMatch(MomentParameter::isDigit)) {
      return null;
    }
    return new Moment.AtPosition(Long.parseLong(digits));
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static @Nullable Moment instant(String text) {
    Instant instant = Rfc3339.instant(text);
    return instant == null ? null : new Moment.AtInstant(instant);
  }

  private static String wanted(String text) {
    String wanted =
        "must be an instant such as 2026-03-01T00:00:00Z, or position:1234 for a log position";
    // a plus sign in a query means a space
    boolean plusLost = Rfc3339.instant(text.replace(' ', '+')) != null;
    return plusLost ? wanted + "; write + as %2B in a URL" : wanted;
  }
}
