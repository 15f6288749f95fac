package dev.varve.schema.sdl;

import dev.varve.kernel.Nearest;
import dev.varve.schema.SourceLocation;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Collects what is wrong in one schema file.
final class Mistakes {
  private static final int KNOWN_SHOWN_MAX = 20;

  private final String file;
  private final SortedSet<Mistake> mistakes = new TreeSet<>();

  Mistakes(String file) {
    this.file = file;
  }

  void add(SourceLocation location, String message) {
    mistakes.add(new Mistake(file, location.line(), location.column(), message));
  }

  boolean isEmpty() {
    return mistakes.isEmpty();
  }

  /// By place.
  List<Mistake> sorted() {
    return List.copyOf(mistakes);
  }

  /// A sentence with a leading space that names the word which was meant, or else the words there are.
  static String suggestion(String word, Collection<String> known) {
    String hint = Nearest.hint(word, known);
    if (!hint.isEmpty() || known.isEmpty()) {
      return hint;
    }
    String shown = String.join(", ", known.stream().limit(KNOWN_SHOWN_MAX).toList());
    return " Known: " + shown + (known.size() > KNOWN_SHOWN_MAX ? ", ..." : "") + ".";
  }
}
