package dev.varve.face.rest;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Nearest;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.OlderVersion;
import dev.varve.lane.query.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads which version a restore is to write back: `{"version": 3}`, or the one of a moment, `{"asOf": "position:7"}`.
final class OlderVersionReader {
  private static final String VERSION = "version";
  private static final List<String> MEMBERS = List.of(VERSION, MomentParameter.NAME);

  private final Query query;

  OlderVersionReader(Query query) {
    this.query = query;
  }

  /// @throws Problem MALFORMED_REQUEST or VALIDATION_ERROR; INVALID_INSTANT when the moment is yet to come
  OlderVersion read(@Nullable Object body) {
    if (!(body instanceof Map<?, ?> members)) {
      throw new Problem(
          ErrorCode.MALFORMED_REQUEST,
          "The body must be a JSON object with what to restore: {\"version\": 3} or {\"asOf\": \"2026-03-01T00:00:00Z\"}");
    }
    List<FieldError> errors = new ArrayList<>();
    refuseUnknown(members, errors);
    Object version = members.get(VERSION);
    Object asOf = members.get(MomentParameter.NAME);
    if (version != null && asOf != null) {
      errors.add(
          new FieldError(MomentParameter.NAME, "stands in place of version: give one of the two"));
    }
    Optional<Moment> moment = asOf == null ? Optional.empty() : moment(asOf, errors);
    long number = version instanceof Long given ? given : 0;
    if (number < 1 && asOf == null) {
      errors.add(
          new FieldError(
              VERSION,
              "must be the number of the version to restore, such as 3; or give asOf, the moment to go back to"));
    }
    if (!errors.isEmpty()) {
      throw Problem.invalid(errors);
    }
    return moment.isPresent()
        ? new OlderVersion.AtPosition(query.positionOf(moment.get()))
        : new OlderVersion.Numbered(number);
  }

  private static void refuseUnknown(Map<?, ?> members, List<FieldError> errors) {
    for (Object member : members.keySet()) {
      String name = String.valueOf(member);
      if (!MEMBERS.contains(name)) {
        errors.add(
            new FieldError(
                name,
                "is not known here; there are version and asOf." + Nearest.hint(name, MEMBERS)));
      }
    }
  }

  private static Optional<Moment> moment(Object asOf, List<FieldError> errors) {
    Optional<Moment> moment = asOf instanceof String text ? Moment.of(text) : Optional.empty();
    if (moment.isEmpty()) {
      errors.add(new FieldError(MomentParameter.NAME, Moment.WANTED));
    }
    return moment;
  }
}
