package dev.varve.face.gateway.aggregate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where in an answer a value stands: names and, in lists, places from 0, such as `items[0].product.id`. Immutable.
final class ValuePath {
  // a place takes six digits at most, far beyond any list that fits into an answer
  private static final Pattern STEP =
      Pattern.compile("\\[(\\d{1,6})]|\\.([A-Za-z_$][A-Za-z0-9_$-]*)");
  // an answer of JSON is no deeper
  private static final int STEPS_MAX = 64;

  private final List<Step> steps;

  private ValuePath(List<Step> steps) {
    this.steps = List.copyOf(steps);
  }

  private sealed interface Step {}

  private record Name(String name) implements Step {}

  private record Place(int index) implements Step {}

  /// @throws IllegalArgumentException with what is wrong, to follow the name of the setting
  static ValuePath parse(String text) {
    String steps = text.isEmpty() || text.startsWith("[") ? text : "." + text;
    List<Step> parsed = new ArrayList<>();
    Matcher matcher = STEP.matcher(steps);
    int end = 0;
    while (end < steps.length() && matcher.find(end) && matcher.start() == end) {
      String place = matcher.group(1);
      parsed.add(place == null ? new Name(matcher.group(2)) : new Place(Integer.parseInt(place)));
      end = matcher.end();
    }
    if (end < steps.length() || parsed.size() > STEPS_MAX) {
      throw new IllegalArgumentException(
          "is '%s': write names and places, such as items[0].product".formatted(text));
    }
    return new ValuePath(parsed);
  }

  /// Whether it is the whole answer.
  boolean isEmpty() {
    return steps.isEmpty();
  }

  /// What stands there; null when nothing does.
  ///
  /// @param value plain, as [dev.varve.kernel.Json] reads it
  @Nullable Object in(@Nullable Object value) {
    @Nullable Object found = value;
    for (Step step : steps) {
      found =
          switch (step) {
            case Name(String name) -> found instanceof Map<?, ?> members ? members.get(name) : null;
            case Place(int index) ->
                found instanceof List<?> elements && index < elements.size()
                    ? elements.get(index)
                    : null;
          };
    }
    return found;
  }
}
