package dev.varve.face.gateway.aggregate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Finds parts that wait for each other.
final class Circles {
  private final Map<String, Set<String>> needs;
  private final Set<String> free = new HashSet<>();

  private Circles(Map<String, Set<String>> needs) {
    this.needs = needs;
  }

  /// One circle, from a part on and back to it: `[a, b, a]`; nothing when there is none.
  ///
  /// @param needs the parts that each part needs
  static List<String> find(Map<String, Set<String>> needs) {
    Circles circles = new Circles(needs);
    return needs.keySet().stream()
        .map(part -> circles.from(part, List.of()))
        .filter(circle -> !circle.isEmpty())
        .findFirst()
        .orElse(List.of());
  }

  private List<String> from(String part, List<String> way) {
    int known = way.indexOf(part);
    List<String> longer = new ArrayList<>(known < 0 ? way : way.subList(known, way.size()));
    longer.add(part);
    if (known >= 0) {
      return longer;
    }
    if (free.contains(part)) {
      return List.of();
    }
    for (String needed : needs.getOrDefault(part, Set.of())) {
      List<String> circle = from(needed, longer);
      if (!circle.isEmpty()) {
        return circle;
      }
    }
    free.add(part);
    return List.of();
  }
}
