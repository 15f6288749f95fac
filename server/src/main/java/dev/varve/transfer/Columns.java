package dev.varve.transfer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The columns of one file, each with where its values go. Columns that later lines bring are matched
/// when they come.
final class Columns {
  private final ColumnMatcher matcher;
  private final Map<String, ColumnMatcher.Match> matches = new HashMap<>();
  private final List<String> kept = new ArrayList<>();

  Columns(ColumnMatcher matcher) {
    this.matcher = matcher;
  }

  ColumnMatcher.Match match(String column) {
    return matches.computeIfAbsent(column, matcher::match);
  }

  /// Matches the columns that are known from the start; all that is wrong with them is among the mistakes.
  List<String> add(List<String> names) {
    List<String> mistakes = new ArrayList<>();
    Map<String, String> byField = new LinkedHashMap<>();
    for (String name : names) {
      switch (match(name)) {
        case ColumnMatcher.Match.Mistake(String message) -> mistakes.add(message);
        case ColumnMatcher.Match.Found(ColumnTarget.To to) -> addTo(byField, name, to, mistakes);
        case ColumnMatcher.Match.Found(ColumnTarget.Kept _) -> kept.add(name);
        case ColumnMatcher.Match.Found(ColumnTarget.Skip _) -> {}
      }
    }
    return mistakes;
  }

  private static void addTo(
      Map<String, String> byField, String name, ColumnTarget.To to, List<String> mistakes) {
    String field = to.text();
    byField.entrySet().stream()
        .filter(other -> overlap(field, other.getKey()))
        .findFirst()
        .ifPresent(other ->
            mistakes.add(
                "the columns '%s' and '%s' both go to %s: leave one out with --columns %s=-"
                    .formatted(other.getValue(), name, field, name)));
    byField.putIfAbsent(field, name);
  }

  /// Whether they are the same, or one lies in the other.
  private static boolean overlap(String a, String b) {
    return a.equals(b) || a.startsWith(b + ".") || b.startsWith(a + ".");
  }

  /// Those of the columns known from the start that Varve sets itself.
  List<String> kept() {
    return List.copyOf(kept);
  }
}
