package dev.varve.kernel;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/// Finds the known word that a misspelt one was meant to be.
public final class Nearest {
  // longer input is not a misspelling of a name, and the cost grows with its length
  private static final int LENGTH_MAX = 100;

  private Nearest() {}

  /// The nearest of `known` by edit distance (optimal string alignment: a swap of neighbours
  /// counts as one), if it is near enough to be worth suggesting.
  public static Optional<String> to(String word, Collection<String> known) {
    if (word.length() > LENGTH_MAX) {
      return Optional.empty();
    }
    String best = null;
    int bestDistance = Math.max(1, word.length() / 3) + 1;
    for (String candidate : known) {
      int distance = distance(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  /// A sentence for the end of an error message, with a leading space: `" Did you mean 'name'?"`, or nothing.
  public static String hint(String word, Collection<String> known) {
    return to(word, known).map(near -> " Did you mean '" + near + "'?").orElse("");
  }

  private static int distance(String a, String b) {
    int[] beforePrevious = new int[b.length() + 1];
    int[] previous = new int[b.length() + 1];
    int[] current = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
        if (isSwap(a, i, b, j)) {
          current[j] = Math.min(current[j], beforePrevious[j - 2] + 1);
        }
      }
      int[] free = beforePrevious;
      beforePrevious = previous;
      previous = current;
      current = free;
    }
    return previous[b.length()];
  }

  /// Whether the two characters before `i` and `j` are the same in opposite order.
  private static boolean isSwap(String a, int i, String b, int j) {
    return i > 1
        && j > 1
        && a.charAt(i - 1) == b.charAt(j - 2)
        && a.charAt(i - 2) == b.charAt(j - 1);
  }
}
