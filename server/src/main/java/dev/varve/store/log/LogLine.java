package dev.varve.store.log;

import dev.varve.kernel.Json;
import dev.varve.kernel.Rfc3339;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One change of the log, with the unit it belongs to.
public record LogLine(long position, Instant at, String actor, Event event) {
  private static final int VALUE_LENGTH_MAX = 60;

  /// As a line for people:
  /// `42  2026-01-01T12:00:00Z  anonymous  Order 1001  UPDATE v3  status = "PAID"`.
  public String text() {
    String restored =
        event.restoredVersion().isPresent() ? " as v" + event.restoredVersion().getAsLong() : "";
    String set =
        event.set().entrySet().stream().map(LogLine::text).collect(Collectors.joining(", "));
    return printable(
            "%6d  %s  %s  %s %s  %s v%d%s  %s"
                .formatted(
                    position,
                    Rfc3339.text(at),
                    actor,
                    event.model(),
                    event.id(),
                    event.kind(),
                    event.version(),
                    restored,
                    set))
        .stripTrailing();
  }

  private static String text(Map.Entry<String, @Nullable Object> entry) {
    String json =
        new String(
            Json.bytes(generator -> Json.write(generator, entry.getValue())),
            StandardCharsets.UTF_8);
    return entry.getKey() + " = " + shortened(json);
  }

  private static String shortened(String json) {
    return json.codePointCount(0, json.length()) <= VALUE_LENGTH_MAX
        ? json
        : json.substring(0, json.offsetByCodePoints(0, VALUE_LENGTH_MAX - 1)) + "…";
  }

  /// What was written must not steer the terminal it is shown on.
  private static String printable(String text) {
    StringBuilder printable = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          if (Character.isISOControl(c)) {
            printable.append("\\u%04x".formatted(c));
          } else {
            printable.appendCodePoint(c);
          }
        });
    return printable.toString();
  }
}
