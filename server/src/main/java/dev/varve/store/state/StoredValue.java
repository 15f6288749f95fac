package dev.varve.store.state;

import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The stored text of a value type, or of a list of them.
final class StoredValue {
  private StoredValue() {}

  /// Whether `stored` is `expected` without members that are null there: it was written before its type
  /// got those members, and reads the same.
  static boolean lacksOnlyAbsent(String stored, String expected) {
    try {
      return lacksOnlyAbsent(read(stored), read(expected));
    } catch (Problem _) {
      // no JSON, so not what Varve wrote
      return false;
    }
  }

  private static @Nullable Object read(String json) {
    return Json.read(json.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean lacksOnlyAbsent(@Nullable Object stored, @Nullable Object expected) {
    return switch (expected) {
      case Map<?, ?> members ->
          stored instanceof Map<?, ?> there && lacksOnlyAbsent(there, members);
      case List<?> elements -> stored instanceof List<?> there && lacksOnlyAbsent(there, elements);
      case null -> stored == null;
      default -> expected.equals(stored);
    };
  }

  private static boolean lacksOnlyAbsent(Map<?, ?> stored, Map<?, ?> expected) {
    return expected.keySet().containsAll(stored.keySet())
        && expected.entrySet().stream()
            .allMatch(member -> lacksOnlyAbsent(stored.get(member.getKey()), member.getValue()));
  }

  private static boolean lacksOnlyAbsent(List<?> stored, List<?> expected) {
    if (stored.size() != expected.size()) {
      return false;
    }
    for (int i = 0; i < stored.size(); i++) {
      if (!lacksOnlyAbsent(stored.get(i), expected.get(i))) {
        return false;
      }
    }
    return true;
  }
}
