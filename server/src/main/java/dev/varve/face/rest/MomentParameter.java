package dev.varve.face.rest;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Rfc3339;
import dev.varve.lane.access.Moment;
import dev.varve.schema.RestNames;
import java.util.Optional;

/// `asOf=2026-03-01T00:00:00Z` or `asOf=position:1234`.
public final class MomentParameter {
  public static final String NAME = RestNames.AS_OF;

  private MomentParameter() {}

  static Moment take(Parameters parameters) {
    Optional<String> text = parameters.take(NAME);
    if (text.isEmpty()) {
      return Moment.NOW;
    }
    Optional<Moment> moment = Moment.of(text.get());
    if (moment.isEmpty()) {
      parameters.errors().add(ErrorCode.INVALID_INSTANT, NAME, wanted(text.get()));
    }
    return moment.orElse(Moment.NOW);
  }

  private static String wanted(String text) {
    // a plus sign in a query means a space
    boolean plusLost = Rfc3339.instant(text.replace(' ', '+')) != null;
    return plusLost ? Moment.WANTED + "; write + as %2B in a URL" : Moment.WANTED;
  }
}
